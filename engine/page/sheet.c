/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/page/sheet.h"

#define WIDE 96 /* characters of a line of text */

static size_t characters(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

/* Words on lines of their own, the first one behind `before`, the others below its end. */
static void broken(struct buf *b, const char *before, struct str words)
{
	size_t indent = strlen(before), line = indent, from = 0;
	buf_c(b, before);
	for (size_t i = 0; i <= words.len; i++) {
		if (i < words.len && words.p[i] != ' ')
			continue;
		struct str word = {words.p + from, i - from};
		size_t n = characters(word);
		if (line > indent && line + 1 + n > WIDE) {
			buf_char(b, '\n');
			buf_pad(b, ' ', indent);
			line = indent;
		} else if (line > indent) {
			buf_char(b, ' ');
			line++;
		}
		buf_str(b, word);
		line += n;
		from = i + 1;
	}
	buf_char(b, '\n');
}

static void lines(struct sheet *s, const char *before, struct str words)
{
	if (!s->unbroken) {
		broken(s->b, before, words);
		return;
	}
	buf_str(s->b, words);
	buf_char(s->b, '\n');
}

static void heading(struct buf *b, struct str head, char under)
{
	buf_char(b, '\n');
	buf_str(b, head);
	buf_char(b, '\n');
	if (under) {
		buf_pad(b, under, characters(head));
		buf_char(b, '\n');
	}
}

void sheet_chapter(struct sheet *s, struct str id, struct str head)
{
	if (s->html)
		html_chapter(s->b, id, head);
	else
		heading(s->b, head, '=');
}

void sheet_section(struct sheet *s, struct str head)
{
	if (s->html)
		html_section(s->b, head);
	else
		heading(s->b, head, '-');
}

void sheet_subsection(struct sheet *s, struct str head)
{
	if (s->html)
		html_subsection(s->b, head);
	else
		heading(s->b, head, '\0');
}

void sheet_p(struct sheet *s, struct str words)
{
	if (s->html)
		html_p(s->b, STR_FMT, STR_ARG(words));
	else
		lines(s, "", words);
}

void sheet_note(struct sheet *s, struct str words)
{
	if (s->html)
		html_note(s->b, STR_FMT, STR_ARG(words));
	else
		lines(s, "! ", words);
}

void sheet_list(struct sheet *s)
{
	if (s->html)
		html_list(s->b);
}

void sheet_item(struct sheet *s, struct str words)
{
	if (s->html)
		html_item(s->b, words);
	else
		lines(s, "- ", words);
}

void sheet_list_end(struct sheet *s)
{
	if (s->html)
		html_list_end(s->b);
}

/* ---- tables ---- */

static void end_row(struct sheet *s)
{
	if (s->row.len)
		lines(s, "- ", buf_view(&s->row));
	buf_clear(&s->row);
}

void sheet_table(struct sheet *s, const struct html_column *columns, size_t n)
{
	if (s->html) {
		html_table(s->b, columns, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		sheet_cell(s, str_from(columns[i].head));
	if (s->row.len)
		lines(s, "  ", buf_view(&s->row));
	buf_clear(&s->row);
}

void sheet_row(struct sheet *s)
{
	if (s->html)
		html_row(s->b);
	else
		end_row(s);
}

void sheet_cell(struct sheet *s, struct str words)
{
	if (s->html) {
		html_cell(s->b, words);
		return;
	}
	buf_c(&s->row, s->row.len && words.len ? " | " : "");
	buf_str(&s->row, words);
}

void sheet_table_end(struct sheet *s)
{
	if (s->html)
		html_table_end(s->b);
	else
		end_row(s);
}

void sheet_release(struct sheet *s)
{
	buf_release(&s->row);
}
