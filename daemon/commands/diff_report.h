/* SPDX-License-Identifier: Apache-2.0
 *
 * What `waymark diff` has found, and saying it.
 *
 *     struct diff_report r = {.path = {"old", "new"}, .loaded = {&old, &new}};
 *     diff_find(&r);
 *     diff_html(&page, &r);                    // sections only
 *     diff_release(&r);
 */
#ifndef WAYMARK_COMMANDS_DIFF_REPORT_H
#define WAYMARK_COMMANDS_DIFF_REPORT_H

#include "daemon/wire/load.h"
#include "engine/analyse/difference.h"
#include "engine/trial/witness.h"

/* Beside a difference. */
struct shown_by {
	bool searched;     /* a history was looked for */
	struct str county; /* in which; the first of the counties in which there is any */
	bool scenario; /* it was made into a scenario that passes under NEW and fails under OLD */
	struct witness witness;
};

struct diff_report {
	const char *path[2];
	struct loaded *loaded[2];
	struct differences d;
	struct shown_by *by; /* by difference */
	struct buf scenarios;
	size_t searched, found;
};

/* Both are loaded without an error. */
void diff_find(struct diff_report *r);
void diff_release(struct diff_report *r); /* what diff_find has made */

/* `in all 58 counties`, `in alameda, fresno and 3 more`; each is written by `county` */
typedef void diff_county_words(struct buf *b, const struct rulebook *rb, struct str county);
void diff_counties_words(struct buf *b, const struct diff_report *r, const struct str *list,
			 size_t n, diff_county_words *county);
/* `, before: rule note (p)` of what was renamed */
void diff_former_words(struct buf *b, const struct diff_report *r, const struct difference *x);
void diff_text(struct buf *b, const struct diff_report *r);
/* {"same":…,"amounts":[…],"differences":[{"change","what","name","program","counties":[…],"file",
 * "line","history":{"county","lines":[…],"old":[…],"new":[…],"scenario":…}}]} */
void diff_json(struct buf *b, const struct diff_report *r);
/* Sections for people who read no policies: amounts by date, then each provision that changes with
 * a short history and what follows before and after the change. */
void diff_html(struct buf *b, const struct diff_report *r);
/* Items of a list: each amount and each provision that changes, in a line. */
void diff_html_in_short(struct buf *b, const struct diff_report *r);

#endif
