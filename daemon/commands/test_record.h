/* SPDX-License-Identifier: Apache-2.0
 *
 * `waymark test --coverage --ledger DB`: what recorded history exercised of the rulebook, by
 * deciding it again under it. What no scenario shows is weighed by that.
 */
#ifndef WAYMARK_COMMANDS_TEST_RECORD_H
#define WAYMARK_COMMANDS_TEST_RECORD_H

#include "engine/trial/coverage.h"

struct test_record {
	const char *path;
	int32_t since; /* the first day that counts; DAY_NONE: all do */
	unsigned jobs; /* threads that read ahead */
	struct coverage *history;
	uint64_t decisions; /* that count */
	uint64_t cases, left_out;
	uint64_t refused; /* events that the rulebook does not take */
};

/* Decides it, and puts it beside the scenarios' coverage. An exit status; release it always. */
int test_record_read(struct test_record *r, struct coverage *scenarios);
void test_record_release(struct test_record *r);

void test_record_text(struct buf *b, const struct test_record *r);
/* "events":…,"cases":… */
void test_record_json(struct buf *b, const struct test_record *r);

#endif
