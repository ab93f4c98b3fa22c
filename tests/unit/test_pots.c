/* SPDX-License-Identifier: Apache-2.0
 *
 * What cases share. First what one event after the other draws on a fund; then random payments,
 * schedules, stops and late events of several cases, in random orders of arrival: no fund is ever
 * overdrawn, the pots are the sum of the draws recorded, and deciding again gives the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/wire/past_read.h"
#include "engine/audit/redecide.h"
#include "engine/case/json.h"
#include "tests/support/policy_text.h"
#include "tests/support/said.h"

#include <stdio.h>
#include <stdlib.h>

#define HEAD                                                                                       \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case survivor\n"                                                                          \
	"  custody : one of none, adult default none\n"                                            \
	"event session of survivor\n"                                                              \
	"event big of survivor\n"                                                                  \
	"event housed of survivor\n"                                                               \
	"event left of survivor\n"                                                                 \
	"event referred of survivor\n"                                                             \
	"event went of survivor\n"                                                                 \
	"event custody_changed of survivor\n"                                                      \
	"  sets custody\n"                                                                         \
	"party center\n"                                                                           \
	"program p\n"                                                                              \
	"  effective 2026-01-01\n"

#define COUNTY                                                                                     \
	"county alameda\n"                                                                         \
	"  adopts p from 2026-01-01\n"

#define BLOCKS                                                                                     \
	"stipend sessions of survivor\n"                                                           \
	"  on session\n"                                                                           \
	"  pay $100 to survivor from help\n"                                                       \
	"  at most 2 per week\n"                                                                   \
	"rule grants of survivor\n"                                                                \
	"  on big\n"                                                                               \
	"  pay $250 to survivor from help\n"                                                       \
	"rule grants_too of survivor\n"                                                            \
	"  on big\n"                                                                               \
	"  pay $150 to center from help\n"                                                         \
	"rule asked of survivor\n"                                                                 \
	"  on session\n"                                                                           \
	"  may pay $40 to survivor from help\n"                                                    \
	"schedule support of survivor\n"                                                           \
	"  on housed\n"                                                                            \
	"  pay $50 to survivor every 2 weeks for 6 times from help\n"                              \
	"  holds while custody is adult\n"                                                         \
	"  stops on left\n"

/* Its payments are not those that were set aside. */
#define RISING                                                                                     \
	"amount growth is $30\n"                                                                   \
	"  $45 from 2026-03-01\n"                                                                  \
	"  $20 from 2026-04-01\n"                                                                  \
	"schedule rising of survivor\n"                                                            \
	"  on session\n"                                                                           \
	"  pay growth to survivor every 2 weeks for 6 times from help\n"                           \
	"  also for running schedules\n"                                                           \
	"  stops on left\n"

#define PLACES                                                                                     \
	"capacity house of survivor is 2 places\n"                                                 \
	"rule asks of survivor\n"                                                                  \
	"  on referred when custody is none\n"                                                     \
	"  enrol in house\n"                                                                       \
	"rule goes of survivor\n"                                                                  \
	"  on went\n"                                                                              \
	"  release house\n"                                                                        \
	"rule is_called of survivor\n"                                                             \
	"  on place_found when enrolled in house\n"                                                \
	"  notify center\n"

/* ---- several cases and the pots they share ---- */

#define CASES 4

struct record {
	struct str event, decision; /* JSON */
};

struct own {
	char id[16];
	struct case_state *cs; /* NULL: no event yet */
	VEC(struct record) records;
};

struct rig {
	struct policy_text p;
	const struct rulebook *rb;
	struct decider d;
	struct pots pots; /* as whoever records keeps them */
	struct pots sum;  /* of the draws in the recorded JSON */
	struct own cases[CASES];
	struct buf last; /* words about the decision made last */
	enum status status;
	const char *slug;
	size_t late, unfunded, notices, reversals, refused, found, withheld;
};

static void rig_open(struct rig *g, const char *policy)
{
	*g = (struct rig){0};
	policy_text_load(&g->p, policy);
	g->rb = g->p.rb;
	decider_init(&g->d, g->rb, (struct world){NULL, NULL, &g->pots});
	for (int i = 0; i < CASES; i++)
		snprintf(g->cases[i].id, sizeof(g->cases[i].id), "c%d", i);
}

static void rig_close(struct rig *g)
{
	for (int i = 0; i < CASES; i++) {
		case_free(g->rb, g->cases[i].cs);
		vec_release(&g->cases[i].records);
	}
	pots_release(&g->pots);
	pots_release(&g->sum);
	buf_release(&g->last);
	decider_release(&g->d);
	policy_text_release(&g->p);
}

static void tell(struct rig *g, const struct outcome *o)
{
	struct buf *b = &g->last;
	if (b->len)
		buf_c(b, ", ");
	buf_c(b, o->reversal ? "back " : "");
	buf_c(b, o->unfunded ? "unfunded " : "");
	buf_c(b, outcome_withheld(o) ? "no " : "");
	buf_str(b, o->waiting ? STR("wait") : action_verb(o->action));
	if (o->has_amount) {
		buf_char(b, ' ');
		money_text(b, o->cents);
	}
	g->unfunded += o->unfunded && !o->reversal;
	g->withheld += outcome_withheld(o);
	g->notices += o->action == ACTION_NOTIFY;
	g->reversals += o->reversal;
}

