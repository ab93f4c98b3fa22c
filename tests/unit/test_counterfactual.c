/* SPDX-License-Identifier: Apache-2.0
 *
 * What would have to be different, kind by kind. That each of it comes out when it is decided with,
 * for policies and histories by chance, is in tests/audit/test_explain.py.
 */
#include "engine/explain/counterfactual.h"

#include "engine/explain/before.h"
#include "engine/audit/stream.h"
#include "tests/support/policy_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char policy[] =
    "timezone \"America/Los_Angeles\"\n"
    "case person\n"
    "  age : years from 0 to 120 optional\n"
    "  forced : yes/no optional\n"
    "  level : one of low, middle, high default low\n"
    "  risk : number confidential default 0\n"
    "case agency\n"
    "  vetted : yes/no default no\n"
    "event visit of person\n"
    "  minutes : number from 0 to 600\n"
    "  price : money\n"
    "  provider : agency\n"
    "  remark : text optional\n"
    "event missed of person\n"
    "event left of person\n"
    "party office\n"
    "action jail\n"
    "program p\n"
    "  effective 2026-07-01\n"
    "rule both\n"
    "  on visit when minutes >= 60 and minutes < 90 and provider.vetted\n"
    "  notify office \"a\"\n"
    "rule either\n"
    "  on visit when level is high or minutes is 7\n"
    "  notify office \"b\"\n"
    "rule grown\n"
    "  on visit when age is known and age >= 18\n"
    "  notify office \"c\"\n"
    "rule forced_only\n"
    "  on visit when forced is known and forced\n"
    "  notify office \"j\"\n"
    "rule asked\n"
    "  on visit when forced is known\n"
    "  notify office \"k\"\n"
    "rule counted\n"
    "  on visit when count of missed in last 30 days > 1\n"
    "  notify office \"d\"\n"
    "rule since\n"
    "  on visit when days since missed is known and days since missed >= 10\n"
    "  notify office \"e\"\n"
    "rule sums\n"
    "  on visit when price + $5 <= $20\n"
    "  notify office \"f\"\n"
    "rule secret\n"
    "  on visit when minutes > 100 and risk >= 3\n"
    "  notify office \"g\"\n"
    "stipend paid\n"
    "  on visit\n"
    "  pay price to person\n"
    "  at most $20 per month\n"
    "escalation steps\n"
    "  step first\n"
    "    on missed\n"
    "    notify office \"h\"\n"
    "  step second after first\n"
    "    on visit\n"
    "    notify office \"i\"\n"
    "rule jailed\n"
    "  on left when count of left >= 2\n"
    "  order jail\n"
    "never order jail for person when count of left >= 3\n"
    "county alameda\n"
    "  adopts p from 2026-07-01\n";

struct fixture {
	struct policy_text p;
	struct stream s;
	struct trace trace;
	struct before before;
	struct buf said; /* of the latest decision: block: words, a line each */
};

static void on_decision(void *arg, const struct decision *d, uint64_t seq)
{
	struct fixture *f = arg;
	struct counterfactuals found = {0};
	struct past past;
	(void)seq;
	buf_clear(&f->said);
	assert_true(before_past(&f->before, d, &f->trace, &past));
	counterfactuals_find(&found, &past);
	for (size_t i = 0; i < found.all.n; i++) {
		const struct part *part = &f->p.rb->parts[found.all.at[i].index];
		buf_fmt(&f->said, STR_FMT ": ", STR_ARG(f->p.rb->blocks[part->block].name));
		counterfactual_words(&f->said, &(struct wording){f->p.rb, false}, &found.all.at[i]);
		buf_char(&f->said, '\n');
	}
	counterfactuals_release(&found);
}

static int start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	policy_text_load(&f->p, policy);
	stream_init(&f->s, f->p.rb, on_decision, f);
	f->s.decider.trace = &f->trace;
	before_watch(&f->before, &f->s.decider);
	*state = f;
	return 0;
}

static int finish(void **state)
{
	struct fixture *f = *state;
	before_release(&f->before);
	stream_release(&f->s);
	trace_release(&f->trace);
	policy_text_release(&f->p);
	buf_release(&f->said);
	free(f);
	return 0;
}

static void feed(struct fixture *f, const char *id, const char *type, const char *day,
		 const char *data)
{
	char time[40];
	snprintf(time, sizeof(time), "%sT12:00:00-07:00", day);
	struct event ev = policy_text_event(&f->p, id, type, "ana", time, data);
	struct stream_answer a = stream_feed(&f->s, &ev);
	if (a.status)
		fail_msg("%s: " STR_FMT, id, STR_ARG(a.refusal->reasons[0].text));
}

