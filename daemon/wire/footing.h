/* SPDX-License-Identifier: Apache-2.0
 *
 * What of a rulebook the records of cases stand on: all that case_read looks at. Two rulebooks of
 * one footing read every case alike, so that who changes amounts, conditions or words need not have
 * a million cases looked at.
 */
#ifndef WAYMARK_WIRE_FOOTING_H
#define WAYMARK_WIRE_FOOTING_H

#include "engine/policy/policy.h"

bool footing_same(const struct rulebook *a, const struct rulebook *b);

#endif