static void record(struct rig *g, struct own *own, const struct decision *d)
{
	struct buf e = {0}, j = {0};
	pots_apply(&g->pots, g->rb, d);
	decision_json(&j, g->rb, d, own->records.n + 1, false);
	assert_said_as_read(g->rb, d);
	event_json(&e, g->rb, &d->event);
	*vec_push(&own->records) = (struct record){arena_str(&g->p.arena, buf_view(&e)),
						   arena_str(&g->p.arena, buf_view(&j))};
	for (size_t i = 0; i < d->n; i++)
		tell(g, &d->outcomes[i]);
	buf_release(&e);
	buf_release(&j);
}

static void read_back(struct rig *g, const struct own *own, struct history *h)
{
	struct past_reader r;
	struct buf why = {0};
	past_reader_init(&r, g->p.doc);
	for (size_t i = 0; i < own->records.n; i++) {
		history_decision(h);
		if (past_read(&r, g->rb, own->records.at[i].event, own->records.at[i].decision, h,
			      &why))
			fail_msg(STR_FMT, STR_ARG(buf_view(&why)));
	}
	past_reader_release(&r);
	buf_release(&why);
}

static void arrive_late(struct rig *g, struct own *own, const struct event *ev)
{
	struct redecision r;
	struct decision d;
	struct history h = {0};
	read_back(g, own, &h);
	redecision_init(&r, g->rb, (struct world){NULL, NULL, &g->pots});
	g->status = redecide(&r, &h, own->cs, ev, &d);
	g->slug = r.refusal.slug;
	if (!g->status) {
		record(g, own, &d);
		case_free(g->rb, own->cs);
		own->cs = redecision_take(&r);
		g->late++;
	}
	redecision_release(&r);
	history_release(&h);
}

static void arrive_now(struct rig *g, struct own *own, const struct event *ev)
{
	struct decision d;
	int64_t at;
	while (case_next_due(own->cs, &at) && at <= ev->time) {
		decide_due(&g->d, own->cs, &d);
		record(g, own, &d);
	}
	g->status = decide_event(&g->d, own->cs, ev, &d);
	g->slug = g->d.refusal.slug;
	if (!g->status)
		record(g, own, &d);
}

static struct own *own_of(struct rig *g, struct str id)
{
	for (int i = 0; i < CASES; i++)
		if (str_eq(str_from(g->cases[i].id), id))
			return &g->cases[i];
	fail();
	return NULL;
}

/* As whoever records decisions does it: the next in line gets an event of its own. */
static void give_places(struct rig *g, const struct event *cause)
{
	struct vacancy v;
	while (pots_vacancy(&g->pots, g->rb, cause->day, cause->time, &v)) {
		struct own *own = own_of(g, v.id);
		struct event ev =
		    place_event(&g->p.arena, g->rb, own->cs, &v, cause->time, cause->key);
		arrive_now(g, own, &ev);
		assert_int_equal(g->status, STATUS_OK);
		assert_false(case_place(own->cs, v.capacity) &&
			     case_place(own->cs, v.capacity)->waiting);
		g->found++;
	}
}

static void arrive(struct rig *g, int which, const struct event *ev)
{
	struct own *own = &g->cases[which];
	buf_clear(&g->last);
	if (!own->cs)
		own->cs = case_new(g->rb, ev->subject, ev->kind, ev->county);
	if (event_is_late(own->cs, ev))
		arrive_late(g, own, ev);
	else
		arrive_now(g, own, ev);
	g->refused += g->status != STATUS_OK;
	enum status st = g->status;
	give_places(g, ev);
	g->status = st;
}

/* In words: what the event brought about. */
static struct str send_data(struct rig *g, int which, const char *type, const char *day,
			    const char *data)
{
	char time[40], id[64];
	snprintf(time, sizeof(time), "%sT12:00:00-08:00", day);
	snprintf(id, sizeof(id), "%s-%s-%d", type, day, which);
	struct event ev = policy_text_event(&g->p, id, type, g->cases[which].id, time, data);
	ev.kind = 0;
	arrive(g, which, &ev);
	return buf_view(&g->last);
}

static struct str send(struct rig *g, int which, const char *type, const char *day)
{
	return send_data(g, which, type, day, "");
}

static struct str send_custody(struct rig *g, int which, const char *custody, const char *day)
{
	char data[40];
	snprintf(data, sizeof(data), "\"custody\":\"%s\"", custody);
	return send_data(g, which, "custody_changed", day, data);
}

static int64_t used(const struct pots *p, int64_t *reserved)
{
	int64_t sum = 0;
	*reserved = 0;
	for (size_t i = 0; i < p->all.n; i++) {
		*reserved += p->all.at[i].reserved;
		sum += p->all.at[i].reserved + p->all.at[i].committed;
	}
	return sum;
}

static void expect_used(const struct rig *g, int64_t reserved, int64_t committed)
{
	int64_t r, all = used(&g->pots, &r);
	assert_int_equal(r, reserved * 100);
	assert_int_equal(all - r, committed * 100);
}

#define EXPECT_SAID(said, expected) expect_said(said, expected, __LINE__)
static void expect_said(struct str said, const char *expected, int line)
{
	if (!str_eq(said, str_from(expected)))
		fail_msg("line %d: " STR_FMT, line, STR_ARG(said));
}

/* ---- one after the other ---- */

