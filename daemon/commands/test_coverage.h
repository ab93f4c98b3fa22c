/* SPDX-License-Identifier: Apache-2.0
 *
 * `waymark test --coverage`, its pages and files, and the record that it is weighed by.
 */
#ifndef WAYMARK_COMMANDS_TEST_COVERAGE_H
#define WAYMARK_COMMANDS_TEST_COVERAGE_H

#include "daemon/commands/test_record.h"
#include "daemon/wire/load.h"

struct covering {
	bool told;                  /* --coverage: with the other output */
	const char *html, *lcov;    /* files */
	const char *suggest;        /* a file for scenarios that would close gaps */
	const char *ledger, *since; /* what to weigh by */
	struct coverage *coverage;  /* NULL: nothing of all that is wanted */
	struct test_record record;
};

/* An exit status, or less than 0 when the options fit together. */
int covering_check(struct covering *c);
void covering_begin(struct covering *c, const struct rulebook *rb);
/* All scenarios were played. An exit status. */
int covering_close(struct covering *c);
void covering_release(struct covering *c);

void covering_text(struct buf *b, const struct covering *c);
void covering_json(struct buf *b, const struct covering *c); /* ,"coverage":… */
/* The files that are wanted; `said` is what the page begins with. An exit status. */
int covering_write(const struct covering *c, struct loaded *l, const char *said);

#endif
