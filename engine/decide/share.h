/* SPDX-License-Identifier: Apache-2.0
 *
 * What a partner may see of a case on a day: nothing, unless a share of the county says so, the
 * case's consent has not run out, and the share's condition holds. Pure, as deciding is; the case
 * is not changed.
 *
 *     struct share_answer a;
 *     share_decide(&d, cs, STR("face_sheet"), STR("A-HAVEN"), day, &a);
 *     if (a.nreasons) … say why not; else show a.share->facts of the case
 */
#ifndef WAYMARK_DECIDE_SHARE_H
#define WAYMARK_DECIDE_SHARE_H

#include "engine/decide/decide.h"

struct share_answer {
	const struct share *share; /* in force there; NULL: none of that name is */
	struct str reasons[4];     /* why not, as sentences without values; none: it may be seen */
	size_t nreasons;
};

/* The reasons live in the decider until its next call. */
void share_decide(struct decider *d, const struct case_state *cs, struct str name,
		  struct str partner, int32_t day, struct share_answer *out);

#endif
