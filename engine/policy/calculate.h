/* SPDX-License-Identifier: Apache-2.0
 *
 * One step of a calculation: what an arithmetic instruction makes of two known values. Evaluation
 * takes it, and so does whoever says afterwards how an amount was worked out.
 */
#ifndef WAYMARK_POLICY_CALCULATE_H
#define WAYMARK_POLICY_CALCULATE_H

#include "engine/policy/policy.h"

/* `in` is one of OP_ADD … OP_DATE_DIFF. STATUS_INVALID: a division that cannot be worked out;
 * STATUS_OVERFLOW: it leaves the range of exact amounts and dates. */
enum status calculate(const struct rulebook *rb, const struct insn *in, struct value x,
		      struct value y, struct value *out);

#endif
