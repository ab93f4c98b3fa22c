/* SPDX-License-Identifier: Apache-2.0
 *
 * What `waymark diff` has found, and saying it.
 */
#ifndef WAYMARK_COMMANDS_DIFF_REPORT_H
#define WAYMARK_COMMANDS_DIFF_REPORT_H

#include "daemon/wire/load.h"
#include "engine/analyse/difference.h"
#include "engine/audit/witness.h"

/* Beside a difference. */
struct shown_by {
	bool searched; /* a history was looked for */
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

void diff_text(struct buf *b, const struct diff_report *r);
/* {"same":…,"amounts":[…],"differences":[{"change","what","name","program","counties":[…],"file",
 * "line","history":{"county","lines":[…],"old":[…],"new":[…],"scenario":…}}]} */
void diff_json(struct buf *b, const struct diff_report *r);

#endif