static struct rig g;

static void check_again(struct rig *r, struct own *own, unsigned seed);
static void check_idle(struct rig *r, int which, unsigned seed);

static void test_a_payment_commits_and_what_does_not_fit_is_unfunded(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $250 in all\n"
			  "stipend sessions of survivor\n"
			  "  on session\n"
			  "  pay $100 to survivor from help\n"
			  "  at most 3 per case\n" COUNTY);
	EXPECT_SAID(send(&g, 0, "session", "2026-02-01"), "pay $100.00");
	EXPECT_SAID(send(&g, 1, "session", "2026-02-02"), "pay $100.00");
	EXPECT_SAID(send(&g, 0, "session", "2026-02-03"), "unfunded pay $100.00");
	expect_used(&g, 0, 200);
	assert_int_equal(g.cases[0].cs->used.at[0].n, 1); /* it does not count */
	rig_close(&g);
}

static void test_the_last_cent_fits(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $200 in all\n"
			  "  owner center\n"
			  "rule sessions of survivor\n"
			  "  on session\n"
			  "  pay $100 to survivor from help\n" COUNTY);
	EXPECT_SAID(send(&g, 0, "session", "2026-02-01"), "pay $100.00");
	EXPECT_SAID(send(&g, 0, "session", "2026-02-02"), "pay $100.00, notify $0.00");
	EXPECT_SAID(send(&g, 0, "session", "2026-02-03"), "unfunded pay $100.00");
	rig_close(&g);
	rig_open(&g, HEAD "fund help budget $199.99 in all\n"
			  "rule sessions of survivor\n"
			  "  on session\n"
			  "  pay $100 to survivor from help\n" COUNTY);
	EXPECT_SAID(send(&g, 0, "session", "2026-02-01"), "pay $100.00");
	EXPECT_SAID(send(&g, 0, "session", "2026-02-02"), "unfunded pay $100.00");
	rig_close(&g);
}

static void test_a_schedule_reserves_and_gives_back(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $500 per year\n" BLOCKS COUNTY);
	EXPECT_SAID(send(&g, 0, "housed", "2026-02-01"), "start $50.00");
	expect_used(&g, 300, 0);
	EXPECT_SAID(send(&g, 1, "housed", "2026-02-02"), "unfunded start $50.00");
	assert_int_equal(g.cases[1].cs->running.n, 0);
	EXPECT_SAID(send(&g, 0, "left", "2026-03-03"), "pay $50.00, pay $50.00, stop");
	expect_used(&g, 0, 100);
	EXPECT_SAID(send(&g, 1, "housed", "2026-03-04"), "start $50.00");
	expect_used(&g, 300, 100);
	rig_close(&g);
}

static void test_a_payment_that_has_become_dearer_asks_for_the_rest(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $200 in all\n" RISING COUNTY);
	EXPECT_SAID(send(&g, 0, "session", "2026-02-01"), "start $30.00");
	expect_used(&g, 180, 0);
	(void)send(&g, 0, "big", "2026-02-28"); /* paid: one */
	expect_used(&g, 150, 30);
	EXPECT_SAID(send(&g, 0, "big", "2026-03-01"), "pay $45.00");
	expect_used(&g, 120, 75);
	EXPECT_SAID(send(&g, 0, "big", "2026-03-15"), "unfunded pay $45.00");
	expect_used(&g, 90, 75); /* what was set aside for it is free at once */
	EXPECT_SAID(send(&g, 0, "big", "2026-04-30"), "pay $45.00, pay $20.00, pay $20.00");
	rig_close(&g);
}

static void test_the_last_payment_gives_back_what_it_cannot_use(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $60 in all\n"
			  "amount growth is $30\n"
			  "  $45 from 2026-02-20\n"
			  "schedule rising of survivor\n"
			  "  on session\n"
			  "  pay growth to survivor every 2 weeks for 2 times from help\n"
			  "  also for running schedules\n" COUNTY);
	EXPECT_SAID(send(&g, 0, "session", "2026-02-01"), "start $30.00, notify $0.00");
	EXPECT_SAID(send(&g, 0, "big", "2026-03-31"), "pay $30.00, unfunded pay $45.00");
	expect_used(&g, 0, 30);
	rig_close(&g);
}

/* What a `never` stops is money for others at once, the last payment like any other. */
static const char stopping[] = HEAD "fund help budget $150 in all\n"
				    "schedule support of survivor\n"
				    "  on housed\n"
				    "  pay $50 to survivor every 2 weeks for 3 times from help\n"
				    "locked never pay for survivor when custody is adult\n" COUNTY;

static void test_a_stopped_payment_sets_its_part_free(void **state)
{
	(void)state;
	rig_open(&g, stopping);
	EXPECT_SAID(send(&g, 0, "housed", "2026-02-01"), "start $50.00, notify $0.00");
	(void)send_custody(&g, 0, "adult", "2026-02-02");
	EXPECT_SAID(send(&g, 0, "left", "2026-02-16"), "no pay $50.00");
	expect_used(&g, 100, 0);
	(void)send_custody(&g, 0, "none", "2026-02-17");
	EXPECT_SAID(send(&g, 0, "left", "2026-03-02"), "pay $50.00");
	expect_used(&g, 50, 50);
	check_again(&g, &g.cases[0], 0);
	rig_close(&g);
}

