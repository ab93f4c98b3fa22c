/* SPDX-License-Identifier: Apache-2.0
 *
 * What things that a record names are called, for people who read no policies: by their titles in a
 * rulebook. What it does not have keeps its name, without underlines.
 */
#ifndef WAYMARK_REPLAY_REPORT_NAMES_H
#define WAYMARK_REPLAY_REPORT_NAMES_H

#include "engine/policy/policy.h"

void called_event(struct buf *b, const struct rulebook *rb, struct str type);
void called_county(struct buf *b, const struct rulebook *rb, struct str county);
void called_program(struct buf *b, const struct rulebook *rb, struct str program);
void called_fund(struct buf *b, const struct rulebook *rb, struct str fund);
void called_provision(struct buf *b, const struct rulebook *rb, struct str program,
		      struct str block);
/* Whose cases a provision is about; empty: it is of no kind, or the rulebook does not have it. */
struct str provision_kind(const struct rulebook *rb, struct str program, struct str block);

#endif
