/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/page/html.h"

#include "engine/values/money.h"

#include <stdarg.h>
#include <stdio.h>

/* Colours are few and differ in lightness too, so that a print in grey can be read. */
static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem}\n"
    "h1{font-size:1.8rem;line-height:1.2}\n"
    "h2{font-size:1.3rem;margin-top:2.2rem;border-bottom:2px solid #205493}\n"
    ".chapter{margin-top:4rem;border-bottom:4px solid #205493}\n"
    ".sign{display:flex;gap:1.5rem;margin-top:2.6rem}\n"
    ".sign span{flex:1;border-top:1px solid #1b1b1b;font-size:.8rem}\n"
    "h3{font-size:1.05rem;margin-top:1.4rem}\n"
    "table{border-collapse:collapse;width:100%;margin:.8rem 0;font-size:.92rem}\n"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid "
    "#c8c8c8}\n"
    "th{background:#eef3f8}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums}td.n,.u{white-space:nowrap}\n"
    "pre{background:#f5f5f5;padding:.7rem;overflow-x:auto;white-space:pre-wrap;font-size:.85rem}\n"
    ".note{border-left:4px solid #e5a000;background:#fff8e5;padding:.4rem .8rem}\n"
    "svg{max-width:100%;height:auto}\n"
    "svg:not(.drawn) text{font:12px system-ui,sans-serif}\n"
    ".yes{background:#e3f3e3}.part{background:#fff3cd}.no{background:#fbdcdc}\n"
    ".source td{border:0;padding:0 .6rem}.source .n{color:#454545;width:3rem}"
    ".source .m{color:#454545;font-size:.8rem;width:2.5rem}\n"
    ".source code{white-space:pre-wrap;tab-size:4}\n"
    ".said{font-style:italic;margin:.1rem 0 .2rem 1.5rem}\n"
    "@media print{body{max-width:none;margin:0;font-size:11pt}"
    ".chapter{break-before:page}h1+.chapter{break-before:auto}h2,h3{break-after:avoid}"
    "tr,svg:not(.drawn),pre{break-inside:avoid}a{color:inherit;text-decoration:none}}\n";

void html_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		switch (s.p[i]) {
		case '&':
			buf_str(b, STR("&amp;"));
			break;
		case '<':
			buf_str(b, STR("&lt;"));
			break;
		case '>':
			buf_str(b, STR("&gt;"));
			break;
		case '"':
			buf_str(b, STR("&quot;"));
			break;
		case '\'':
			buf_str(b, STR("&#39;"));
			break;
		default:
			buf_char(b, s.p[i]);
		}
	}
}