static void test_the_last_stopped_payment_leaves_nothing_set_aside(void **state)
{
	(void)state;
	rig_open(&g, stopping);
	(void)send(&g, 0, "housed", "2026-02-01");
	EXPECT_SAID(send(&g, 0, "left", "2026-03-02"), "pay $50.00, pay $50.00");
	(void)send_custody(&g, 0, "adult", "2026-03-03");
	EXPECT_SAID(send(&g, 0, "left", "2026-03-16"), "no pay $50.00");
	expect_used(&g, 0, 100);
	assert_int_equal(g.cases[0].cs->running.n, 0);
	assert_int_equal(g.cases[0].cs->paid.at[0].cents, 10000);
	check_again(&g, &g.cases[0], 0);
	rig_close(&g);
}

static void test_a_schedule_stopped_throughout_leaves_its_money_to_others(void **state)
{
	(void)state;
	rig_open(&g, stopping);
	(void)send(&g, 0, "housed", "2026-02-01");
	(void)send_custody(&g, 0, "adult", "2026-02-02");
	EXPECT_SAID(send(&g, 0, "left", "2026-04-01"),
		    "no pay $50.00, no pay $50.00, no pay $50.00");
	expect_used(&g, 0, 0);
	EXPECT_SAID(send(&g, 1, "housed", "2026-04-02"), "start $50.00, notify $0.00");
	/* It was no adult after all, but the money is with another: all stays as it is. */
	(void)send_custody(&g, 0, "none", "2026-03-10");
	assert_int_equal(g.status, STATUS_LIMIT);
	expect_used(&g, 150, 0);
	check_again(&g, &g.cases[0], 0);
	rig_close(&g);
}

static void test_a_late_event_undoes_the_stop_of_a_payment(void **state)
{
	(void)state;
	rig_open(&g, stopping);
	(void)send(&g, 0, "housed", "2026-02-01");
	(void)send_custody(&g, 0, "adult", "2026-02-02");
	(void)send(&g, 0, "left", "2026-04-01");
	/* before the last of the three */
	EXPECT_SAID(send_custody(&g, 0, "none", "2026-03-10"), "back pay $50.00, pay $50.00");
	expect_used(&g, 0, 50);
	/* and again not */
	EXPECT_SAID(send_custody(&g, 0, "adult", "2026-03-11"), "back pay $50.00, no pay $50.00");
	expect_used(&g, 0, 0);
	check_again(&g, &g.cases[0], 0);
	check_idle(&g, 0, 0);
	rig_close(&g);
}

static void test_a_year_pays_what_it_reserved(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $300 per fiscal year from July 1\n" BLOCKS COUNTY);
	EXPECT_SAID(send(&g, 0, "housed", "2026-06-15"), "start $50.00, notify $0.00");
	EXPECT_SAID(send(&g, 1, "housed", "2026-07-15"), "start $50.00, notify $0.00");
	EXPECT_SAID(send(&g, 2, "housed", "2026-07-15"), "unfunded start $50.00");
	(void)send(&g, 0, "left", "2026-07-20"); /* two were paid, of last year's money */
	assert_int_equal(g.pots.all.n, 2);
	assert_int_equal(g.pots.all.at[0].committed, 10000);
	assert_int_equal(g.pots.all.at[0].reserved, 0);
	EXPECT_SAID(send(&g, 2, "housed", "2026-07-21"), "unfunded start $50.00");
	rig_close(&g);
}

/* A later year has more; what is asked of an earlier one still has to fit into that one's budget.
 */
static void test_a_dearer_payment_asks_the_budget_of_its_year(void **state)
{
	(void)state;
	rig_open(&g, HEAD
		 "amount budget_of_help is $200\n"
		 "  $5,000 from 2026-03-01\n"
		 "fund help budget budget_of_help per fiscal year from March 1\n" RISING COUNTY);
	EXPECT_SAID(send(&g, 0, "session", "2026-02-01"), "start $30.00");
	EXPECT_SAID(send(&g, 0, "big", "2026-03-01"), "pay $30.00, pay $45.00");
	EXPECT_SAID(send(&g, 0, "big", "2026-03-15"), "unfunded pay $45.00");
	rig_close(&g);
}

static void test_a_warning_comes_once(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $1,000 in all\n"
			  "  warn at 50%\n"
			  "  owner center\n" BLOCKS COUNTY);
	EXPECT_SAID(send(&g, 0, "housed", "2026-02-01"), "start $50.00");
	EXPECT_SAID(send(&g, 1, "housed", "2026-02-02"), "start $50.00, notify $400.00");
	EXPECT_SAID(send(&g, 2, "housed", "2026-02-03"), "start $50.00");
	rig_close(&g);
}

/* Both ask, one fits: always the same one, whatever stands first in the file. */
/* The first that asks in order of names, wherever it stands. */
static void test_several_are_served_in_order_of_names(void **state)
{
	static const char *const rules[] = {
	    "rule b of survivor\n  on big\n  pay $70 to survivor from help\n",
	    "rule a of survivor\n  on big\n  pay $60 to center from help\n",
	    "rule c of survivor\n  on big\n  pay $40 to center from help\n"};
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct buf policy = {0};
		buf_fmt(&policy, "%s%s%s%s%s", HEAD "fund help budget $100 in all\n", rules[i],
			rules[(i + 1) % 3], rules[(i + 2) % 3], COUNTY);
		buf_char(&policy, '\0');
		rig_open(&g, policy.p);
		(void)send(&g, 0, "big", "2026-02-01");
		expect_used(&g, 0, 100); /* a and c: what is left is enough for c */
		assert_int_equal(g.unfunded, 1);
		rig_close(&g);
		buf_release(&policy);
	}
}

