/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WAYMARK_AUDIT_PROJECTION_INTERNAL_H
#define WAYMARK_AUDIT_PROJECTION_INTERNAL_H

#include "engine/audit/projection.h"

/* Does the sum count towards the total? */
bool total_takes(const struct rulebook *rb, const struct total *t, const struct projection_sum *s);

#endif