static void element(struct buf *b, const char *tag, struct str s)
{
	buf_fmt(b, "<%s>", tag);
	html_text(b, s);
	buf_fmt(b, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

static void element_fmt(struct buf *b, const char *tag, const char *fmt, va_list args)
{
	struct buf text = {0};
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	buf_reserve(&text, (size_t)n + 1);
	(void)vsnprintf(text.p, (size_t)n + 1, fmt, args);
	text.len = (size_t)n;
	element(b, tag, buf_view(&text));
	buf_release(&text);
}

void html_begin(struct buf *b, struct str title)
{
	buf_c(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta name=\"viewport\" content=\"width=device-width\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "style-src 'unsafe-inline'\">\n");
	element(b, "title", title);
	buf_fmt(b, "<style>\n%s</style>\n</head>\n<body>\n", style);
	element(b, "h1", title);
}

void html_end(struct buf *b)
{
	buf_c(b, "</body>\n</html>\n");
}

void html_chapter(struct buf *b, struct str id, struct str head)
{
	buf_fmt(b, "<h1 class=\"chapter\" id=\"" STR_FMT "\">", STR_ARG(id));
	html_text(b, head);
	buf_c(b, "</h1>\n");
}

void html_section(struct buf *b, struct str head)
{
	element(b, "h2", head);
}

void html_subsection(struct buf *b, struct str head)
{
	element(b, "h3", head);
}

void html_section_at(struct buf *b, struct str id, struct str head)
{
	buf_fmt(b, "<h2 id=\"" STR_FMT "\">", STR_ARG(id));
	html_text(b, head);
	buf_c(b, "</h2>\n");
}

void html_p(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	element_fmt(b, "p", fmt, args);
	va_end(args);
}

void html_note(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	element_fmt(b, "p class=\"note\"", fmt, args);
	va_end(args);
}

void html_pre(struct buf *b, struct str s)
{
	element(b, "pre", s);
}

void html_list(struct buf *b)
{
	buf_c(b, "<ul>\n");
}

/* Its end tag may be left out, and is, so that a list can stand in it. */
void html_item(struct buf *b, struct str s)
{
	buf_c(b, "<li>");
	html_text(b, s);
	buf_char(b, '\n');
}

void html_link_item(struct buf *b, struct str to, struct str s)
{
	buf_c(b, "<li><a href=\"");
	html_text(b, to);
	buf_c(b, "\">");
	html_text(b, s);
	buf_c(b, "</a></li>\n");
}

void html_drawing(struct buf *b, struct str svg)
{
	size_t at = 0;
	while (at < svg.len && !str_starts((struct str){svg.p + at, svg.len - at}, STR("<svg ")))
		at++;
	if (at == svg.len)
		return;
	buf_c(b, "<svg class=\"drawn\" ");
	buf_str(b, (struct str){svg.p + at + 5, svg.len - at - 5});
}

void html_signatures(struct buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_c(b, "<p class=\"sign\"><span>name</span><span>function</span>"
			 "<span>signature</span><span>date</span></p>\n");
}

void html_list_end(struct buf *b)
{
	buf_c(b, "</ul>\n");
}

void html_table(struct buf *b, const struct html_column *columns, size_t n)
{
	buf_c(b, "<table>\n<thead><tr>");
	for (size_t i = 0; i < n; i++) {
		buf_c(b,
		      columns[i].number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
		html_text(b, str_from(columns[i].head));
		buf_c(b, "</th>");
	}
	buf_c(b, "</tr></thead>\n<tbody>");
}

/* The end tags of rows and cells may be left out, and are. */
void html_row(struct buf *b)
{
	buf_c(b, "\n<tr>");
}

void html_cell(struct buf *b, struct str s)
{
	buf_c(b, "<td>");
	html_text(b, s);
}

void html_unbroken(struct buf *b, struct str s)
{
	buf_c(b, "<td class=\"u\">");
	html_text(b, s);
}

void html_number(struct buf *b, struct str s)
{
	buf_c(b, "<td class=\"n\">");
	html_text(b, s);
}

void html_money(struct buf *b, int64_t cents)
{
	buf_c(b, "<td class=\"n\">");
	money_text(b, cents);
}

void html_count(struct buf *b, int64_t n)
{
	buf_c(b, "<td class=\"n\">");
	number_text(b, n);
}

void html_table_end(struct buf *b)
{
	buf_c(b, "\n</tbody></table>\n");
}

void html_source(struct buf *b)
{
	buf_c(b, "<table class=\"source\">");
}

void html_source_line(struct buf *b, enum html_shade shade, uint32_t number, struct str text)
{
	static const struct {
		const char *row, *mark;
	} looks[] = {[HTML_PLAIN] = {"<tr>", ""},
		     [HTML_YES] = {"<tr class=\"yes\">", "all"},
		     [HTML_PART] = {"<tr class=\"part\">", "part"},
		     [HTML_NO] = {"<tr class=\"no\">", "none"}};
	buf_fmt(b, "\n%s<td class=\"n\">%u<td class=\"m\">%s<td><code>", looks[shade].row, number,
		looks[shade].mark);
	html_text(b, text);
	buf_c(b, "</code>");
}

void html_source_note(struct buf *b, struct str s)
{
	element(b, "div class=\"said\"", s);
}

void html_source_end(struct buf *b)
{
	buf_c(b, "\n</table>\n");
}