static void test_a_block_gets_all_that_it_asks_or_nothing(void **state)
{
	static const char *const clauses[] = {"  pay $70 to survivor from help\n",
					      "  pay $60 to center from help\n"};
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct buf policy = {0};
		buf_fmt(&policy,
			"%sfund help budget %s in all\nrule a of survivor\n  on big\n%s%s%s", HEAD,
			i < 2 ? "$129.99" : "$130", clauses[i % 2], clauses[1 - i % 2], COUNTY);
		buf_char(&policy, '\0');
		rig_open(&g, policy.p);
		(void)send(&g, 0, "big", "2026-02-01");
		assert_int_equal(g.unfunded, i < 2 ? 2 : 0);
		if (i >= 2)
			expect_used(&g, 0, 130);
		rig_close(&g);
		buf_release(&policy);
	}
}

/* ---- late events ---- */

static void test_what_was_funded_stays_funded(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $200 in all\n"
			  "rule sessions of survivor\n"
			  "  on session\n"
			  "  pay $100 to survivor from help\n" COUNTY);
	EXPECT_SAID(send(&g, 0, "session", "2026-02-10"), "pay $100.00");
	EXPECT_SAID(send(&g, 1, "session", "2026-02-11"), "pay $100.00, notify $0.00");
	/* Earlier, but the money is gone; and what came later keeps its own. */
	EXPECT_SAID(send(&g, 0, "session", "2026-02-01"), "unfunded pay $100.00");
	EXPECT_SAID(send(&g, 1, "left", "2026-02-01"), "");
	expect_used(&g, 0, 200);
	rig_close(&g);
}

static void test_reversals_pay_for_what_now_follows(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $300 in all\n" BLOCKS COUNTY);
	EXPECT_SAID(send(&g, 0, "housed", "2026-02-10"), "start $50.00, notify $0.00");
	/* The schedule began earlier after all: its first sum pays for it. */
	(void)send(&g, 0, "housed", "2026-02-01");
	assert_int_equal(g.status, STATUS_OK);
	assert_int_equal(g.unfunded, 0);
	assert_int_equal(g.cases[0].cs->running.n, 1);
	expect_used(&g, 300, 0);
	rig_close(&g);
}

static void test_money_that_is_gone_cannot_be_taken_again(void **state)
{
	(void)state;
	rig_open(&g, HEAD "fund help budget $300 in all\n"
			  "schedule support of survivor\n"
			  "  on housed\n"
			  "  pay $50 to survivor every 2 weeks for 6 times from help\n"
			  "  stops on left when custody is none\n"
			  "rule grants of survivor\n"
			  "  on big\n"
			  "  pay $250 to survivor from help\n" COUNTY);
	(void)send(&g, 0, "housed", "2026-02-01");
	(void)send(&g, 0, "left", "2026-02-02");
	expect_used(&g, 0, 0);
	EXPECT_SAID(send(&g, 1, "big", "2026-02-03"), "pay $250.00");
	struct event ev = policy_text_event(&g.p, "x", "custody_changed", "c0",
					    "2026-02-01T20:00:00-08:00", "\"custody\":\"adult\"");
	arrive(&g, 0, &ev);
	assert_int_equal(g.status, STATUS_LIMIT);
	assert_string_equal(g.slug, "limit");
	expect_used(&g, 0, 250);
	rig_close(&g);
}

/* ---- places ---- */

static void test_the_next_in_line_gets_the_place(void **state)
{
	(void)state;
	rig_open(&g, HEAD PLACES COUNTY);
	EXPECT_SAID(send(&g, 0, "referred", "2026-02-01"), "enrol");
	EXPECT_SAID(send(&g, 1, "referred", "2026-02-02"), "enrol");
	EXPECT_SAID(send(&g, 2, "referred", "2026-02-03"), "wait");
	EXPECT_SAID(send(&g, 3, "referred", "2026-02-04"), "wait");
	EXPECT_SAID(send(&g, 2, "referred", "2026-02-05"), "");
	EXPECT_SAID(send(&g, 0, "went", "2026-02-06"), "release, enrol, notify");
	assert_false(case_place(g.cases[2].cs, 0)->waiting);
	EXPECT_SAID(send(&g, 0, "referred", "2026-02-07"), "wait"); /* behind the fourth */
	EXPECT_SAID(send(&g, 3, "went", "2026-02-08"), "release");
	EXPECT_SAID(send(&g, 1, "went", "2026-02-09"), "release, enrol, notify");
	assert_false(case_place(g.cases[0].cs, 0)->waiting);
	rig_close(&g);
}

static void test_an_earlier_referral_keeps_place_and_line(void **state)
{
	(void)state;
	rig_open(&g, HEAD PLACES COUNTY);
	for (int i = 0; i < CASES; i++)
		(void)send(&g, i, "referred", "2026-02-10");
	(void)send(&g, 0, "referred", "2026-02-01");
	(void)send(&g, 2, "referred", "2026-02-01");
	assert_false(case_place(g.cases[0].cs, 0)->waiting);
	EXPECT_SAID(send(&g, 1, "went", "2026-02-11"), "release, enrol, notify");
	assert_false(case_place(g.cases[2].cs, 0)->waiting);
	assert_true(case_place(g.cases[3].cs, 0)->waiting);
	rig_close(&g);
}

