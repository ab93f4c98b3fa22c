/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of expected values that tests/support/oracle.py has written, for tests of engine/values. The
 * file lies beside the test program: BUILD/tests/unit/test_X reads BUILD/tests/oracle/X.txt.
 */
#ifndef WAYMARK_TESTS_ROWS_H
#define WAYMARK_TESTS_ROWS_H

#include "engine/base/str.h"

#include <stdio.h>

#define ROWS_WORDS 64

struct rows {
	FILE *file;
	char path[512];
	char text[2048];
	unsigned long line;
	char *word[ROWS_WORDS]; /* of the present row */
	size_t words;
};

void rows_open(struct rows *r, const char *program, const char *topic); /* fails the test */
bool rows_next(struct rows *r);                                         /* false at the end */
void rows_close(struct rows *r);

bool rows_is(const struct rows *r, const char *what); /* is this the row's first word? */
int64_t rows_int(const struct rows *r, size_t i);     /* the i-th word as a number */
struct str rows_last(const struct rows *r);
/* Fails the test when it does not hold, with the row. */
void rows_check(const struct rows *r, bool holds, const char *claim);

#endif
