/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits of limits.h that concern a compilation: each holds at its value, and one past it is an
 * error that says so.
 */
#include "engine/base/limits.h"
#include "grammar/codes.h"
#include "tests/support/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define PROGRAM "program help\n  effective 2026-07-01\n"

static void facts(struct buf *b, unsigned n)
{
	buf_c(b, "case thing\n");
	for (unsigned i = 0; i < n; i++)
		buf_fmt(b, "  fact_%u : yes/no default no\n", i);
}

static void fields(struct buf *b, unsigned n)
{
	buf_c(b, "event thing of buyer\n");
	for (unsigned i = 0; i < n; i++)
		buf_fmt(b, "  field_%u : yes/no\n", i);
}

static void kinds(struct buf *b, unsigned n)
{
	for (unsigned i = 0; i < n - 3; i++) /* three are in the vocabulary */
		buf_fmt(b, "case kind_%u\n", i);
}

static void events(struct buf *b, unsigned n)
{
	for (unsigned i = 0; i < n - 14 - EVENT_BUILTINS; i++)
		buf_fmt(b, "event event_%u of buyer\n", i);
}

static void choices(struct buf *b, unsigned n)
{
	buf_c(b, "case thing\n  fact : one of c0");
	for (unsigned i = 1; i < n; i++)
		buf_fmt(b, ", c%u", i);
	buf_c(b, " optional\n");
}

static void counties(struct buf *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_fmt(b, "county county_%u\n  adopts help from 2026-07-01\n", i);
	buf_c(b, PROGRAM "rule r\n on intake\n notify advocate\n");
}

static void programs(struct buf *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_fmt(b, "program program_%u\n  effective 2026-07-01\n", i);
}

static void steps(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "escalation e of survivor\n");
	for (unsigned i = 0; i < n; i++)
		buf_fmt(b, "  step s%u\n    on intake when count of intake is %u\n", i, i + 1);
}

static void times(struct buf *b, unsigned n)
{
	buf_fmt(b, PROGRAM "schedule s\n on intake\n pay $1 to survivor daily for %u times\n", n);
}

static void options(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "rule r of survivor\n on intake when count of intake is one of 1");
	for (unsigned i = 1; i < n; i++)
		buf_fmt(b, ", %u", i + 1);
	buf_c(b, "\n notify advocate\n");
}

static void lasting(struct buf *b, unsigned n)
{
	buf_fmt(b, PROGRAM "schedule s\n on intake\n pay $1 to survivor monthly for %u months\n",
		n);
}

static void actions(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "rule r\n on intake\n");
	for (unsigned i = 0; i < n; i++)
		buf_c(b, " notify advocate\n");
}

static void parts(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "rule r\n on intake");
	for (unsigned i = 1; i < n; i++)
		buf_c(b, " or intake");
	buf_c(b, "\n notify advocate\n");
}

static void all_actions(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM);
	for (unsigned left = n, block = 0; left; block++) {
		unsigned events = left > 512 * 1024 ? 1024 : (left + 511) / 512;
		unsigned each = left / events;
		buf_fmt(b, "rule r%u\n on intake", block);
		for (unsigned i = 1; i < events; i++)
			buf_c(b, " or intake");
		buf_char(b, '\n');
		for (unsigned i = 0; i < each; i++)
			buf_c(b, " notify advocate\n");
		left -= events * each;
	}
}

static void values(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "number x is 0\n");
	for (unsigned i = 1; i < n; i++) {
		buf_fmt(b, "  %u from ", i);
		day_text(b, 10000 + (int32_t)i);
		buf_char(b, '\n');
	}
}

static void period(struct buf *b, unsigned n)
{
	buf_fmt(b, PROGRAM "rule r\n on intake\n require care_plan within %u days\n", n);
}

static void period_param(struct buf *b, unsigned n)
{
	buf_fmt(b, PROGRAM "period p is %u days\nrule r\n on intake\n require care_plan within p\n",
		n);
}

static void window(struct buf *b, unsigned n)
{
	buf_fmt(b,
		PROGRAM "rule r\n on intake when count of intake in last %u days >= 2\n notify "
			"advocate\n",
		n);
}

static void givens(struct buf *b, unsigned n)
{
	buf_c(b,
	      PROGRAM "rule r\n on intake\n notify advocate\n"
		      "county alameda\n adopts help from 2026-07-01\nscenario \"x\" in alameda\n");
	for (unsigned i = 0; i < n; i++)
		buf_fmt(b, " given survivor s%u\n", i);
}

#define LOOK_UP "rule r of survivor\n on session_attended\n pay t.o0 to survivor\n"

static void table_inputs(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "table t of survivor\n");
	for (unsigned i = 0; i < n; i++)
		buf_c(b, i ? " | minutes" : "  | minutes");
	buf_c(b, " | -> o0 |\n");
	for (unsigned i = 0; i < n; i++)
		buf_c(b, i ? " | any" : "  | any");
	buf_c(b, " | $1 |\n" LOOK_UP);
}

static void table_outputs(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "table t of survivor\n  | minutes");
	for (unsigned i = 0; i < n; i++)
		buf_fmt(b, " | -> o%u", i);
	buf_c(b, " |\n  | any");
	for (unsigned i = 0; i < n; i++)
		buf_c(b, " | $1");
	buf_c(b, " |\n" LOOK_UP);
}