/* Undoing a release asks for a place again; when it is gone, the event is refused. */
static void test_a_place_that_was_given_away(void **state)
{
	(void)state;
	rig_open(&g, HEAD PLACES "rule goes_too of survivor\n"
				 "  on left when custody is none\n"
				 "  release house\n" COUNTY);
	(void)send(&g, 0, "referred", "2026-02-01");
	(void)send(&g, 1, "referred", "2026-02-02");
	(void)send(&g, 2, "referred", "2026-02-03");
	EXPECT_SAID(send(&g, 0, "left", "2026-02-04"), "release, enrol, notify");
	struct event ev = policy_text_event(&g.p, "x", "custody_changed", "c0",
					    "2026-02-03T20:00:00-08:00", "\"custody\":\"adult\"");
	ev.kind = 0;
	arrive(&g, 0, &ev);
	assert_int_equal(g.status, STATUS_LIMIT);
	rig_close(&g);
}

/* What else a rule would do may be stopped; the place is given all the same. */
static void test_the_place_is_given_whatever_else_is_stopped(void **state)
{
	(void)state;
	rig_open(&g, HEAD PLACES "never notify center for survivor when custody is adult\n" COUNTY);
	(void)send(&g, 0, "referred", "2026-02-01");
	(void)send(&g, 1, "referred", "2026-02-02");
	(void)send(&g, 2, "referred", "2026-02-03");
	struct event ev = policy_text_event(&g.p, "x", "custody_changed", "c2",
					    "2026-02-03T20:00:00-08:00", "\"custody\":\"adult\"");
	ev.kind = 0;
	arrive(&g, 2, &ev);
	EXPECT_SAID(send(&g, 0, "went", "2026-02-04"), "release, enrol");
	assert_false(case_place(g.cases[2].cs, 0)->waiting);
	check_again(&g, &g.cases[2], 0);
	rig_close(&g);
}

/* ---- by chance ---- */

struct dice {
	uint64_t state;
};

static uint64_t roll(struct dice *d, uint64_t n)
{
	d->state += 0x9E3779B97F4A7C15u;
	uint64_t z = d->state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (z ^ (z >> 31)) % n;
}

static int64_t seats_of(const struct json *o, const char *name)
{
	const struct json *v = json_get(o, str_from(name));
	assert_true(v && v->kind == JSON_INT);
	return v->i;
}

static int64_t cents_of(const struct json *o, const char *name)
{
	const struct json *v = json_get(o, str_from(name));
	int64_t cents = 0;
	assert_true(v && v->kind == JSON_TEXT && !money_read(v->text, &cents));
	return cents;
}

static struct draw draw_of(const struct json *draw)
{
	if (json_get(draw, STR("capacity")))
		return (struct draw){POT_CAPACITY, 0, DAY_NONE, seats_of(draw, "waiting"),
				     seats_of(draw, "taken")};
	bool seat = json_get(draw, STR("docket")) != NULL;
	struct draw d = {.pot = seat ? POT_DOCKET : POT_FUND, .from = DAY_NONE};
	const struct json *day = json_get(draw, seat ? STR("meeting") : STR("year"));
	if (day)
		assert_int_equal(day_read(day->text, &d.from), STATUS_OK);
	d.reserved = seat ? seats_of(draw, "urgent") : cents_of(draw, "reserved");
	d.committed = seat ? seats_of(draw, "others") : cents_of(draw, "committed");
	return d;
}

/* What was written is what counts: the draws are added up from the JSON. */
static void add_up(struct rig *r)
{
	pots_release(&r->sum);
	for (int i = 0; i < CASES; i++) {
		for (size_t k = 0; k < r->cases[i].records.n; k++) {
			const struct json *root;
			struct buf why = {0};
			assert_int_equal(json_parse(r->p.doc, r->cases[i].records.at[k].decision,
						    SIZE_MAX, &root, &why),
					 STATUS_OK);
			const struct json *list = json_get(root, STR("outcomes"));
			for (const struct json *o = json_first(list); o; o = json_next(list, o)) {
				const struct json *draw = json_get(o, STR("draw"));
				if (!draw)
					continue;
				struct draw d = draw_of(draw);
				pots_draw(&r->sum, r->rb, 0, &d);
			}
			buf_release(&why);
		}
	}
}

/* Nobody waits while a place is free, and who waits or has a place says so itself. */
static void check_line(const struct rig *r, const struct pot *p, unsigned seed)
{
	int64_t waiting = 0, taken = 0;
	for (int i = 0; i < CASES; i++) {
		const struct case_state *cs = r->cases[i].cs;
		const struct enrolment *e = cs ? case_place(cs, 0) : NULL;
		waiting += e && e->waiting;
		taken += e && !e->waiting;
	}
	if (p->committed > 2 || (p->reserved && p->committed < 2) || p->reserved != waiting ||
	    p->committed != taken || r->pots.line.n != (size_t)waiting)
		fail_msg("seed %u: taken %lld, %lld by the cases; waiting %lld, %lld, %zu", seed,
			 (long long)p->committed, (long long)taken, (long long)p->reserved,
			 (long long)waiting, r->pots.line.n);
}

