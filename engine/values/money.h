/* SPDX-License-Identifier: Apache-2.0
 *
 * Exact money. An amount is an int64_t in cents; a rate is a fraction of two integers. Nothing
 * here rounds unless told how, and nothing wraps: leaving the range is STATUS_OVERFLOW.
 */
#ifndef WAYMARK_VALUES_MONEY_H
#define WAYMARK_VALUES_MONEY_H

#include "engine/base/status.h"
#include "engine/base/str.h"

/* Percentages are held in millionths: 7.5% is 75,000. */
#define PERCENT_ONE 1000000

/* "half up" is away from zero, as staff learn it in school; "up" and "down" are away from and
 * towards zero. ROUND_EXACT refuses (STATUS_INVALID) what is not a whole number of cents. */
enum rounding { ROUND_EXACT, ROUND_UP, ROUND_DOWN, ROUND_HALF_UP, ROUND_HALF_EVEN };

enum status money_add(int64_t a, int64_t b, int64_t *out);
enum status money_sub(int64_t a, int64_t b, int64_t *out);
enum status money_mul(int64_t a, int64_t n, int64_t *out);
/* a * num / den, rounded to a whole; den is not 0. */
enum status money_ratio(int64_t a, int64_t num, int64_t den, enum rounding how, int64_t *out);

/* The i-th (from 0) of n parts of total: equal parts, the odd cents in the first or the last one,
 * so that the parts always add up to the whole. */
int64_t money_part(int64_t total, int64_t n, int64_t i, bool remainder_in_first);

void money_json(struct buf *b, int64_t cents);  /* "100.00" with the quotes */
void money_plain(struct buf *b, int64_t cents); /* 100.00 */
void money_text(struct buf *b, int64_t cents);  /* $1,000.00; -$5.00 */
/* Reads `100.00` or `-3.05`: two decimals, no grouping, no sign but minus. */
enum status money_read(struct str s, int64_t *cents);

void number_text(struct buf *b, int64_t n);           /* 10,000 */
void percent_text(struct buf *b, int64_t millionths); /* 7.5% */

#endif
