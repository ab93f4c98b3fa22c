/* SPDX-License-Identifier: Apache-2.0
 *
 * The pieces that canonical JSON is made of, one spelling for each kind of thing: money "100.00",
 * a day "2026-07-14", an instant in RFC 3339 in the policy's zone, 7.5 percent "7.5", whole
 * numbers and units as numbers, yes/no as true and false, choices by name, what is missing as null.
 */
#ifndef WAYMARK_CASE_JSON_WRITE_H
#define WAYMARK_CASE_JSON_WRITE_H

#include "engine/case/case.h"

/* A name of the vocabulary or any text that needs no escapes. */
void json_name(struct buf *b, struct str name);
void json_hash(struct buf *b, struct hash128 h);                      /* 32 hex digits, quoted */
void json_day(struct buf *b, int32_t day);                            /* DAY_NONE: null */
void json_time(struct buf *b, const struct rulebook *rb, int64_t us); /* TIME_NONE: null */
void json_value(struct buf *b, const struct rulebook *rb, const struct type *t, struct value v);

/* Members without braces or a leading comma, by which another version finds the thing again:
 *     "program":"p","block":"b"                                 a block
 *     …,"county":"alameda","variant":1                          a county's replacement of it; the
 *                                                               variant counts from 0, in order
 *     …,"part":"step diversion","on":"diversion_missed","nth":1 a part: its label, its event, and
 *                                                               which of those with both (from 0)
 */
void json_block_ref(struct buf *b, const struct rulebook *rb, uint32_t block);
void json_part_ref(struct buf *b, const struct rulebook *rb, uint32_t part);

#endif