static void check_pots(struct rig *r, int64_t budget, unsigned seed)
{
	add_up(r);
	for (size_t i = 0; i < r->pots.all.n; i++) {
		const struct pot *p = &r->pots.all.at[i], *sum = pots_find(&r->sum, p);
		assert_non_null(sum);
		if (p->kind == POT_CAPACITY)
			check_line(r, p, seed);
		else if (p->reserved < 0 || p->committed < 0 || p->reserved + p->committed > budget)
			fail_msg("seed %u: reserved %lld, committed %lld of %lld", seed,
				 (long long)p->reserved, (long long)p->committed,
				 (long long)budget);
		assert_int_equal(p->reserved, sum->reserved);
		assert_int_equal(p->committed, sum->committed);
	}
}

/* The case decided again as it is recorded: the same state, nothing new, nothing taken back. */
static void check_again(struct rig *r, struct own *own, unsigned seed)
{
	struct redecision again;
	struct history h = {0};
	struct buf a = {0}, b = {0};
	if (!own->cs)
		return;
	read_back(r, own, &h);
	redecision_init(&again, r->rb, (struct world){NULL, NULL, &r->pots});
	assert_int_equal(redecide_history(&again, &h, own->cs, own->cs->last), STATUS_OK);
	struct case_state *cs = redecision_take(&again);
	cs->last = own->cs->last;
	case_json(&a, r->rb, own->cs, true);
	case_json(&b, r->rb, cs, true);
	if (!str_eq(buf_view(&a), buf_view(&b)))
		fail_msg("seed %u: as recorded\n" STR_FMT "\nagain\n" STR_FMT, seed,
			 STR_ARG(buf_view(&a)), STR_ARG(buf_view(&b)));
	case_free(r->rb, cs);
	redecision_release(&again);
	history_release(&h);
	buf_release(&a);
	buf_release(&b);
}

/* A late event that nothing waits for changes nothing: no reversal, no addition. */
static void check_idle(struct rig *r, int which, unsigned seed)
{
	char id[32];
	if (!r->cases[which].cs || r->cases[which].cs->last == TIME_NONE)
		return;
	snprintf(id, sizeof(id), "idle-%d-%zu", which, r->cases[which].records.n);
	struct event ev = policy_text_event(&r->p, id, "custody_changed", r->cases[which].id,
					    "2025-01-01T12:00:00-08:00", "\"custody\":\"none\"");
	ev.kind = 0;
	arrive(r, which, &ev);
	if (r->status || r->last.len)
		fail_msg("seed %u: %s " STR_FMT, seed, r->slug ? r->slug : "",
			 STR_ARG(buf_view(&r->last)));
}

static void by_chance(struct rig *r, unsigned seed, int64_t budget)
{
	static const char *const types[] = {
	    "session", "session",         "big",      "housed",   "left", "custody_changed",
	    "housed",  "custody_changed", "referred", "referred", "went", "referred"};
	struct dice dice = {seed};
	for (int i = 0; i < 60; i++) {
		char id[16], time[40], data[40] = "";
		const char *type = types[roll(&dice, 12)];
		int which = (int)roll(&dice, CASES);
		snprintf(id, sizeof(id), "e%d", i);
		snprintf(time, sizeof(time), "2026-%02d-%02dT%02d:00:00-08:00",
			 (int)roll(&dice, 12) + 1, (int)roll(&dice, 28) + 1, (int)roll(&dice, 24));
		if (!strcmp(type, "custody_changed"))
			snprintf(data, sizeof(data), "\"custody\":\"%s\"",
				 roll(&dice, 2) ? "adult" : "none");
		struct event ev =
		    policy_text_event(&r->p, id, type, r->cases[which].id, time, data);
		ev.kind = 0;
		arrive(r, which, &ev);
		check_pots(r, budget, seed);
	}
	for (int i = 0; i < CASES; i++) {
		check_again(r, &r->cases[i], seed);
		check_idle(r, i, seed);
	}
	check_pots(r, budget, seed);
}

static void test_by_chance(void **state)
{
	static const char *const policies[] = {
	    HEAD
	    "fund help budget $1,000 in all\n  warn at 80%\n  owner center\n" BLOCKS PLACES COUNTY,
	    HEAD
	    "fund help budget $1,000 per fiscal year from July 1\n  warn at 33.3%\n" BLOCKS PLACES
		COUNTY,
	    HEAD "fund help budget $1,000 in all\n" RISING BLOCKS PLACES COUNTY};
	size_t late = 0, unfunded = 0, notices = 0, reversals = 0, found = 0;
	(void)state;
	for (unsigned seed = 1; seed <= 90; seed++) {
		rig_open(&g, policies[(seed + seed / 3) % 3]);
		by_chance(&g, seed, 100000);
		late += g.late;
		unfunded += g.unfunded;
		notices += g.notices;
		reversals += g.reversals;
		found += g.found;
		rig_close(&g);
	}
	assert_true(late > 500 && unfunded > 100 && notices > 50 && reversals > 100 && found > 20);
}

