/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lsp/workspace.h"

#include "daemon/lsp/uri.h"
#include "engine/base/limits.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- paths ---- */

static bool is_under(struct str path, struct str folder)
{
	return folder.len && path.len > folder.len && str_starts(path, folder) &&
	       (path.p[folder.len] == '/' || folder.p[folder.len - 1] == '/');
}

static struct str parent(struct str path)
{
	while (path.len > 1 && path.p[path.len - 1] != '/')
		path.len--;
	if (path.len > 1)
		path.len--;
	return path;
}

static bool has_vocabulary(struct str folder)
{
	struct buf path = {0};
	buf_str(&path, folder);
	buf_str(&path, STR("/vocabulary.way"));
	buf_char(&path, '\0');
	bool there = access(path.p, R_OK) == 0;
	buf_release(&path);
	return there;
}

static bool ends_with(struct str s, struct str end)
{
	return s.len >= end.len && str_eq((struct str){s.p + s.len - end.len, end.len}, end);
}

static struct str root_of(const struct workspace *w, struct str path)
{
	struct str fixed = buf_view(&w->fixed), top = buf_view(&w->root), dir = parent(path);
	if (is_under(path, fixed))
		return fixed;
	for (struct str at = dir; at.len > 1; at = parent(at)) {
		if (has_vocabulary(at))
			return at;
		if (str_eq(at, top))
			break;
	}
	if (!str_eq(dir, top) &&
	    (ends_with(dir, STR("/programs")) || ends_with(dir, STR("/counties"))))
		return parent(dir);
	return dir;
}

/* ---- documents ---- */

static void document_release(struct document *d)
{
	buf_release(&d->uri);
	buf_release(&d->path);
	buf_release(&d->root);
	buf_release(&d->text);
}

struct document *workspace_document(struct workspace *w, struct str uri)
{
	for (size_t i = 0; i < w->documents.n; i++)
		if (str_eq(buf_view(&w->documents.at[i].uri), uri))
			return &w->documents.at[i];
	return NULL;
}

static void touch(struct workspace *w, const struct document *d)
{
	workspace_folder(w, buf_view(&d->root))->dirty = true;
}

struct document *workspace_open(struct workspace *w, struct str uri, struct str text,
				int64_t version)
{
	workspace_close(w, uri);
	if (w->documents.n == LIMIT_LSP_DOCUMENTS)
		return NULL;
	struct document *d = vec_push(&w->documents);
	*d = (struct document){.version = version};
	buf_str(&d->uri, uri);
	buf_str(&d->text, text);
	if (!uri_path(&d->path, uri)) { /* not saved yet: a rulebook of its own */
		buf_clear(&d->path);
		buf_str(&d->root, uri);
	} else {
		buf_str(&d->root, root_of(w, buf_view(&d->path)));
	}
	touch(w, d);
	return d;
}

void workspace_close(struct workspace *w, struct str uri)
{
	struct document *d = workspace_document(w, uri);
	if (!d)
		return;
	touch(w, d);
	document_release(d);
	vec_remove(&w->documents, (size_t)(d - w->documents.at));
}

void workspace_edit(struct workspace *w, struct document *d, struct span span, struct str text)
{
	struct buf anew = {0};
	size_t end = (size_t)span.off + span.len;
	buf_bytes(&anew, d->text.p, span.off);
	buf_str(&anew, text);
	buf_bytes(&anew, d->text.p + end, d->text.len - end);
	buf_release(&d->text);
	d->text = anew;
	touch(w, d);
}

/* ---- rulebooks ---- */

struct folder *workspace_folder(struct workspace *w, struct str root)
{
	for (size_t i = 0; i < w->folders.n; i++)
		if (str_eq(buf_view(&w->folders.at[i].path), root))
			return &w->folders.at[i];
	struct folder *f = vec_push(&w->folders);
	*f = (struct folder){.dirty = true};
	buf_str(&f->path, root);
	return f;
}

void workspace_touch(struct workspace *w)
{
	for (size_t i = 0; i < w->folders.n; i++)
		w->folders.at[i].dirty = true;
}

/* The name of a document in its rulebook. */
static struct str name_of(const struct document *d)
{
	struct str path = buf_view(&d->path), root = buf_view(&d->root);
	if (!path.len)
		return buf_view(&d->uri);
	return (struct str){path.p + root.len + 1, path.len - root.len - 1};
}

