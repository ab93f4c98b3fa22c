/* SPDX-License-Identifier: Apache-2.0
 *
 * A document that is written once and comes out as HTML or as text for a terminal: headings,
 * paragraphs, lists and tables. In text, lines are broken at 96 characters; unless each piece is to
 * be a line, for whoever compares or places them.
 *
 *     struct sheet s = {&b, html};
 *     sheet_section(&s, STR("Money"));
 *     sheet_list(&s), sheet_item(&s, words), sheet_list_end(&s);
 */
#ifndef WAYMARK_PAGE_SHEET_H
#define WAYMARK_PAGE_SHEET_H

#include "engine/base/str.h"
#include "engine/page/html.h"

struct sheet {
	struct buf *b;
	bool html;
	bool unbroken;  /* in text: a piece is a line, without a mark before it */
	struct buf row; /* in text: the cells of the row so far */
};

void sheet_chapter(struct sheet *s, struct str id, struct str head);
void sheet_section(struct sheet *s, struct str head);
void sheet_subsection(struct sheet *s, struct str head);
void sheet_p(struct sheet *s, struct str words);
void sheet_note(struct sheet *s, struct str words);

void sheet_list(struct sheet *s);
void sheet_item(struct sheet *s, struct str words);
void sheet_list_end(struct sheet *s);

/* In text each row is an item, its cells between bars. */
void sheet_table(struct sheet *s, const struct html_column *columns, size_t n);
void sheet_row(struct sheet *s);
void sheet_cell(struct sheet *s, struct str words);
void sheet_table_end(struct sheet *s);

void sheet_release(struct sheet *s);

#endif