static void test_stopped_payments_by_chance(void **state)
{
	static const char policy[] =
	    "party landlord\n" HEAD "fund help budget $1,000 in all\n"
	    "locked never pay to landlord for survivor when custody is adult\n"
	    "schedule growing of survivor\n"
	    "  on session\n"
	    "  pay $70 to landlord every 2 weeks for 3 times from help\n" BLOCKS PLACES COUNTY;
	size_t late = 0, reversals = 0, withheld = 0;
	(void)state;
	for (unsigned seed = 1; seed <= 40; seed++) {
		rig_open(&g, policy);
		by_chance(&g, seed, 100000);
		late += g.late;
		reversals += g.reversals;
		withheld += g.withheld;
		rig_close(&g);
	}
	assert_true(late > 200 && reversals > 50 && withheld > 50);
}

/* A seat is taken once and given back once, and no meeting hears more than it can. */
static void test_seats_by_chance(void **state)
{
	static const char policy[] =
	    HEAD "docket review of survivor\n  meets monthly on first Thursday\n"
		 "  at most 2 cases\n  keeps 1 for urgent\n"
		 "rule normal of survivor\n  on session or housed when custody is none\n"
		 "  place on review\n"
		 "rule crisis of survivor\n  on big or left\n  place on review urgent\n" COUNTY;
	size_t late = 0, reversals = 0, overflows = 0;
	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++) {
		rig_open(&g, policy);
		by_chance(&g, seed, 2);
		late += g.late;
		reversals += g.reversals;
		for (size_t i = 0; i < g.pots.all.n; i++) {
			assert_true(g.pots.all.at[i].committed <= 1);
			overflows += g.pots.all.at[i].committed + g.pots.all.at[i].reserved == 2;
		}
		rig_close(&g);
	}
	assert_true(late > 500 && reversals > 100 && overflows > 50);
}

/* ---- places that come on a date ---- */

static void expect_growth(int32_t day)
{
	int32_t grows = DAY_NONE;
	assert_int_equal(pots_growth(&g.pots, g.rb, &grows), day != DAY_NONE);
	assert_int_equal(grows, day);
}

static int32_t day(int month, int n)
{
	return day_of((struct date){2026, month, n});
}

static void test_the_day_that_brings_a_place(void **state)
{
	(void)state;
	rig_open(&g, HEAD "number size is 2\n"
			  "  3 from 2026-02-10\n"
			  "  1 from 2026-03-01\n"
			  "  2 from 2026-04-01\n"
			  "  4 from 2026-05-01\n"
			  "capacity house of survivor is size places\n"
			  "rule asks of survivor\n"
			  "  on referred\n"
			  "  enrol in house\n"
			  "rule goes of survivor\n"
			  "  on went\n"
			  "  release house\n" COUNTY);
	send(&g, 0, "referred", "2026-02-01");
	send(&g, 1, "referred", "2026-02-02");
	expect_growth(DAY_NONE); /* nobody waits */
	send(&g, 2, "referred", "2026-02-03");
	expect_growth(day(2, 10));
	pots_served(&g.pots, day(2, 10));
	expect_growth(day(5, 1));          /* two are taken: that of April is none */
	send(&g, 0, "went", "2026-03-02"); /* there is one place now, and somebody has it */
	expect_growth(day(4, 1));
	pots_served(&g.pots, day(3, 31));
	expect_growth(day(4, 1));
	pots_served(&g.pots, day(5, 1));
	expect_growth(DAY_NONE);
	pots_served(&g.pots, day(3, 1)); /* it does not go back */
	expect_growth(DAY_NONE);
	rig_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_payment_commits_and_what_does_not_fit_is_unfunded),
	    cmocka_unit_test(test_the_last_cent_fits),
	    cmocka_unit_test(test_a_schedule_reserves_and_gives_back),
	    cmocka_unit_test(test_a_stopped_payment_sets_its_part_free),
	    cmocka_unit_test(test_the_last_stopped_payment_leaves_nothing_set_aside),
	    cmocka_unit_test(test_a_schedule_stopped_throughout_leaves_its_money_to_others),
	    cmocka_unit_test(test_a_late_event_undoes_the_stop_of_a_payment),
	    cmocka_unit_test(test_a_year_pays_what_it_reserved),
	    cmocka_unit_test(test_a_payment_that_has_become_dearer_asks_for_the_rest),
	    cmocka_unit_test(test_the_last_payment_gives_back_what_it_cannot_use),
	    cmocka_unit_test(test_a_dearer_payment_asks_the_budget_of_its_year),
	    cmocka_unit_test(test_a_warning_comes_once),
	    cmocka_unit_test(test_several_are_served_in_order_of_names),
	    cmocka_unit_test(test_a_block_gets_all_that_it_asks_or_nothing),
	    cmocka_unit_test(test_what_was_funded_stays_funded),
	    cmocka_unit_test(test_reversals_pay_for_what_now_follows),
	    cmocka_unit_test(test_money_that_is_gone_cannot_be_taken_again),
	    cmocka_unit_test(test_the_next_in_line_gets_the_place),
	    cmocka_unit_test(test_an_earlier_referral_keeps_place_and_line),
	    cmocka_unit_test(test_a_place_that_was_given_away),
	    cmocka_unit_test(test_the_place_is_given_whatever_else_is_stopped),
	    cmocka_unit_test(test_the_day_that_brings_a_place),
	    cmocka_unit_test(test_by_chance),
	    cmocka_unit_test(test_stopped_payments_by_chance),
	    cmocka_unit_test(test_seats_by_chance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
