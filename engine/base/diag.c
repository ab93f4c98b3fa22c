/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/diag.h"

#include "engine/base/limits.h"
#include "engine/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void diag_init(struct diag_list *l, struct arena *arena)
{
	*l = (struct diag_list){.arena = arena};
}

void diag_release(struct diag_list *l)
{
	mem_free(l->at);
	*l = (struct diag_list){0};
}

static struct str format(struct arena *arena, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *p = arena_alloc(arena, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct str){p, (size_t)n};
}

static bool repeated(const struct diag_list *l, const struct diag *d)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct diag *o = &l->at[i];
		if (o->code == d->code && o->span.source == d->span.source &&
		    o->span.off == d->span.off && str_eq(o->message, d->message))
			return true;
	}
	return false;
}

/* What the reading of the text has told is not told again by a later stage: it would only follow
 * from it. */
static bool follows(const struct diag_list *l, const struct diag *d)
{
	for (size_t i = 0; i < l->n && d->code >= DIAG_MEANING; i++) {
		const struct diag *o = &l->at[i];
		if (o->code < DIAG_MEANING && o->span.source == d->span.source &&
		    o->span.off < d->span.off + d->span.len &&
		    d->span.off < o->span.off + o->span.len)
			return true;
	}
	return false;
}

struct diag *diag_add(struct diag_list *l, int code, enum severity severity, struct span span,
		      const char *fmt, ...)
{
	struct diag d = {.code = code, .severity = severity, .span = span};
	bool full =
	    l->n == LIMIT_DIAGNOSTICS; /* then it is counted, and nothing is put into words */
	if (!full) {
		va_list ap;
		va_start(ap, fmt);
		d.message = format(l->arena, fmt, ap);
		va_end(ap);
	}
	bool twice = repeated(l, &d) || follows(l, &d);
	if (!twice && severity == SEVERITY_ERROR)
		l->errors++;
	else if (!twice)
		l->warnings++;
	if (twice || full) {
		l->unsaid = d;
		return &l->unsaid;
	}
	if (!l->at)
		l->at =
		    mem_alloc(LIMIT_DIAGNOSTICS * sizeof(*l->at)); /* fixed: pointers stay valid */
	l->at[l->n] = d;
	return &l->at[l->n++];
}

void diag_help(struct diag_list *l, struct diag *d, const char *fmt, ...)
{
	if (d == &l->unsaid)
		return;
	va_list ap;
	va_start(ap, fmt);
	d->help = format(l->arena, fmt, ap);
	va_end(ap);
}

void diag_also(struct diag_list *l, struct diag *d, struct span where, const char *note)
{
	d->also = where;
	d->also_note = arena_str(l->arena, str_from(note));
}

static int by_place(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;
	if (x->span.source != y->span.source)
		return x->span.source < y->span.source ? -1 : 1;
	if (x->span.off != y->span.off)
		return x->span.off < y->span.off ? -1 : 1;
	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return str_cmp(x->message, y->message);
}

void diag_sort(struct diag_list *l)
{
	if (l->n)
		qsort(l->at, l->n, sizeof(*l->at), by_place);
}
