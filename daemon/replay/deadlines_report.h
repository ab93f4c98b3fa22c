/* SPDX-License-Identifier: Apache-2.0
 *
 * How many deadlines were met and how many were missed: by county, program, provision and what was
 * waited for, of those that fall due within a span of days. For who runs a county: nothing is
 * withheld, however few they are, so it is not for the public (serve/reports.h is).
 */
#ifndef WAYMARK_REPLAY_DEADLINES_REPORT_H
#define WAYMARK_REPLAY_DEADLINES_REPORT_H

#include "daemon/ledger/ledger.h"
#include "daemon/replay/deadlines.h"

struct deadlines_wanted {
	int32_t from, to; /* days, both counted; DAY_MIN and DAY_MAX: without end */
	const struct str *counties;
	size_t n;    /* 0: all */
	bool cases;  /* by name those that were missed or are open */
	size_t most; /* of them; 0: all */
};

/* A case by name. */
struct deadline_line {
	struct str id;
	struct deadline deadline;
};

struct deadlines_row {
	const struct deadline_kind *kind;
	uint64_t n[DEADLINE_FATE_COUNT];
	VEC(int32_t) late; /* missed, and came after all: by how many days, ascending */
	uint64_t not_come; /* missed, and nothing has come yet */
	int32_t longest;   /* of those: for how many days, up to now */
	VEC(struct deadline_line) lines;
};

struct deadlines_found {
	struct deadlines_wanted wanted;
	int32_t day;                    /* up to when it was counted */
	VEC(struct deadlines_row) rows; /* by the names in the key of the kind */
	uint64_t destroyed, undecided;  /* cases that are not in it */
	uint64_t named, unnamed;        /* of the lines; more than `most` */
	struct arena arena;
};

/* `out` is empty. `r` is asked for the ids of cases only. STATUS_IO: it cannot be read. */
enum status deadlines_find(struct deadlines_found *out, const struct deadlines *all,
			   const struct deadlines_wanted *wanted, struct ledger_reader *r);
void deadlines_found_release(struct deadlines_found *f);

int32_t deadlines_median(const struct deadlines_row *row); /* of `late`, which has some */
int32_t deadline_days_late(const struct deadline *d);      /* DAY_NONE: it has not come late */

void deadlines_json(struct buf *b, const struct deadlines_found *f);
/* With what an HTML page has around it, or as text. */
void deadlines_page(struct buf *b, const struct deadlines_found *f, bool html);

#endif
