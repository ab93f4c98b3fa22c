/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/page/prose.h"

#include "engine/page/html.h"

static struct str words_of(const struct prose *p, size_t i)
{
	size_t from = p->pieces.at[i].from;
	size_t end = i + 1 < p->pieces.n ? p->pieces.at[i + 1].from : p->text.len;
	return (struct str){p->text.p + from, end - from};
}

struct buf *prose_add(struct prose *p, enum prose_kind kind)
{
	size_t n = p->pieces.n;
	bool unused = n && p->pieces.at[n - 1].from == p->text.len;
	struct prose_piece *piece = unused ? &p->pieces.at[n - 1] : vec_push(&p->pieces);
	*piece = (struct prose_piece){kind, p->text.len};
	return &p->text;
}

bool prose_is_empty(const struct prose *p)
{
	return p->text.len == 0;
}

void prose_drop(struct prose *p)
{
	if (p->pieces.n)
		p->text.len = p->pieces.at[--p->pieces.n].from;
}

void prose_join(struct prose *p, const struct prose *other)
{
	for (size_t i = 0; i < other->pieces.n; i++)
		buf_str(prose_add(p, other->pieces.at[i].kind), words_of(other, i));
}

void prose_clear(struct prose *p)
{
	buf_clear(&p->text);
	p->pieces.n = 0;
}

void prose_release(struct prose *p)
{
	buf_release(&p->text);
	vec_release(&p->pieces);
}

/* ---- as text ---- */

void prose_outline(struct buf *b, const struct prose *p)
{
	static const size_t indent[] = {0, 0, 2, 2, 4};
	for (size_t i = 0; i < p->pieces.n; i++) {
		struct str words = words_of(p, i);
		if (!words.len)
			continue;
		buf_pad(b, ' ', indent[p->pieces.at[i].kind]);
		buf_str(b, words);
		buf_char(b, '\n');
	}
}

/* How much of it fits on a line: up to the last space before the width, else the whole word. */
static size_t line_length(struct str s, size_t width)
{
	size_t fits = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\n')
			return i;
		if (s.p[i] == ' ' && (i <= width || !fits))
			fits = i;
		if (i >= width && fits)
			return fits;
	}
	return s.len;
}

static void write_lines(struct buf *b, struct str s, size_t first, const char *mark)
{
	size_t indent = first + strlen(mark);
	buf_pad(b, ' ', first);
	buf_c(b, mark);
	while (s.len) {
		size_t n = line_length(s, PROSE_WIDTH - indent);
		buf_bytes(b, s.p, n);
		buf_char(b, '\n');
		n += n < s.len; /* the space, or the end of a line */
		s = (struct str){s.p + n, s.len - n};
		if (s.len)
			buf_pad(b, ' ', indent);
	}
}

static void underline(struct buf *b, struct str s, char with)
{
	buf_str(b, s);
	buf_char(b, '\n');
	buf_pad(b, with, s.len < PROSE_WIDTH ? s.len : PROSE_WIDTH);
	buf_char(b, '\n');
}

static bool is_item(enum prose_kind k)
{
	return k == PROSE_ITEM || k == PROSE_SUBITEM;
}

void prose_letter(struct buf *b, const struct prose *p)
{
	enum prose_kind before = PROSE_TITLE;
	for (size_t i = 0, n = 0; i < p->pieces.n; i++) {
		struct str words = words_of(p, i);
		enum prose_kind kind = p->pieces.at[i].kind;
		if (!words.len)
			continue;
		if (n++ && !(is_item(kind) && (is_item(before) || before == PROSE_SECTION)) &&
		    before != PROSE_SECTION)
			buf_char(b, '\n');
		if (kind == PROSE_TITLE)
			underline(b, words, '=');
		else if (kind == PROSE_SECTION)
			underline(b, words, '-');
		else if (kind == PROSE_P)
			write_lines(b, words, 0, "");
		else
			write_lines(b, words, kind == PROSE_ITEM ? 0 : 2, "- ");
		before = kind;
	}
}

/* ---- as HTML ---- */

/* Opens and closes lists until as many are open as the piece stands in. */
static void set_depth(struct buf *b, size_t *open, size_t want)
{
	for (; *open < want; ++*open)
		html_list(b);
	for (; *open > want; --*open)
		html_list_end(b);
}

void prose_html(struct buf *b, const struct prose *p)
{
	size_t open = 0;
	bool titled = false;
	for (size_t i = 0; i < p->pieces.n; i++) {
		struct str words = words_of(p, i);
		enum prose_kind kind = p->pieces.at[i].kind;
		if (!words.len)
			continue;
		set_depth(b, &open, kind == PROSE_SUBITEM ? 2 : kind == PROSE_ITEM);
		if (kind == PROSE_TITLE)
			html_section(b, words);
		else if (kind == PROSE_SECTION)
			(titled ? html_subsection : html_section)(b, words);
		else if (kind == PROSE_P)
			html_p(b, STR_FMT, STR_ARG(words));
		else
			html_item(b, words);
		titled |= kind == PROSE_TITLE;
	}
	set_depth(b, &open, 0);
}

/* ---- as JSON ---- */

void prose_json(struct buf *b, const struct prose *p)
{
	static const char *const names[] = {"title", "section", "paragraph", "item", "subitem"};
	size_t n = 0;
	buf_char(b, '[');
	for (size_t i = 0; i < p->pieces.n; i++) {
		if (!words_of(p, i).len)
			continue;
		buf_fmt(b, "%s{\"kind\":\"%s\",\"text\":", n++ ? "," : "",
			names[p->pieces.at[i].kind]);
		buf_json(b, words_of(p, i));
		buf_char(b, '}');
	}
	buf_char(b, ']');
}
