/* SPDX-License-Identifier: Apache-2.0
 *
 * For whom a decision is explained. The auditor gets everything, with places and citations; the
 * case worker what was decided and what to do; the person concerned a letter.
 */
#ifndef WAYMARK_EXPLAIN_AUDIENCE_H
#define WAYMARK_EXPLAIN_AUDIENCE_H

#include "engine/explain/explain.h"

enum audience { FOR_AUDITOR, FOR_WORKER, FOR_PERSON };

bool audience_read(struct str name, enum audience *out); /* auditor, worker, person */
struct str audience_name(enum audience who);
/* False: nothing in it is for them (the person); nothing was added. `places`: the worker is told
 * file and line. */
bool audience_prose(struct prose *p, enum audience who, const struct account *a, bool places);
/* As text in the form that suits them. */
void audience_text(struct buf *b, enum audience who, const struct prose *p);

#endif