static struct source *source_named(struct loaded *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->sources[i].name, name))
			return &l->sources[i];
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

/* What is open stands over what is on disk. */
static void overlay(const struct workspace *w, struct folder *f)
{
	struct loaded *l = &f->l;
	struct source *all = arena_array(&l->arena, l->n + w->documents.n, sizeof(*all));
	if (l->n)
		memcpy(all, l->sources, l->n * sizeof(*all));
	l->sources = all;
	for (size_t i = 0; i < w->documents.n; i++) {
		const struct document *d = &w->documents.at[i];
		if (!str_eq(buf_view(&d->root), buf_view(&f->path)))
			continue;
		struct source *s = source_named(l, name_of(d));
		if (!s)
			s = &l->sources[l->n++];
		*s = (struct source){arena_str(&l->arena, name_of(d)),
				     arena_str(&l->arena, buf_view(&d->text))};
	}
	if (l->n)
		qsort(l->sources, l->n, sizeof(*l->sources), by_name);
}

bool workspace_refresh(struct workspace *w, struct folder *f, struct buf *why)
{
	struct buf path = {0};
	buf_str(&path, buf_view(&f->path));
	buf_char(&path, '\0');
	names_release(&f->names);
	load_release(&f->l);
	enum status s = STATUS_NOT_FOUND;
	diag_init(&f->l.diags, &f->l.arena);
	if (path.p[0] == '/')
		s = load_sources(&f->l, path.p, why);
	if (s)
		f->l.n = 0;
	overlay(w, f);
	f->l.root = buf_view(&f->path);
	f->l.names = &f->names;
	if (f->l.n)
		load_compile(&f->l);
	f->dirty = false;
	buf_release(&path);
	return !s || s == STATUS_NOT_FOUND;
}

bool workspace_find(struct workspace *w, struct str uri, struct place *out)
{
	struct document *d = workspace_document(w, uri);
	struct document plain = {0};
	bool found = false;
	if (!d && uri_path(&plain.path, uri)) {
		buf_str(&plain.root, root_of(w, buf_view(&plain.path)));
		d = &plain;
	}
	for (size_t i = 0; d && i < w->folders.n && !found; i++) {
		struct folder *f = &w->folders.at[i];
		struct source *s = str_eq(buf_view(&f->path), buf_view(&d->root))
				       ? source_named(&f->l, name_of(d))
				       : NULL;
		if (s)
			*out = (struct place){f, (uint32_t)(s - f->l.sources)};
		found = s;
	}
	document_release(&plain);
	return found;
}

const struct document *workspace_source_document(const struct workspace *w, const struct folder *f,
						 uint32_t source)
{
	for (size_t i = 0; i < w->documents.n; i++) {
		const struct document *d = &w->documents.at[i];
		if (str_eq(buf_view(&d->root), buf_view(&f->path)) &&
		    str_eq(name_of(d), f->l.sources[source].name))
			return d;
	}
	return NULL;
}

void workspace_uri(const struct workspace *w, const struct folder *f, uint32_t source,
		   struct buf *out)
{
	const struct document *d = workspace_source_document(w, f, source);
	struct buf path = {0};
	if (d) {
		buf_str(out, buf_view(&d->uri));
		return;
	}
	buf_str(&path, buf_view(&f->path));
	buf_char(&path, '/');
	buf_str(&path, f->l.sources[source].name);
	uri_of_path(out, buf_view(&path));
	buf_release(&path);
}

static void folder_release(struct folder *f)
{
	names_release(&f->names);
	load_release(&f->l);
	for (size_t i = 0; i < f->told.n; i++)
		buf_release(&f->told.at[i]);
	vec_release(&f->told);
	buf_release(&f->path);
	buf_release(&f->trouble);
}

void workspace_release(struct workspace *w)
{
	for (size_t i = 0; i < w->documents.n; i++)
		document_release(&w->documents.at[i]);
	for (size_t i = 0; i < w->folders.n; i++)
		folder_release(&w->folders.at[i]);
	vec_release(&w->documents);
	vec_release(&w->folders);
	buf_release(&w->root);
	buf_release(&w->fixed);
}
