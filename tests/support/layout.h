/* SPDX-License-Identifier: Apache-2.0
 *
 * What `waymark fmt` promises, as a check for any text: the unit tests and a fuzzer ask it.
 *
 *     struct layout l = {0};
 *     const char *broken = layout_check(&l, text); // NULL: kept, or the text has errors (l.errors)
 *     layout_release(&l);
 */
#ifndef WAYMARK_TESTS_LAYOUT_H
#define WAYMARK_TESTS_LAYOUT_H

#include "engine/policy/graph.h"
#include "grammar/ast_dump.h"
#include "grammar/format.h"
#include "grammar/parse.h"

struct layout {
	struct arena arena;
	struct buf once;            /* the text in its canonical layout */
	struct buf expected, found; /* of the promise that was looked at last */
	size_t errors;              /* of the text */
};

static inline void layout_release(struct layout *l)
{
	buf_release(&l->once);
	buf_release(&l->expected);
	buf_release(&l->found);
	arena_release(&l->arena);
}

static inline const struct ast_file *layout_read(struct layout *l, struct str text, size_t *errors)
{
	struct source source = {STR("x.way"), text};
	struct diag_list diags;
	diag_init(&diags, &l->arena);
	const struct ast_file *file = parse(&l->arena, &source, 0, &diags);
	*errors = diags.errors;
	diag_release(&diags);
	return file;
}

/* The comments, one a line, without what no editor shows at their ends. */
static inline void layout_comments(struct buf *out, const struct ast_file *file, struct str text)
{
	for (const struct ast_comment *c = file->comments; c; c = c->next) {
		struct str s = {text.p + c->span.off, c->span.len};
		while (s.len && strchr(" \t\r", s.p[s.len - 1]))
			s.len--;
		buf_str(out, s);
		buf_char(out, '\n');
	}
}

static inline void layout_crlf(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\n' && (!i || text.p[i - 1] != '\r'))
			buf_char(out, '\r');
		buf_char(out, text.p[i]);
	}
}

static inline bool layout_same(const struct layout *l)
{
	return str_eq(buf_view(&l->expected), buf_view(&l->found));
}

static inline void layout_clear(struct layout *l)
{
	buf_clear(&l->expected);
	buf_clear(&l->found);
}

static inline const char *layout_check(struct layout *l, struct str text)
{
	size_t errors;
	const struct ast_file *file = layout_read(l, text, &l->errors), *again;
	if (l->errors)
		return NULL;
	format(file, text, &l->once);
	struct str once = buf_view(&l->once);
	if (str_contains(once, STR("\r")) || (once.len && once.p[once.len - 1] != '\n'))
		return "lines end with a line feed";
	again = layout_read(l, once, &errors);
	if (errors)
		return "what is formatted can be read";
	layout_clear(l);
	ast_dump(&l->expected, file);
	ast_dump(&l->found, again);
	if (!layout_same(l))
		return "the tree stays as it was";
	layout_clear(l);
	layout_comments(&l->expected, file, text);
	layout_comments(&l->found, again, once);
	if (!layout_same(l))
		return "every comment is kept, once and in order";
	layout_clear(l);
	buf_str(&l->expected, once);
	format(again, once, &l->found);
	if (!layout_same(l))
		return "formatting twice changes nothing more";
	layout_clear(l);
	struct buf crlf = {0};
	layout_crlf(&crlf, text);
	buf_str(&l->expected, once);
	file = layout_read(l, buf_view(&crlf), &errors);
	if (!errors)
		format(file, buf_view(&crlf), &l->found);
	buf_release(&crlf);
	return layout_same(l) ? NULL : "how lines end in the source makes no difference";
}

/* ---- what two texts mean ---- */

static inline void layout_code(struct buf *out, const struct code *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		const struct insn *in = &c->at[i];
		buf_fmt(out, "  " STR_FMT " %u %u ", STR_ARG(op_name(in->op)), in->a, in->b);
		if (in->op == OP_CONST)
			value_text(out, in->k);
		buf_char(out, '\n');
	}
}

/* The graph as JSON without its lines, its source texts and their digest. */
static inline void layout_graph(struct buf *out, const struct rulebook *rb, uint16_t county)
{
	static const char *const places[] = {"\"line\":", "\"version\":\"", "\"text\":\"",
					     "\"when\":\""};
	struct buf json = {0};
	graph_json(&json, rb, &(struct graph_view){NONE, county});
	struct str s = buf_view(&json);
	while (s.len) {
		for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
			if (!str_starts(s, str_from(places[i])))
				continue;
			size_t n = strlen(places[i]);
			while (n < s.len && (i ? s.p[n] != '"' : s.p[n] >= '0' && s.p[n] <= '9'))
				n += s.p[n] == '\\' && n + 1 < s.len ? 2 : 1;
			s = (struct str){s.p + n, s.len - n};
			break;
		}
		if (s.len)
			buf_char(out, *s.p++), s.len--;
	}
	buf_release(&json);
}

/* All that a rulebook says but where it says it. */
static inline void layout_rules(struct buf *out, const struct rulebook *rb)
{
	for (uint16_t c = 0; c <= rb->ncounties; c++)
		layout_graph(out, rb, c < rb->ncounties ? c : NONE);
	for (uint32_t i = 0; i < rb->nparts; i++) {
		const struct part *p = &rb->parts[i];
		buf_fmt(out, "\npart %u %u\n", i, p->event);
		layout_code(out, &p->when);
		for (uint16_t k = 0; k < p->nactions; k++) {
			buf_fmt(out, " action %d\n", (int)p->actions[k].kind);
			layout_code(out, &p->actions[k].amount);
		}
	}
}

#endif