static void table_rows(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "table t of survivor\n  | minutes | -> o0 |\n");
	for (unsigned i = 1; i < n; i++)
		buf_fmt(b, "  | %u | $%u |\n", i, i);
	buf_c(b, "  | otherwise | $0 |\n" LOOK_UP);
}

static void cell_ranges(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "table t of survivor\n  | minutes | -> o0 |\n  | 0");
	for (unsigned i = 1; i < n; i++)
		buf_fmt(b, " or %u", i);
	buf_c(b, " | $1 |\n  | otherwise | $0 |\n" LOOK_UP);
}

/* Each value of the parameter makes another table of it. */
static void table_settings(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "number most is 1\n");
	for (unsigned i = 1; i < n; i++)
		buf_fmt(b, "  %u from %04u-01-01\n", i + 1, 2027 + i);
	buf_c(b, "table t of survivor\n  | minutes | -> o0 |\n  | under most | $1 |\n"
		 "  | most or more | $2 |\n" LOOK_UP);
}

static void members(struct buf *b, unsigned n)
{
	buf_fmt(b,
		PROGRAM "rule r\n on intake\n notify advocate\n"
			"county alameda\n adopts help from 2026-07-01\nprojection p in alameda\n"
			" cohort 1 of survivor\n cohort %u of buyer\n",
		n - 1);
}

/* Each cohort is a range. */
static void ranges(struct buf *b, unsigned n)
{
	buf_c(b, PROGRAM "rule r\n on intake\n notify advocate\n"
			 "county alameda\n adopts help from 2026-07-01\n"
			 "projection p in alameda\n");
	for (unsigned i = 0; i < n; i++)
		buf_fmt(b, " cohort between %u and %u of survivor\n", i, i + 2);
}

static const struct {
	void (*write)(struct buf *b, unsigned n);
	unsigned limit;
	int code;
} limits[] = {
    {facts, LIMIT_FACTS, W_TOO_MANY},
    {fields, LIMIT_FIELDS, W_TOO_MANY},
    {kinds, LIMIT_KINDS, W_TOO_MANY},
    {events, LIMIT_EVENT_TYPES, W_TOO_MANY},
    {choices, LIMIT_CHOICES, W_TOO_MANY},
    {counties, LIMIT_COUNTIES, W_TOO_MANY},
    {programs, LIMIT_PROGRAMS, W_TOO_MANY},
    {steps, LIMIT_STEPS - 1, W_TOO_MANY},
    {times, LIMIT_TIMES, W_TIMES},
    {lasting, LIMIT_TIMES, W_TIMES},
    {options, LIMIT_OPTIONS, W_TOO_MANY},
    {actions, LIMIT_OUTCOMES, W_TOO_MANY},
    {values, LIMIT_VALUES, W_TOO_MANY},
    {parts, LIMIT_PARTS, W_TOO_MANY},
    {all_actions, LIMIT_ACTIONS, W_TOO_MANY},
    {givens, LIMIT_LINES, W_TOO_MANY},
    {period, LIMIT_PERIOD, W_OUT_OF_RANGE},

    {period_param, LIMIT_PERIOD, W_OUT_OF_RANGE},
    {window, LIMIT_WINDOW_DAYS, W_WINDOW_LONG},
    {table_inputs, LIMIT_TABLE_INPUTS, W_TOO_MANY},
    {table_outputs, LIMIT_TABLE_OUTPUTS, W_TOO_MANY},
    {table_rows, LIMIT_TABLE_ROWS, W_TOO_MANY},
    {cell_ranges, LIMIT_CELL_RANGES, W_TOO_MANY},
    {table_settings, LIMIT_TABLE_SETTINGS, W_TOO_MANY},
    {members, LIMIT_MEMBERS, W_TOO_MANY},
    {ranges, LIMIT_RANGES, W_TOO_MANY},
};

/* The code of the first error, 0 when it compiles. */
static int first_error(struct str text)
{
	static const struct compile_env env = {.zone_bytes = vocabulary_zone};
	struct arena arena = {0};
	struct diag_list diags;
	struct rulebook *rb = NULL;
	diag_init(&diags, &arena);
	vocabulary_compile(text, &env, &diags, &rb);
	int code = 0;
	for (size_t i = 0; i < diags.n && !code; i++)
		code = diags.at[i].severity == SEVERITY_ERROR ? diags.at[i].code : 0;
	rulebook_unref(rb);
	diag_release(&diags);
	arena_release(&arena);
	return code;
}

static void test_limits_hold_at_their_value_and_not_past_it(void **state)
{
	(void)state;
	size_t failed = 0;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		for (unsigned past = 0; past < 2; past++) {
			struct buf b = {0};
			limits[i].write(&b, limits[i].limit + past);
			int code = first_error(buf_view(&b));
			if (code != (past ? limits[i].code : 0)) {
				print_message("limit %zu at %u%s: W%04d\n", i, limits[i].limit,
					      past ? " + 1" : "", code);
				failed++;
			}
			buf_release(&b);
		}
	}
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_limits_hold_at_their_value_and_not_past_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
