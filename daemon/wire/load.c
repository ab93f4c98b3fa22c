/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/load.h"

#include "engine/base/limits.h"
#include "engine/base/vec.h"
#include "grammar/diagnostics.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONE_BYTES_MOST (1u << 20)

struct reader {
	struct loaded *l;
	struct buf *why;
	VEC(struct source) files;
	size_t bytes;
};

static enum status read_all(int fd, const char *path, size_t most, struct buf *out, struct buf *why)
{
	for (size_t from = out->len;;) {
		buf_reserve(out, 65536);
		ssize_t n = read(fd, out->p + out->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			buf_fmt(why, "%s cannot be read: %s", path, strerror(errno));
			return STATUS_IO;
		}
		if (n == 0)
			return STATUS_OK;
		out->len += (size_t)n;
		if (out->len - from > most) {
			buf_fmt(why, "%s is larger than %zu bytes, the most that is read", path,
				most);
			return STATUS_LIMIT;
		}
	}
}

enum status load_file(const char *path, size_t most, struct buf *out, struct buf *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		enum status s = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
		buf_fmt(why, "%s cannot be opened: %s", path, strerror(errno));
		return s;
	}
	enum status s = read_all(fd, path, most, out, why);
	close(fd);
	return s;
}

/* Joins folder and name in the arena, NUL-terminated. */
static struct str join(struct arena *a, struct str folder, struct str name)
{
	if (!folder.len)
		return arena_str(a, name);
	struct buf b = {0};
	buf_str(&b, folder);
	if (folder.p[folder.len - 1] != '/')
		buf_char(&b, '/');
	buf_str(&b, name);
	struct str s = arena_str(a, buf_view(&b));
	buf_release(&b);
	return s;
}

static enum status add_file(struct reader *r, struct str path, struct str name)
{
	if (r->files.n == LIMIT_SOURCES) {
		buf_fmt(r->why, "more than %u policy files", LIMIT_SOURCES);
		return STATUS_LIMIT;
	}
	struct buf text = {0};
	enum status s = load_file(path.p, LIMIT_SOURCE_BYTES, &text, r->why);
	r->bytes += text.len;
	if (!s && r->bytes > LIMIT_RULEBOOK_BYTES) {
		buf_fmt(r->why, "the policy files are larger than %u bytes together",
			LIMIT_RULEBOOK_BYTES);
		s = STATUS_LIMIT;
	}
	if (!s)
		*vec_push(&r->files) = (struct source){arena_str(&r->l->arena, name),
						       arena_str(&r->l->arena, buf_view(&text))};
	buf_release(&text);
	return s;
}

static bool is_policy(struct str name)
{
	return name.len > 4 && str_eq((struct str){name.p + name.len - 4, 4}, STR(".way"));
}

static bool ends_with(struct str name, const char *end)
{
	size_t n = strlen(end);
	return name.len > n && strncasecmp(name.p + name.len - n, end, n) == 0;
}

/* `pathway.way.txt`: what editors make of a name when endings are hidden. Were it passed over in
 * silence, the policy would lack a part. */
static bool is_misnamed(struct str name)
{
	static const char *const ends[] = {".way", ".way.txt", ".way.rtf", ".way.doc", ".way.docx"};
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends_with(name, ends[i]))
			return true;
	return false;
}

static enum status add_folder(struct reader *r, struct str path, struct str prefix, unsigned depth);

static enum status add_entry(struct reader *r, struct str folder, struct str prefix,
			     const char *entry, unsigned depth)
{
	struct str path = join(&r->l->arena, folder, str_from(entry));
	struct str name = join(&r->l->arena, prefix, str_from(entry));
	struct stat st;
	if (stat(path.p, &st)) {
		buf_fmt(r->why, "%s cannot be read: %s", path.p, strerror(errno));
		return STATUS_IO;
	}
	if (S_ISDIR(st.st_mode))
		return add_folder(r, path, name, depth + 1);
	if (S_ISREG(st.st_mode) && is_policy(name))
		return add_file(r, path, name);
	if (S_ISREG(st.st_mode) && is_misnamed(name)) {
		buf_fmt(
		    r->why,
		    "%s is not read, because its name does not end in .way; rename it so that it "
		    "does",
		    path.p);
		return STATUS_NOT_FOUND;
	}
	return STATUS_OK;
}

