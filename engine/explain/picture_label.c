/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/picture_label.h"

#include "engine/page/html.h"

static const struct {
	const char *before, *behind;
} looks[] = {[LABEL_PLAIN] = {"", ""},
	     [LABEL_BOLD] = {"<b>", "</b>"},
	     [LABEL_ITALIC] = {"<i>", "</i>"},
	     [LABEL_SMALL] = {"<font point-size=\"10\" color=\"#444444\">", "</font>"},
	     [LABEL_TINY] = {"<font point-size=\"9\" color=\"#555555\">", "</font>"},
	     [LABEL_PATH] = {"<font color=\"#5b3f9e\"><b>", "</b></font>"},
	     [LABEL_TABLE] = {"<font face=\"monospace\">", "</font>"}};

/* Few colours, light enough that black can be read on them. */
const char *label_colour(enum block_kind kind)
{
	switch (kind) {
	case BLOCK_STIPEND:
	case BLOCK_SCHEDULE:
		return "#dcefdc";
	case BLOCK_FINE:
		return "#fde2cf";
	case BLOCK_ESCALATION:
	case BLOCK_STAGES:
		return "#e6e0f3";
	case BLOCK_NEVER:
	case BLOCK_ALWAYS:
		return "#fbdcdc";
	case BLOCK_TABLE:
	case BLOCK_SHARE:
		return "#f3efd9";
	case BLOCK_RULE:
		break;
	}
	return "#dbe8f5";
}

static size_t characters(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

/* Lines of about so many characters, each set to the left and marked up by itself. */
static void broken(struct buf *b, struct str s, size_t wide, enum label_look look)
{
	size_t line = 0, from = 0;
	buf_c(b, looks[look].before);
	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && s.p[i] != ' ')
			continue;
		struct str word = {s.p + from, i - from};
		if (line && line + 1 + characters(word) > wide) {
			buf_fmt(b, "%s<br align=\"left\"/>%s", looks[look].behind,
				looks[look].before);
			line = 0;
		} else if (line) {
			buf_char(b, ' ');
			line++;
		}
		html_text(b, word);
		line += characters(word);
		from = i + 1;
	}
	buf_fmt(b, "%s<br align=\"left\"/>", looks[look].behind);
}

void label_begin(struct buf *b)
{
	buf_c(b, "<<table border=\"1\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"4\">");
}

void label_end(struct buf *b)
{
	buf_c(b, "</table>>");
}

void label_row(struct buf *b, struct str s, size_t wide, const char *colour, enum label_look look)
{
	buf_fmt(b, "<tr><td align=\"left\" balign=\"left\"%s%s%s>", colour ? " bgcolor=\"" : "",
		colour ? colour : "", colour ? "\"" : "");
	broken(b, s, wide, look);
	buf_c(b, "</td></tr>");
}

void label_port(struct buf *b, uint32_t port)
{
	buf_fmt(b,
		"<tr><td align=\"left\" cellpadding=\"0\" port=\"p%u\"><table border=\"0\" "
		"cellspacing=\"0\" cellpadding=\"4\">",
		port);
}

void label_port_end(struct buf *b)
{
	buf_c(b, "</table></td></tr>");
}

void label_text(struct buf *b, struct str s, size_t wide)
{
	broken(b, s, wide, LABEL_PLAIN);
}

void label_legend(struct buf *b)
{
	static const struct {
		enum block_kind kind;
		const char *words;
	} colours[] = {
	    {BLOCK_STIPEND, "money that is paid"}, {BLOCK_RULE, "a rule"},
	    {BLOCK_STAGES, "steps and stages"},    {BLOCK_FINE, "money that is owed"},
	    {BLOCK_NEVER, "never, or always"},     {BLOCK_TABLE, "tables, and what partners see"}};
	buf_c(b,
	      "  labelloc=t; labeljust=l; fontname=\"Helvetica,Arial,sans-serif\"; fontsize=11;\n"
	      "  label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"4\" "
	      "cellpadding=\"3\"><tr><td><b>what happens → what provides for it → what follows → "
	      "the fund</b></td>");
	for (size_t i = 0; i < sizeof(colours) / sizeof(*colours); i++)
		buf_fmt(b, "<td bgcolor=\"%s\">%s</td>", label_colour(colours[i].kind),
			colours[i].words);
	buf_c(b, "</tr></table>>;\n");
}