#define VISIT(minutes, price)                                                                      \
	"\"minutes\":" minutes ",\"price\":\"" price "\",\"provider\":\"haven\""

static void assert_said(const struct fixture *f, const char *block, const char *want)
{
	char line[400];
	snprintf(line, sizeof(line), "%s: %s\n", block, want);
	if (!str_contains(buf_view(&f->said), str_from(line)))
		fail_msg("said\n" STR_FMT "and not\n%s", STR_ARG(buf_view(&f->said)), line);
}

static void test_all_of_an_and_with_both_bounds(void **state)
{
	feed(*state, "1", "visit", "2026-07-06", VISIT("59", "10.00"));
	assert_said(*state, "both",
		    "minutes would have to be 60 or more and less than 90; it was 59, and "
		    "provider.vetted would have to be yes; it was no");
	feed(*state, "2", "visit", "2026-07-07", VISIT("95", "10.00"));
	assert_said(*state, "both",
		    "minutes would have to be less than 90 and 60 or more; it was 95, and "
		    "provider.vetted would have to be yes; it was no");
}

static void test_either_of_an_or(void **state)
{
	feed(*state, "1", "visit", "2026-07-06", VISIT("1", "10.00"));
	assert_said(
	    *state, "either",
	    "either level would have to be high; it was low, or minutes would have to be 7; "
	    "it was 1");
}

static void test_something_unknown_has_to_be_known(void **state)
{
	feed(*state, "1", "visit", "2026-07-06", VISIT("1", "10.00"));
	assert_said(*state, "grown", "age would have to be 18 years or more; it was not known");
	assert_said(*state, "forced_only", "forced would have to be yes; it was not known");
	assert_said(*state, "asked", "forced would have to be known; it was not known");
}

static void test_a_window_counts(void **state)
{
	feed(*state, "1", "missed", "2026-07-02", "");
	feed(*state, "2", "visit", "2026-07-06", VISIT("1", "10.00"));
	assert_said(*state, "counted",
		    "count of missed in last 30 days would have to be more than 1; it was 1");
}

static void test_time_has_to_pass(void **state)
{
	feed(*state, "1", "missed", "2026-07-02", "");
	feed(*state, "2", "visit", "2026-07-06", VISIT("1", "10.00"));
	assert_said(*state, "since",
		    "days since missed would have to be 10 days or more; it was 4 days, so the "
		    "event would have to come on 2026-07-12");
}

static void test_what_never_happened_would_have_to(void **state)
{
	feed(*state, "1", "visit", "2026-07-06", VISIT("1", "10.00"));
	assert_said(*state, "since",
		    "days since missed would have to be 10 days or more; it was not known");
}

static void test_the_edge_of_a_sum_is_found(void **state)
{
	feed(*state, "1", "visit", "2026-07-06", VISIT("1", "15.01"));
	assert_said(*state, "sums", "price would have to be $15.00 or less; it was $15.01");
}

static void test_a_limit_has_another_period(void **state)
{
	feed(*state, "1", "visit", "2026-07-06", VISIT("1", "15.00"));
	feed(*state, "2", "visit", "2026-07-07", VISIT("1", "6.00"));
	assert_said(*state, "paid",
		    "the day of the event would have to be 2026-08-01 or later; it was 2026-07-07");
}

static void test_another_step(void **state)
{
	feed(*state, "1", "visit", "2026-07-06", VISIT("1", "10.00"));
	assert_said(*state, "steps", "the case would have to stand in step first of steps");
}

static void test_more_is_said_only_where_more_will_do(void **state)
{
	feed(*state, "1", "left", "2026-07-06", "");
	assert_said(*state, "jailed", "count of left would have to be 2; it was 1");
}

static void test_nothing_confidential_is_said(void **state)
{
	feed(*state, "1", "visit", "2026-07-06", VISIT("1", "10.00"));
	assert_said(*state, "secret",
		    "what would have to be different rests on something confidential");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)
	const struct CMUnitTest tests[] = {
	    TEST(test_all_of_an_and_with_both_bounds),
	    TEST(test_either_of_an_or),
	    TEST(test_something_unknown_has_to_be_known),
	    TEST(test_a_window_counts),
	    TEST(test_time_has_to_pass),
	    TEST(test_what_never_happened_would_have_to),
	    TEST(test_the_edge_of_a_sum_is_found),
	    TEST(test_a_limit_has_another_period),
	    TEST(test_another_step),
	    TEST(test_more_is_said_only_where_more_will_do),
	    TEST(test_nothing_confidential_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
