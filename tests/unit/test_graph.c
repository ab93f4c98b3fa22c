/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy/graph.h"

#include "engine/base/mem.h"
#include "tests/support/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char policy[] =
    "program help \"Help\"\n  effective 2026-07-01\n"
    "amount fee is $50\n"
    "rule late\n  on hearing_missed\n  assess fee as late_fee\n"
    "escalation attendance\n  step first_one\n    on appointment_missed when not explained\n"
    "    refer to diversion\n  step second_one after first_one\n"
    "    when no diversion_enrolled within 14 days\n    notify advocate \"nobody \\ came\"\n"
    "program more\n  effective 2026-07-01\n"
    "locked never order arrest for survivor\n"
    "rule inform\n  on intake\n  notify advocate\n"
    "county alameda\n  adopts help from 2027-01-01\n"
    "change amount fee to $60\n"
    "replace rule late from 2028-01-01\n  on hearing_missed\n  assess $1 as late_fee\n"
    "county kern\n  adopts more from 2026-07-01\n";

struct fixture {
	struct arena arena;
	struct diag_list diags;
	struct rulebook *rb;
	struct buf out;
};

static int open_fixture(void **state)
{
	static const struct compile_env env = {.zone_bytes = vocabulary_zone};
	struct fixture *f = mem_alloc(sizeof(*f));
	diag_init(&f->diags, &f->arena);
	vocabulary_compile(str_from(policy), &env, &f->diags, &f->rb);
	*state = f;
	return f->rb ? 0 : -1;
}

static int close_fixture(void **state)
{
	struct fixture *f = *state;
	rulebook_unref(f->rb);
	diag_release(&f->diags);
	arena_release(&f->arena);
	buf_release(&f->out);
	mem_free(f);
	return 0;
}

static void shows(const struct fixture *f, const char *part, bool expected)
{
	if (str_contains(buf_view(&f->out), str_from(part)) != expected)
		fail_msg("%s %s:\n" STR_FMT, part, expected ? "is missing from" : "is in",
			 STR_ARG(buf_view(&f->out)));
}

static void test_json_shows_programs_as_written(void **state)
{
	struct fixture *f = *state;
	graph_json(&f->out, f->rb, &(struct graph_view){NONE, NONE});
	shows(f, "\"name\":\"late\",\"kind\":\"rule\",\"of\":\"buyer\"", true);
	shows(f, "\"value\":\"$50.00\"", true);
	shows(f, "\"on\":\"hearing_missed\"", true);
	shows(f, "\"reads\":[{\"parameter\":\"fee\"}]", true);
	shows(f, "\"when\":\"not explained\"", true);
	shows(f, "\"awaits\":\"diversion_enrolled\"", true);
	shows(f, "\"enters\":\"second_one\",\"after\":[\"first_one\"]", true);
	shows(f, "\"locked\":true", true);
	shows(f, "replaced_by", false);
}

static void test_json_of_a_county_shows_what_holds_there(void **state)
{
	struct fixture *f = *state;
	uint16_t alameda = rulebook_county(f->rb, STR("alameda"));
	graph_json(&f->out, f->rb, &(struct graph_view){NONE, alameda});
	shows(f, "\"county\":\"alameda\"", true);
	shows(f, "\"value\":\"$60.00\"", true);
	shows(f, "\"until\":\"2028-01-01\"", true);
	shows(f, "\"replaced_by\":\"alameda\",\"from\":\"2028-01-01\"", true);
	shows(f, "\"inform\"", false); /* of a program that it has not adopted */
}

static void test_one_program_alone(void **state)
{
	struct fixture *f = *state;
	graph_json(&f->out, f->rb, &(struct graph_view){1, NONE});
	shows(f, "\"inform\"", true);
	shows(f, "\"late\"", false);
}

static void test_dot_joins_events_parts_and_steps(void **state)
{
	struct fixture *f = *state;
	graph_dot(&f->out, f->rb, &(struct graph_view){NONE, NONE});
	shows(f, "digraph policy {", true);
	shows(f, "label=\"hearing_missed\", shape=ellipse", true);
	shows(f, "p1 -> p2 [style=bold];", true); /* the first step leads to the second */
	shows(f, "[style=dashed, label=\"missing\"]", true);
	shows(f, "nobody \\\\ came", true); /* escaped for dot */
	shows(f, "shape=octagon", true);
}

static void test_same_rulebook_same_bytes(void **state)
{
	struct fixture *f = *state;
	struct buf again = {0};
	struct graph_view v = {NONE, NONE};
	graph_dot(&f->out, f->rb, &v);
	graph_json(&f->out, f->rb, &v);
	graph_dot(&again, f->rb, &v);
	graph_json(&again, f->rb, &v);
	assert_true(str_eq(buf_view(&f->out), buf_view(&again)));
	buf_release(&again);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_fixture, close_fixture)
	const struct CMUnitTest tests[] = {
	    T(test_json_shows_programs_as_written),
	    T(test_json_of_a_county_shows_what_holds_there),
	    T(test_one_program_alone),
	    T(test_dot_joins_events_parts_and_steps),
	    T(test_same_rulebook_same_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
