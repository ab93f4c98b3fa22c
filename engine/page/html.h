/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents for people: one HTML page that needs nothing else (no script, no other file, no font),
 * reads on a screen and prints on paper. Whatever is given as text is escaped; nothing here takes
 * ready-made HTML but for html_drawing. The same calls give the same bytes.
 *
 *     html_begin(&b, STR("What the change does"));
 *     html_section(&b, STR("Money"));
 *     html_p(&b, "%u cases would be paid more.", n);
 *     static const struct html_column columns[] = {{"fund", false}, {"paid", true}};
 *     html_table(&b, columns, 2);
 *     html_row(&b);
 *     html_cell(&b, fund->name);
 *     html_money(&b, cents);
 *     html_table_end(&b);
 *     html_end(&b);
 *
 * Reports that can stand in a larger document write sections only; whoever wants a page of its own
 * puts html_begin and html_end around them.
 */
#ifndef WAYMARK_PAGE_HTML_H
#define WAYMARK_PAGE_HTML_H

#include "engine/base/str.h"

void html_begin(struct buf *b, struct str title); /* the title is the first heading, too */
void html_end(struct buf *b);

void html_text(struct buf *b, struct str s); /* escaped, for between tags and in quotes */
/* A part of a large document, on a new sheet when printed; links lead to it. The id is of letters,
 * digits, - and _ only. */
void html_chapter(struct buf *b, struct str id, struct str head);
void html_section(struct buf *b, struct str head); /* <h2> */
void html_subsection(struct buf *b, struct str head);
/* A section that links can lead to: <h2 id=…>; the id is of letters, digits, - and _ only. */
void html_section_at(struct buf *b, struct str id, struct str head);
void html_p(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void html_note(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A picture that Graphviz drew, from its <svg> on: the one thing that is taken as it is. */
void html_drawing(struct buf *b, struct str svg);
void html_pre(struct buf *b, struct str s); /* source text, letters of equal width */

/* Lines to write a name, a function and a date on, one for each of n people. */
void html_signatures(struct buf *b, size_t n);

/* A list: html_list, then html_item for each, then html_list_end. One that begins after an item
 * stands in it. */
void html_list(struct buf *b);
void html_item(struct buf *b, struct str s);
void html_link_item(struct buf *b, struct str to,
		    struct str s); /* another page, or #ID in this one */
void html_list_end(struct buf *b);

struct html_column {
	const char *head;
	bool number; /* set to the right */
};

void html_table(struct buf *b, const struct html_column *columns, size_t n);
void html_row(struct buf *b); /* begins a row; the one before is ended */
void html_cell(struct buf *b, struct str s);
void html_unbroken(struct buf *b, struct str s); /* on one line: a day, say */
void html_number(struct buf *b, struct str s);   /* set to the right */
void html_money(struct buf *b, int64_t cents);
void html_count(struct buf *b, int64_t n);
void html_table_end(struct buf *b);

/* Source text with numbers of lines, each line shaded and marked (all, part, none): html_source,
 * then html_source_line for each and after it what is to be said of it, then html_source_end. */
enum html_shade { HTML_PLAIN, HTML_YES, HTML_PART, HTML_NO };
void html_source(struct buf *b);
void html_source_line(struct buf *b, enum html_shade shade, uint32_t number, struct str text);
void html_source_note(struct buf *b, struct str s);
void html_source_end(struct buf *b);

#endif