static enum status add_folder(struct reader *r, struct str path, struct str prefix, unsigned depth)
{
	if (depth > LIMIT_FOLDER_DEPTH) {
		buf_fmt(r->why, "%s lies more than %u folders deep; does a link lead back?", path.p,
			LIMIT_FOLDER_DEPTH);
		return STATUS_LIMIT;
	}
	DIR *dir = opendir(path.p);
	if (!dir) {
		enum status s = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
		buf_fmt(r->why, "%s cannot be opened: %s", path.p, strerror(errno));
		return s;
	}
	enum status s = STATUS_OK;
	struct dirent *e;
	while (!s && (errno = 0, e = readdir(dir)))
		if (e->d_name[0] != '.') /* hidden files are editors' */
			s = add_entry(r, path, prefix, e->d_name, depth);
	if (!s && errno) { /* an end that is none: the policy would lack a part */
		buf_fmt(r->why, "%s cannot be read: %s", path.p, strerror(errno));
		s = STATUS_IO;
	}
	closedir(dir);
	return s;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

static enum status add_path(struct reader *r, const char *path)
{
	struct stat st;
	if (stat(path, &st)) {
		buf_fmt(r->why, "%s: %s", path, strerror(errno));
		return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	}
	if (S_ISDIR(st.st_mode))
		return add_folder(r, r->l->root, STR(""), 0);
	const char *slash = strrchr(path, '/');
	r->l->root = (struct str){path, slash ? (size_t)(slash - path) : 0};
	return add_file(r, str_from(path), str_from(slash ? slash + 1 : path));
}

enum status load_sources(struct loaded *l, const char *path, struct buf *why)
{
	diag_init(&l->diags, &l->arena);
	l->root = str_from(path);
	struct reader r = {.l = l, .why = why};
	enum status s = add_path(&r, path);
	if (!s && !r.files.n) {
		buf_fmt(why, "%s has no policy files (their names end in .way)", path);
		s = STATUS_NOT_FOUND;
	}
	if (!s) {
		qsort(r.files.at, r.files.n, sizeof(*r.files.at), by_name);
		l->n = r.files.n;
		l->sources = arena_array(&l->arena, l->n, sizeof(*l->sources));
		memcpy(l->sources, r.files.at, l->n * sizeof(*l->sources));
	}
	vec_release(&r.files);
	return s;
}

/* A zone's name goes into a path: letters, digits, `_`, `-`, `+` and single slashes between them.
 */
static bool zone_name_is_plain(struct str name)
{
	bool part = false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			     (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
		if (!plain && !(c == '/' && part))
			return false;
		part = plain;
	}
	return part;
}

static struct str zone_bytes(void *arg, struct str name)
{
	struct arena *arena = arg;
	const char *dir = getenv("TZDIR");
	if (!zone_name_is_plain(name))
		return (struct str){0};
	struct str path = join(arena, str_from(dir && *dir ? dir : "/usr/share/zoneinfo"), name);
	struct buf bytes = {0}, why = {0};
	struct str got = {0};
	if (!load_file(path.p, ZONE_BYTES_MOST, &bytes, &why))
		got = arena_str(arena, buf_view(&bytes));
	buf_release(&bytes);
	buf_release(&why);
	return got;
}

struct compile_env load_env(struct loaded *l)
{
	return (struct compile_env){.zone_bytes = zone_bytes, .arg = &l->arena, .names = l->names};
}

enum status load_compile(struct loaded *l)
{
	struct compile_env env = load_env(l);
	return compile(l->sources, l->n, &env, &l->diags, &l->rb);
}

enum status load_rulebook(struct loaded *l, const char *path, struct buf *why)
{
	enum status s = load_sources(l, path, why);
	return s ? s : load_compile(l);
}

void load_report(const struct loaded *l, struct buf *out, bool json, bool colour)
{
	if (json)
		diagnostics_json(out, &l->diags, l->sources, l->n, l->root);
	else
		diagnostics_text(out, &l->diags, l->sources, l->n, l->root, colour);
}

void load_release(struct loaded *l)
{
	rulebook_unref(l->rb);
	diag_release(&l->diags);
	arena_release(&l->arena);
	*l = (struct loaded){0};
}
