/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens by itself: answers that do not come, steps that are overdue, items of schedules;
 * each at the right instant, also where clocks change and months are short.
 */
#include "engine/base/limits.h"
#include "tests/support/case_rig.h"

#define WORDS                                                                                      \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"calendar courts\n"                                                                        \
	"  holiday 2026-07-03 \"Independence Day (observed)\"\n"                                   \
	"  weekend Saturday, Sunday\n"                                                             \
	"case survivor\n"                                                                          \
	"  custody : yes/no default no\n"                                                          \
	"  home : agency optional\n"                                                               \
	"case agency\n"                                                                            \
	"  trained : yes/no default no\n"                                                          \
	"event intake of survivor\n"                                                               \
	"  sets custody, home\n"                                                                   \
	"event begun of survivor\n"                                                                \
	"  provider : agency\n"                                                                    \
	"event over of survivor\n"                                                                 \
	"event missed of survivor\n"                                                               \
	"event enrolled of survivor\n"                                                             \
	"event done of survivor\n"                                                                 \
	"event other of survivor\n"                                                                \
	"action dispatch\n"                                                                        \
	"party court\n"                                                                            \
	"party advocate\n"                                                                         \
	"requirement plan\n"                                                                       \
	"county alameda\n"                                                                         \
	"  adopts p from 2020-01-01\n"                                                             \
	"program p\n"                                                                              \
	"  effective 2020-01-01\n"

/* Without a type, time passes to the end of the day. */
struct step {
	const char *when, *type, *fields, *expected;
};

static void run_steps(const char *policy, const struct step *steps, size_t n)
{
	struct rig rig;
	rig_open(&rig, policy);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	for (size_t i = 0; i < n; i++) {
		const struct step *s = &steps[i];
		assert_string_equal(s->type ? rig_event(&rig, cs, s->when, s->type, s->fields)
					    : rig_pass(&rig, cs, s->when),
				    s->expected);
	}
	rig_close(&rig);
}

#define RUN(policy, ...)                                                                           \
	do {                                                                                       \
		const struct step steps_[] = {__VA_ARGS__};                                        \
		run_steps(WORDS policy, steps_, sizeof(steps_) / sizeof(steps_[0]));               \
	} while (0)

#define PASS(day, expected)                                                                        \
	{                                                                                          \
		day, NULL, NULL, expected                                                          \
	}

#define REFERRAL                                                                                   \
	"rule r\n  on missed\n  refer to court answered by enrolled within 14 days\n"              \
	"    otherwise notify advocate \"nobody came\"\n    otherwise order dispatch\n"
#define UNANSWERED                                                                                 \
	"2026-07-15 deadline: notify to advocate \"nobody came\"\n"                                \
	"2026-07-15 deadline: order dispatch\n"

