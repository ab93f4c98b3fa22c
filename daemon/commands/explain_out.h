/* SPDX-License-Identifier: Apache-2.0
 *
 * Where explanations go: text, JSON lines or a page, for one of the audiences. Both forms of
 * `waymark explain` write through this.
 */
#ifndef WAYMARK_COMMANDS_EXPLAIN_OUT_H
#define WAYMARK_COMMANDS_EXPLAIN_OUT_H

#include "engine/explain/next.h"

#define EXPLAIN_NOTHING_FOR_PERSON                                                                 \
	"waymark explain: nothing in what was decided is for the person concerned\n"

struct explain_out {
	enum audience who;
	bool places, confidential, json;
	const char *html;   /* file; NULL: none */
	size_t told;        /* decisions */
	size_t passed_over; /* with nothing for the person */
	struct buf out, page;
};

void explain_out_decision(struct explain_out *o, const struct account *a);
void explain_out_next(struct explain_out *o, const struct next *n);
void explain_out_text(struct explain_out *o, struct str text); /* as it is */
int explain_out_write(struct explain_out *o);                  /* exit status */
void explain_out_release(struct explain_out *o);

#endif
