/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/format_write.h"

#include <stdlib.h>

uint32_t span_end(struct span span)
{
	return span.off + span.len;
}

bool blank_line_in(const struct writer *w, uint32_t from, uint32_t to)
{
	unsigned breaks = 0;
	for (uint32_t i = from; i < to && i < w->text.len; i++) {
		char c = w->text.p[i];
		if (c == '\n')
			breaks++;
		else if (c != ' ' && c != '\t' && c != '\r')
			breaks = 0;
		if (breaks == 2)
			return true;
	}
	return false;
}

static struct str comment_text(const struct writer *w, const struct ast_comment *c)
{
	struct str s = {w->text.p + c->span.off, c->span.len};
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static void own_line(struct writer *w, unsigned indent, const struct ast_comment *c)
{
	buf_pad(w->out, ' ', (size_t)indent * FORMAT_INDENT);
	buf_str(w->out, comment_text(w, c));
	buf_char(w->out, '\n');
	w->written = span_end(c->span);
}

void comments_before(struct writer *w, unsigned indent, uint32_t off)
{
	for (; w->comment && w->comment->span.off < off; w->comment = w->comment->next)
		own_line(w, indent, w->comment);
}

void line_begin(struct writer *w, unsigned indent, uint32_t off)
{
	comments_before(w, indent, off);
	w->indent = indent;
	buf_clear(&w->line);
	w->breaks.n = 0;
}

void line_str(struct writer *w, struct str s)
{
	if (w->line.len)
		buf_char(&w->line, ' ');
	buf_str(&w->line, s);
}

void line_word(struct writer *w, const char *word)
{
	line_str(w, str_from(word));
}

void line_quoted(struct writer *w, struct ast_word text)
{
	if (!text.span.len)
		return;
	line_str(w, STR("\""));
	buf_str(&w->line, text.s);
	buf_char(&w->line, '"');
}

void line_glue(struct writer *w, const char *s)
{
	buf_c(&w->line, s);
}

void line_break(struct writer *w)
{
	if (w->line.len)
		*vec_push(&w->breaks) = w->line.len;
}

size_t line_characters(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Fills lines up to FORMAT_COLUMNS; the pieces between two breaks stay whole. */
static void put_line(struct writer *w)
{
	size_t column = (size_t)w->indent * FORMAT_INDENT, from = 0;
	struct str line = buf_view(&w->line);
	bool fits = column + line_characters(line) <= FORMAT_COLUMNS;
	buf_pad(w->out, ' ', column);
	for (size_t i = 0; !fits && i < w->breaks.n; i++) {
		size_t to = w->breaks.at[i];
		size_t next = i + 1 < w->breaks.n ? w->breaks.at[i + 1] : line.len;
		struct str piece = {line.p + from, to - from};
		buf_str(w->out, piece);
		column += line_characters(piece);
		from = to;
		if (column + line_characters((struct str){line.p + to, next - to}) <=
		    FORMAT_COLUMNS)
			continue;
		column = (size_t)w->indent * FORMAT_INDENT + FORMAT_WRAP;
		buf_char(w->out, '\n');
		buf_pad(w->out, ' ', column);
		from++; /* the space that became the break */
	}
	buf_bytes(w->out, line.p + from, line.len - from);
}

/* Comments inside the clause go before it, but for the last one at the end of a line: it trails.
 * Any other would come behind comments that it stood before. */
static const struct ast_comment *inside(struct writer *w, uint32_t end)
{
	const struct ast_comment *c, *trailing = NULL;
	for (; (c = w->comment) && c->span.off < end; w->comment = c->next) {
		if (c->alone || (c->next && c->next->span.off < end))
			own_line(w, w->indent, c);
		else
			trailing = c;
	}
	return trailing;
}

/* Nothing but blanks lie between: the comment trails what ended there. */
static bool only_blanks(const struct writer *w, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (w->text.p[i] != ' ' && w->text.p[i] != '\t')
			return false;
	return true;
}

void line_end(struct writer *w, uint32_t end)
{
	const struct ast_comment *trailing = inside(w, end), *next = w->comment;
	if (next && !next->alone && only_blanks(w, end, next->span.off)) {
		if (trailing)
			own_line(w, w->indent, trailing);
		trailing = next;
		w->comment = next->next;
	}
	put_line(w);
	w->written = end;
	if (trailing) {
		buf_c(w->out, "  ");
		buf_str(w->out, comment_text(w, trailing));
		if (span_end(trailing->span) > end)
			w->written = span_end(trailing->span);
	}
	buf_char(w->out, '\n');
}

/* ---- items ---- */

void items_add(struct items *items, uint32_t off, int kind, const void *node)
{
	*vec_push(items) = (struct item){off, kind, node};
}

static int by_off(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	return (x->off > y->off) - (x->off < y->off);
}

void items_sort(struct items *items)
{
	if (items->n)
		qsort(items->at, items->n, sizeof(*items->at), by_off);
}

void items_release(struct items *items)
{
	vec_release(items);
}