static void test_answer_on_the_last_day_is_in_time(void **state)
{
	(void)state;
	RUN(REFERRAL, {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
	    PASS("2026-07-14", ""), {"2026-07-15 23:59", "enrolled", "", ""},
	    PASS("2026-08-15", ""));
	RUN(REFERRAL, {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
	    {"2026-07-16 00:00", "enrolled", "", UNANSWERED}, PASS("2026-08-15", ""));
	RUN(REFERRAL, {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
	    PASS("2026-07-15", UNANSWERED), PASS("2026-08-15", ""));
	/* Each referral has its own; one answer closes all that wait for it. */
	RUN(REFERRAL, {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
	    {"2026-07-02", "missed", "", "refer to court due 2026-07-16\n"},
	    {"2026-07-03", "other", "", ""}, {"2026-07-04", "enrolled", "", ""},
	    PASS("2026-08-15", ""));
}

/* The deadline is the start of the next civil day, however long the days on the way were. */
static void test_deadlines_over_clock_changes(void **state)
{
	(void)state;
	static const struct {
		const char *day, *last, *after; /* the first minute past the deadline */
		int64_t hours;                  /* length of the last day */
	} table[] = {
	    {"2026-02-22", "2026-03-08", "2026-03-09 00:00", 23},
	    {"2026-10-18", "2026-11-01", "2026-11-02 00:00", 25},
	    {"2026-06-01", "2026-06-15", "2026-06-16 00:00", 24},
	    {"2024-02-15", "2024-02-29", "2024-03-01 00:00", 24},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rig rig;
		int32_t day;
		rig_open(&rig, WORDS REFERRAL);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		rig_event(&rig, cs, table[i].day, "missed", "");
		int64_t at = rig_time(&rig, table[i].after, &day);
		assert_int_equal(cs->due.n, 1);
		assert_int_equal(cs->due.at[0].at, at);
		assert_int_equal(cs->due.at[0].day, day - 1);
		assert_int_equal(at - zone_day_start(rig.rb->zone, day - 1),
				 table[i].hours * 3600 * SECOND_US);
		rig_close(&rig);
	}
}

static void test_units_of_periods(void **state)
{
	(void)state;
	static const struct {
		const char *within, *expected;
	} table[] = {
	    {"1 month", "require plan due 2026-07-31\n"},
	    {"2 weeks", "require plan due 2026-07-14\n"},
	    {"3 business days", "require plan due 2026-07-06\n"}, /* a holiday and a weekend */
	    {"1 year", "require plan due 2027-06-30\n"},
	    {"answer_time", "require plan due 2026-07-10\n"},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rig rig;
		struct buf policy = {0};
		buf_fmt(&policy,
			"%speriod answer_time is 10 days\n  20 days from 2026-07-01\nrule r\n  on "
			"missed\n  require plan within %s\n",
			WORDS, table[i].within);
		buf_char(&policy, '\0');
		rig_open(&rig, policy.p);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		/* 1 month: June 30, so that the day is kept; the period of July would be longer */
		const char *text = rig_event(&rig, cs, "2026-06-30", "missed", "");
		if (i == 0)
			assert_string_equal(text, "require plan due 2026-07-30\n");
		else
			assert_string_equal(text, table[i].expected);
		rig_close(&rig);
		buf_release(&policy);
	}
}

static void test_schedules(void **state)
{
	(void)state;
	/* Month ends clamp and do not drift; the payee is the one of the start. */
	RUN("schedule h\n  on begun\n  pay $500 to provider monthly for 3 months starting same "
	    "day\n  stops on over\n",
	    {"2026-01-31", "begun", "provider=A-1",
	     "start $500.00 to A-1 under h 3 times first 2026-01-31\n"},
	    PASS("2026-02-28",
		 "2026-01-31 scheduled: pay $500.00 to A-1 under h item 1 due 2026-01-31\n"
		 "2026-02-28 scheduled: pay $500.00 to A-1 under h item 2 due 2026-02-28\n"),
	    {"2026-03-01", "begun", "provider=A-2", ""}, /* one at a time */
	    PASS("2026-12-31",
		 "2026-03-31 scheduled: pay $500.00 to A-1 under h item 3 due 2026-03-31\n"),
	    {"2027-01-15", "begun", "provider=A-2",
	     "start $500.00 to A-2 under h 3 times first 2027-01-15\n"});
	/* first of next month; stopped after one; the rest never happens */
	RUN("schedule h\n  on begun\n  pay $500 to provider monthly for 12 months starting first "
	    "of next month\n  stops on over\n",
	    {"2026-01-31", "begun", "provider=A-1",
	     "start $500.00 to A-1 under h 12 times first 2026-02-01\n"},
	    {"2026-02-01 00:00", "over", "",
	     "2026-02-01 scheduled: pay $500.00 to A-1 under h item 1 due 2026-02-01\n"
	     "stop under h 11 times\n"},
	    {"2026-02-02", "over", "", ""}, PASS("2027-12-31", ""));
	/* a frozen payee from a fact, frozen amounts, held items are not made up */
	RUN("amount housing is $500\n  $600 from 2026-02-01\n"
	    "schedule h\n  on intake when home is known\n  pay housing to home weekly for 3 "
	    "times\n  holds while custody\n"
	    "rule total\n  on done when paid under h is $1,000\n  order dispatch\n",
	    {"2026-01-28", "intake", "home=A-1,custody=no",
	     "start $500.00 to A-1 under h 3 times first 2026-02-04\n"},
	    PASS("2026-02-04",
		 "2026-02-04 scheduled: pay $500.00 to A-1 under h item 1 due 2026-02-04\n"),
	    {"2026-02-05", "intake", "home=A-2,custody=yes", ""},
	    PASS("2026-02-11",
		 "2026-02-11 scheduled: pay $500.00 to A-1 under h item 2 due 2026-02-11 held\n"),
	    {"2026-02-12", "intake", "home=A-2,custody=no", ""}, {"2026-02-13", "done", "", ""},
	    {"2026-02-20", "done", "",
	     "2026-02-18 scheduled: pay $500.00 to A-1 under h item 3 due 2026-02-18\n"
	     "order dispatch\n"});
	/* start and stop by rules */
	RUN("schedule h\n  on begun\n  pay $5 to survivor daily for 3 days\n"
	    "rule a\n  on missed\n  start h\nrule b\n  on done\n  stop h\n",
	    {"2026-03-06", "missed", "", "start $5.00 to S-1 under h 3 times first 2026-03-07\n"},
	    PASS("2026-03-08",
		 "2026-03-07 scheduled: pay $5.00 to S-1 under h item 1 due 2026-03-07\n"
		 "2026-03-08 scheduled: pay $5.00 to S-1 under h item 2 due 2026-03-08\n"),
	    {"2026-03-08 23:59", "done", "", "stop under h 1 times\n"},
	    {"2026-03-09", "done", "", ""});
}

static void test_never_stops_an_item(void **state)
{
	(void)state;
	RUN("schedule h\n  on begun\n  pay $5 to survivor daily for 3 days\n"
	    "never pay for survivor when custody\n",
	    {"2026-03-01", "begun", "provider=A",
	     "start $5.00 to S-1 under h 3 times first 2026-03-02\n"},
	    {"2026-03-01 13:00", "intake", "custody=yes", ""},
	    PASS("2026-03-02", "2026-03-02 scheduled: stopped breaks-never\n"),
	    {"2026-03-03 00:00", "other", "", "2026-03-03 scheduled: stopped breaks-never\n"},
	    {"2026-03-03 01:00", "intake", "custody=no", ""},
	    PASS("2026-03-30",
		 "2026-03-04 scheduled: pay $5.00 to S-1 under h item 3 due 2026-03-04\n"));
}

#define ESCALATION                                                                                 \
	"escalation attendance\n"                                                                  \
	"  step diversion\n    on missed\n"                                                        \
	"    refer to court answered by enrolled within 14 days\n      otherwise notify "          \
	"advocate\n"                                                                               \
	"  step fee after diversion\n    on other\n    may assess $50 as infraction\n"             \
	"  step closed after diversion\n    when no enrolled within 30 days\n    order dispatch\n" \
	"  ends on done\n"                                                                         \
	"rule asks\n  on begun when step of attendance is none\n  notify court \"none\"\n"         \
	"rule asks_too\n  on begun when step of attendance is closed\n  notify court \"closed\"\n"

static void test_escalation(void **state)
{
	(void)state;
	/* all by itself: unanswered, then overdue; and from none again after the end */
	RUN(ESCALATION, {"2026-07-01", "begun", "provider=A", "notify to court \"none\"\n"},
	    {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
	    {"2026-07-02", "missed", "", ""}, /* stands in a step already */
	    PASS("2026-07-30", "2026-07-15 deadline: notify to advocate\n"),
	    PASS("2026-07-31", "2026-07-31 deadline: order dispatch\n"),
	    {"2026-08-02", "begun", "provider=A", "notify to court \"closed\"\n"},
	    {"2026-08-02", "other", "", ""}, {"2026-08-03", "done", "", ""},
	    {"2026-08-03", "missed", "", "refer to court due 2026-08-17\n"});
	/* the awaited event cancels both deadlines */
	RUN(ESCALATION, {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
	    {"2026-07-15 23:00", "enrolled", "", ""}, PASS("2026-12-31", ""));
	/* leaving the step cancels the overdue one, not the referral */
	RUN(ESCALATION, {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
	    {"2026-07-03", "other", "", "may assess $50.00 as infraction\n"},
	    PASS("2026-12-31", "2026-07-15 deadline: notify to advocate\n"));
	/* the end closes everything */
	RUN(ESCALATION, {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
	    {"2026-07-03", "done", "", ""}, PASS("2026-12-31", ""));
}

static void test_otherwise_can_propose_and_refer_on(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig,
		 WORDS "rule r\n  on missed\n  refer to court answered by enrolled within 2 days\n"
		       "    otherwise may order dispatch\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	rig_event(&rig, cs, "2026-07-01", "missed", "");
	assert_string_equal(rig_pass(&rig, cs, "2026-07-03"),
			    "2026-07-03 deadline: may order dispatch\n");
	assert_string_equal(
	    rig_event(&rig, cs, "2026-07-05", "approved", rig_about(&rig, 0, ",by=Ana")),
	    "order dispatch by Ana\n");
	rig_close(&rig);
}

static void test_internal_events_have_fixed_ids(void **state)
{
	(void)state;
	struct hash128 keys[2][3];
	for (size_t turn = 0; turn < 2; turn++) {
		struct rig rig;
		struct decision out;
		rig_open(&rig,
			 WORDS "schedule h\n  on begun\n  pay $5 to survivor daily for 3 days\n");
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		rig_event(&rig, cs, "2026-03-01", "begun", "provider=A");
		for (size_t i = 0; i < 3; i++) {
			decide_due(&rig.d, cs, &out);
			assert_true(str_eq(out.event.source, STR("waymark")));
			assert_int_equal(out.event.id.len, 32);
			assert_int_equal(out.event.type, EVENT_SCHEDULED);
			assert_true(str_eq(out.type_name, STR("scheduled")));
			assert_true(
			    hash128_eq(out.event.key, event_key(out.event.source, out.event.id)));
			assert_true(out.outcomes[0].has_of);
			keys[turn][i] = out.event.key;
		}
		assert_false(hash128_eq(keys[turn][0], keys[turn][1]));
		assert_int_equal(cs->running.n + cs->due.n, 0);
		rig_close(&rig);
	}
	assert_memory_equal(keys[0], keys[1], sizeof(keys[0]));
}

static void test_limit_of_open_deadlines(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig,
		 WORDS "rule r\n  on missed\n  require plan answered by done within 1 year\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	for (size_t i = 0; i < LIMIT_CASE_DUE; i++)
		rig_event(&rig, cs, "2026-07-01", "missed", "");
	assert_int_equal(rig.status, STATUS_OK);
	assert_int_equal(cs->due.n, LIMIT_CASE_DUE);
	struct str before = rig_dump(&rig, cs);
	assert_string_equal(rig_event(&rig, cs, "2026-07-01", "missed", ""), "refused limit\n");
	assert_string_equal(rig_dump(&rig, cs).p, before.p);
	rig_event(&rig, cs, "2026-07-02", "done", "");
	assert_int_equal(cs->due.n, 0);
	rig_close(&rig);
}

/* ---- counties that replace and drop ---- */

static void run_in_county(const char *policy, const struct step *steps, size_t n)
{
	struct rig rig;
	rig_open(&rig, policy);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	cs->county = rulebook_county(rig.rb, STR("other"));
	for (size_t i = 0; i < n; i++) {
		const struct step *s = &steps[i];
		assert_string_equal(s->type ? rig_event(&rig, cs, s->when, s->type, s->fields)
					    : rig_pass(&rig, cs, s->when),
				    s->expected);
	}
	rig_close(&rig);
}

#define RUN_COUNTY(policy, ...)                                                                    \
	do {                                                                                       \
		const struct step steps_[] = {__VA_ARGS__};                                        \
		run_in_county(WORDS policy, steps_, sizeof(steps_) / sizeof(steps_[0]));           \
	} while (0)

#define WEEKLY "schedule h\n  on begun\n  pay $5 to survivor weekly for 4 times\n"

static void test_running_schedule_under_replacement_and_drop(void **state)
{
	(void)state;
	/* dates and amount stay, the condition to hold is the new one */
	RUN_COUNTY(
	    WEEKLY "county other\n  adopts p from 2020-01-01\n"
		   "replace schedule h from 2026-03-12\n  on begun\n"
		   "  pay $7 to survivor monthly for 2 months\n  holds while custody\n",
	    {"2026-03-01", "intake", "custody=yes", ""},
	    {"2026-03-01", "begun", "provider=A",
	     "start $5.00 to S-1 under h 4 times first 2026-03-08\n"},
	    PASS("2026-03-11",
		 "2026-03-08 scheduled: pay $5.00 to S-1 under h item 1 due 2026-03-08\n"),
	    PASS("2026-03-21",
		 "2026-03-15 scheduled: pay $5.00 to S-1 under h item 2 due 2026-03-15 held\n"),
	    {"2026-03-21", "begun", "provider=A", ""}, {"2026-03-21", "intake", "custody=no", ""},
	    PASS("2026-04-30",
		 "2026-03-22 scheduled: pay $5.00 to S-1 under h item 3 due 2026-03-22\n"
		 "2026-03-29 scheduled: pay $5.00 to S-1 under h item 4 due 2026-03-29\n"),
	    {"2026-05-01", "begun", "provider=A",
	     "start $7.00 to S-1 under h 2 times first 2026-06-01\n"});
	/* dropped: what has not fallen due by then never happens */
	RUN_COUNTY(WEEKLY
		   "county other\n  adopts p from 2020-01-01\ndrop schedule h from 2026-03-12\n",
		   {"2026-03-01", "begun", "provider=A",
		    "start $5.00 to S-1 under h 4 times first 2026-03-08\n"},
		   PASS("2026-04-30",
			"2026-03-08 scheduled: pay $5.00 to S-1 under h item 1 due 2026-03-08\n"
			"2026-03-15 scheduled: stop under h 3 times\n"),
		   {"2026-05-01", "begun", "provider=A", ""});
}

static void test_escalation_goes_on_under_replacement(void **state)
{
	(void)state;
	RUN_COUNTY(ESCALATION "county other\n  adopts p from 2020-01-01\n"
			      "replace escalation attendance from 2026-07-02\n"
			      "  step diversion\n    on missed\n    notify advocate\n"
			      "  step fee after diversion\n    on other\n    notify court\n"
			      "  step closed after diversion or fee\n    when no enrolled within 5 "
			      "days\n    order dispatch\n"
			      "  ends on done\n",
		   {"2026-07-01", "missed", "", "refer to court due 2026-07-15\n"},
		   {"2026-07-03", "other", "", "notify to court\n"}, /* from the old step */
		   PASS("2026-07-14", "2026-07-08 deadline: order dispatch\n"),
		   {"2026-07-14", "done", "", ""}, PASS("2026-12-31", ""));
}

/* ---- random events never break anything ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void check_invariants(const struct case_state *cs)
{
	size_t items = 0;
	for (size_t i = 0; i < cs->due.n; i++) {
		assert_true(i == 0 || cs->due.at[i - 1].at <= cs->due.at[i].at);
		items += cs->due.at[i].kind == DUE_ITEM;
	}
	assert_int_equal(items, cs->running.n);
	assert_true(cs->running.n <= 1 && cs->positions.n <= 1);
	for (size_t i = 0; i < cs->owed.n; i++)
		assert_true(cs->owed.at[i].settled >= 0 &&
			    cs->owed.at[i].settled < cs->owed.at[i].cents);
	assert_true(case_balance(cs) >= 0);
}

static void test_random_events_keep_the_case_whole(void **state)
{
	(void)state;
	static const char *const types[] = {
	    "intake", "begun", "over",     "missed",   "enrolled",
	    "done",   "other", "approved", "declined", "payment_received"};
	struct rig rig;
	uint64_t random = 1;
	rig_open(&rig, WORDS ESCALATION "schedule h\n  on begun\n  pay $5 to provider weekly for 4 "
					"times\n  holds while custody\n  stops on over\n"
					"rule debts\n  on missed\n  assess $100 as course in 3 "
					"monthly instalments\n  credit $30 against course\n"
					"rule forgive\n  on done\n  waive course\n"
					"never notify advocate for survivor when custody\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	int32_t day = day_of((struct date){2026, 1, 1});
	for (size_t i = 0; i < 4000; i++) {
		struct buf when = {0};
		uint64_t draw = next_random(&random);
		const char *type = types[draw % 10], *fields = "";
		day += (int32_t)(draw >> 8 & 7);
		day_text(&when, day);
		buf_fmt(&when, " %02u:00", (unsigned)(draw >> 16 & 15));
		buf_char(&when, '\0');
		if (strcmp(type, "intake") == 0)
			fields =
			    draw >> 32 & 1 ? "custody=yes,home=A-1" : "custody=no,home=unknown";
		else if (strcmp(type, "begun") == 0)
			fields = "provider=A-1";
		else if (strcmp(type, "payment_received") == 0 && cs->owed.n) {
			rig.ids[0] = cs->owed.at[draw % cs->owed.n].outcome;
			fields = rig_about(&rig, 0, ",amount=20.00");
		} else if (cs->proposals.n) {
			rig.ids[0] = cs->proposals.at[0].outcome;
			fields = draw % 10 >= 7 ? rig_about(&rig, 0, ",by=Ana") : "";
		}
		if (strcmp(type, "payment_received") == 0 && !cs->owed.n)
			fields = "outcome=none,amount=1.00";
		rig_event(&rig, cs, when.p, type,
			  draw % 10 >= 7 && !*fields ? "outcome=none,by=x" : fields);
		check_invariants(cs);
		struct case_state *copy = case_clone(rig.rb, cs);
		assert_string_equal(rig_dump(&rig, copy).p, rig_dump(&rig, cs).p);
		case_free(rig.rb, copy);
		buf_release(&when);
	}
	assert_true(case_count(cs, rulebook_event(rig.rb, STR("missed")))->n > 100);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answer_on_the_last_day_is_in_time),
	    cmocka_unit_test(test_deadlines_over_clock_changes),
	    cmocka_unit_test(test_units_of_periods),
	    cmocka_unit_test(test_schedules),
	    cmocka_unit_test(test_never_stops_an_item),
	    cmocka_unit_test(test_escalation),
	    cmocka_unit_test(test_otherwise_can_propose_and_refer_on),
	    cmocka_unit_test(test_internal_events_have_fixed_ids),
	    cmocka_unit_test(test_limit_of_open_deadlines),
	    cmocka_unit_test(test_running_schedule_under_replacement_and_drop),
	    cmocka_unit_test(test_escalation_goes_on_under_replacement),
	    cmocka_unit_test(test_random_events_keep_the_case_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
