/* SPDX-License-Identifier: Apache-2.0
 *
 * What events bring about: every action, limits, prohibitions, proposals, payments, and that a
 * refused event leaves no mark. Time is in test_due.c.
 */
#include "tests/support/case_rig.h"

#include "engine/base/limits.h"

#include <stdlib.h>

#define WORDS                                                                                      \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case survivor\n"                                                                          \
	"  age : years from 0 to 120 optional\n"                                                   \
	"  custody : one of none, juvenile, adult default none\n"                                  \
	"  note : text optional\n"                                                                 \
	"  home : agency optional\n"                                                               \
	"  score : number from 0 to 10 default 3\n"                                                \
	"case agency\n"                                                                            \
	"  trained : yes/no default no\n"                                                          \
	"event intake of survivor\n"                                                               \
	"  sets age, custody, home, note\n"                                                        \
	"event session of survivor\n"                                                              \
	"  minutes : number\n"                                                                     \
	"  provider : agency optional\n"                                                           \
	"  fee : money optional\n"                                                                 \
	"  remark : text optional\n"                                                               \
	"event missed of survivor\n"                                                               \
	"event answered of survivor\n"                                                             \
	"event contact of survivor\n"                                                              \
	"event trained_staff of agency\n"                                                          \
	"  sets trained\n"                                                                         \
	"action dispatch\n"                                                                        \
	"action arrest\n"                                                                          \
	"party advocate\n"                                                                         \
	"party court\n"                                                                            \
	"requirement plan\n"                                                                       \
	"fund services\n"                                                                          \
	"county alameda\n"                                                                         \
	"  adopts p from 2026-01-01\n"                                                             \
	"program p\n"                                                                              \
	"  effective 2026-01-01\n"

struct step {
	const char *when, *type, *fields, *expected;
};

static void run_steps(const char *policy, const struct step *steps, size_t n)
{
	struct rig rig;
	rig_open(&rig, policy);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	for (size_t i = 0; i < n; i++)
		assert_string_equal(
		    rig_event(&rig, cs, steps[i].when, steps[i].type, steps[i].fields),
		    steps[i].expected);
	rig_close(&rig);
}

#define RUN(policy, ...)                                                                           \
	do {                                                                                       \
		const struct step steps_[] = {__VA_ARGS__};                                        \
		run_steps(WORDS policy, steps_, sizeof(steps_) / sizeof(steps_[0]));               \
	} while (0)

static void test_every_action(void **state)
{
	(void)state;
	static const struct {
		const char *action, *expected;
	} table[] = {
	    {"pay $100 to survivor", "pay $100.00 to S-1 due 2026-03-02\n"},
	    {"pay fee to provider from services",
	     "pay $12.50 to A-1 from services due 2026-03-02\n"},
	    {"pay 2 x $5.25 to advocate", "pay $10.50 to advocate due 2026-03-02\n"},
	    {"pay 10% of $0.25 rounded half up to the cent to court",
	     "pay $0.03 to court due 2026-03-02\n"},
	    {"pay $10 / 3 rounded down to the cent to court",
	     "pay $3.33 to court due 2026-03-02\n"},
	    {"pay lesser of fee and $9 to court", "pay $9.00 to court due 2026-03-02\n"},
	    {"pay greater of fee and $9 to court", "pay $12.50 to court due 2026-03-02\n"},
	    {"assess $30 as course", "assess $30.00 as course\n"},
	    {"assess $30 as course due within 30 days", "assess $30.00 as course due 2026-04-01\n"},
	    {"assess $100 as course in 3 monthly instalments starting same day",
	     "assess $100.00 as course 3 times first 2026-03-02 due 2026-05-02\n"},
	    {"assess 52 x $251 as course weekly",
	     "assess $13,052.00 as course 52 times first 2026-03-09 due 2027-03-01\n"},
	    {"refer to court", "refer to court\n"},
	    {"refer to court answered by answered within 14 days",
	     "refer to court due 2026-03-16\n"},
	    {"require plan within 1 month", "require plan due 2026-04-02\n"},
	    {"notify advocate \"call back\"", "notify to advocate \"call back\"\n"},
	    {"order dispatch", "order dispatch\n"},
	    {"set custody to adult", "set custody to adult\n"},
	    {"set score to score + 2", "set score to 5\n"},
	    {"set age to unknown", "set age to unknown\n"},
	    {"deny \"too short\"", "deny \"too short\"\n"},
	    {"may assess $50 as fee_line", "may assess $50.00 as fee_line\n"},
	    {"may order dispatch", "may order dispatch\n"},
	    /* nothing is owed, nothing runs: nothing happens */
	    {"credit $5 against course\n  assess $0 as course", "assess $0.00 as course\n"},
	    {"waive course\n  assess $1 as course", "assess $1.00 as course\n"},
	    /* what cannot be worked out */
	    {"set score to score + 8", "refused overflow\n"},
	    {"pay $1 - $2 to court", "refused overflow\n"},
	    {"pay $90,000,000,000,000,000 + fee to court",
	     "pay $90,000,000,000,000,012.50 to court "
	     "due 2026-03-02\n"},
	    {"pay 2 x $90,000,000,000,000,000 to court", "refused overflow\n"},
	    {"require plan within 9000 years", "refused overflow\n"},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rig rig;
		struct buf policy = {0};
		buf_fmt(&policy,
			"%srule r\n  on session when fee is known and provider is known\n  %s\n",
			WORDS, table[i].action);
		buf_char(&policy, '\0');
		rig_open(&rig, policy.p);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		assert_string_equal(rig_event(&rig, cs, "2026-03-02", "session",
					      "minutes=60,provider=A-1,fee=12.50"),
				    table[i].expected);
		rig_close(&rig);
		buf_release(&policy);
	}
}

static void test_conditions(void **state)
{
	(void)state;
	static const struct {
		const char *when;
		bool applies;
	} table[] = {
	    {"minutes >= 60", true},
	    {"minutes > 60", false},
	    {"minutes is 60 and not (minutes is 61)", true},
	    {"count of session is 2", true}, /* this one included */
	    {"count of missed is 0", true},
	    {"days since session is 10 or unknown", true}, /* the one before this one */
	    {"days since missed is 0 or unknown", true},
	    {"days since missed is known and days since missed > 0", false},
	    {"age is unknown", true},
	    {"age is known and age < 18", false},
	    {"age < 18 or unknown", true},
	    {"custody is one of none, adult", true},
	    {"custody is not juvenile", true},
	    {"today = 2026-03-12", true},
	    {"today > 2026-03-12", false},
	    {"balance owed > $0", true},
	    {"balance owed = $20", true},
	    {"provider is known and provider.trained", true},
	    {"provider is known and not provider.trained", false},
	    {"home is known and home.trained", false},
	    {"score + 2 is 5", true},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rig rig;
		struct buf policy = {0};
		buf_fmt(&policy,
			"%srule first_one\n  on first session\n  assess $20 as course\n"
			"rule r\n  on session when %s\n  order dispatch\n",
			WORDS, table[i].when);
		buf_char(&policy, '\0');
		rig_open(&rig, policy.p);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		struct case_state *agency = rig_case(&rig, "agency", "A-1");
		rig_event(&rig, agency, "2026-03-01", "trained_staff", "trained=yes");
		rig_event(&rig, cs, "2026-03-02", "session", "minutes=10");
		const char *text =
		    rig_event(&rig, cs, "2026-03-12", "session", "minutes=60,provider=A-1");
		if (strcmp(text, table[i].applies ? "order dispatch\n" : "") != 0)
			fail_msg("%s: got `%s`", table[i].when, text);
		rig_close(&rig);
		buf_release(&policy);
	}
}

static void test_inputs_are_listed_once(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(
	    &rig, WORDS
	    "rule a\n  on session when provider is known and provider.trained\n  order dispatch\n"
	    "rule b\n  on session when provider is known and not provider.trained\n  order "
	    "dispatch\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	assert_string_equal(rig_event(&rig, cs, "2026-03-02", "session", "minutes=1,provider=A-9"),
			    "order dispatch\n"); /* unknown agency: default */
	assert_int_equal(rig.ninputs, 1);
	rig_event(&rig, cs, "2026-03-03", "session", "minutes=1");
	assert_int_equal(rig.ninputs, 0);
	rig_close(&rig);
}

static void test_limits(void **state)
{
	(void)state;
	RUN("stipend s\n  on session\n  pay $100 to survivor\n  at most 1 per day\n",
	    {"2026-03-02 09:00", "session", "minutes=1", "pay $100.00 to S-1 due 2026-03-02\n"},
	    {"2026-03-02 23:59", "session", "minutes=1", ""},
	    {"2026-03-03 00:00", "session", "minutes=1", "pay $100.00 to S-1 due 2026-03-03\n"});
	RUN("stipend s\n  on session\n  pay $100 to survivor\n  at most $250 per month\n  at most "
	    "4 per case\n",
	    {"2026-03-30", "session", "minutes=1", "pay $100.00 to S-1 due 2026-03-30\n"},
	    {"2026-03-31", "session", "minutes=1", "pay $100.00 to S-1 due 2026-03-31\n"},
	    {"2026-03-31", "session", "minutes=1", ""},
	    {"2026-04-01", "session", "minutes=1", "pay $100.00 to S-1 due 2026-04-01\n"},
	    {"2026-05-01", "session", "minutes=1", "pay $100.00 to S-1 due 2026-05-01\n"},
	    {"2026-06-01", "session", "minutes=1", ""});
	/* Two payments of one event count as two, and go together. */
	RUN("stipend s\n  on session\n  pay $1 to survivor\n  pay $2 to survivor\n  at most 3 per "
	    "week\n",
	    {"2026-03-02", "session", "minutes=1",
	     "pay $1.00 to S-1 due 2026-03-02\npay $2.00 to S-1 due 2026-03-02\n"},
	    {"2026-03-08", "session", "minutes=1", ""}, /* Sunday of the same week */
	    {"2026-03-09", "session", "minutes=1",
	     "pay $1.00 to S-1 due 2026-03-09\npay $2.00 to S-1 due 2026-03-09\n"});
}

/* Which of three payments come about on each of four days. */
static void play_clauses(const char *const clauses[3], const int order[3], struct buf *said)
{
	struct rig rig;
	struct buf text = {0};
	buf_c(&text, WORDS "stipend s\n  on session\n");
	for (int i = 0; i < 3; i++)
		buf_fmt(&text, "  %s\n", clauses[order[i]]);
	buf_c(&text, "  at most $200 per week\n  at most 4 per month\n");
	buf_char(&text, '\0');
	rig_open(&rig, text.p);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	static const char *const amounts[] = {"$90.00", "$50.00", "$60.00"};
	static const char *const days[] = {"2026-03-02", "2026-03-03", "2026-03-09", "2026-03-16"};
	for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++) {
		const char *got = rig_event(&rig, cs, days[i], "session", "minutes=1");
		for (int k = 0; k < 3; k++)
			buf_char(said, strstr(got, amounts[k]) ? (char)('a' + k) : '-');
	}
	rig_close(&rig);
	buf_release(&text);
}

static void test_the_order_of_payments_changes_nothing(void **state)
{
	static const char *const clauses[] = {"pay $90 to survivor", "may pay $50 to survivor",
					      "pay $60 to survivor"};
	static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					{1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	(void)state;
	for (int i = 0; i < 6; i++) {
		struct buf said = {0};
		play_clauses(clauses, orders[i], &said);
		assert_true(str_eq(buf_view(&said), STR("abc-b-a-c---")));
		buf_release(&said);
	}
}

static void test_never(void **state)
{
	(void)state;
	/* met, not met, undecidable (blocks); of a proposal too */
	RUN("rule r\n  on contact when count of contact >= 2\n  order arrest\n"
	    "never order arrest for survivor when custody is none\n",
	    {"2026-03-01", "contact", "", ""},
	    {"2026-03-02", "contact", "", "refused breaks-never\n"},
	    {"2026-03-03", "intake", "custody=adult", ""},
	    {"2026-03-04", "contact", "", "order arrest\n"});
	RUN("rule r\n  on contact when score is 3\n  may order arrest\n"
	    "never order arrest for survivor when score >= 3\n",
	    {"2026-03-01", "contact", "", "refused breaks-never\n"});
	RUN("rule r\n  on contact when score is 3\n  order dispatch\n"
	    "never order arrest for survivor\n",
	    {"2026-03-01", "contact", "", "order dispatch\n"});
	RUN("rule r\n  on contact when score is 3\n  refer to advocate\n"
	    "never refer to court\nnever pay to advocate\n",
	    {"2026-03-01", "contact", "", "refer to advocate\n"});
}

static void test_contradictions(void **state)
{
	(void)state;
	RUN("rule a\n  on contact when score is 3\n  set custody to adult\n"
	    "rule b\n  on contact when score < 5\n  set custody to juvenile\n",
	    {"2026-03-01", "contact", "", "refused contradiction\n"});
	RUN("rule a\n  on contact when score is 3\n  set custody to adult\n"
	    "rule b\n  on contact when score < 5\n  set custody to adult\n",
	    {"2026-03-01", "contact", "", "set custody to adult\nset custody to adult\n"});
	RUN("fine f\n  on contact\n"
	    "  tier 1 when count of contact >= 1\n    order dispatch\n"
	    "  tier 2 when count of contact is 2\n    order arrest\n",
	    {"2026-03-01", "contact", "", "order dispatch\n"},
	    {"2026-03-02", "contact", "", "refused contradiction\n"});
	RUN("escalation e\n  step one\n    on contact when score is 3\n    order dispatch\n"
	    "  step two\n    on contact when score < 4\n    order dispatch\n  ends on answered\n",
	    {"2026-03-02", "contact", "", "refused contradiction\n"});
}

static void test_alternative_triggers_apply_once(void **state)
{
	(void)state;
	RUN("rule r\n  on contact when score is 3\n  on contact when custody is none\n  order "
	    "dispatch\n",
	    {"2026-03-01", "contact", "", "order dispatch\n"});
}

static void test_credits_and_waivers(void **state)
{
	(void)state;
	RUN("rule a\n  on intake\n  assess $100 as course\n  assess $40 as other\n"
	    "rule b\n  on session\n  credit $70 against course\n"
	    "rule c\n  on missed\n  waive course\n"
	    "rule d\n  on contact when balance owed = $40\n  order dispatch\n",
	    {"2026-03-01", "intake", "", "assess $100.00 as course\nassess $40.00 as other\n"},
	    {"2026-03-02", "session", "minutes=1", "credit $70.00 as course\n"},
	    {"2026-03-03", "session", "minutes=1", "credit $30.00 as course\n"},
	    {"2026-03-04", "session", "minutes=1", ""}, {"2026-03-05", "missed", "", ""},
	    {"2026-03-06", "contact", "", "order dispatch\n"},
	    {"2026-03-07", "intake", "", "assess $100.00 as course\nassess $40.00 as other\n"},
	    {"2026-03-08", "missed", "", "waive $100.00 as course\n"});
}

static void test_proposals(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, WORDS
		 "rule a\n  on contact\n  may assess fee_size as infraction due within 10 days\n"
		 "amount fee_size is $50\n  $60 from 2026-03-02\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	rig_event(&rig, cs, "2026-03-01", "contact", "");
	const char *about = rig_about(&rig, 0, ",by=Ana Ruiz");
	const char *anonymous = rig_about(&rig, 0, ",by=");
	assert_int_equal(case_balance(cs), 0);
	assert_string_equal(rig_event(&rig, cs, "2026-03-02", "approved", anonymous),
			    "refused bad-event\n");
	/* The amount is that of the proposal, the period counts from the approval. */
	assert_string_equal(rig_event(&rig, cs, "2026-03-03", "approved", about),
			    "assess $50.00 as infraction due 2026-03-13 by Ana Ruiz\n");
	assert_int_equal(case_balance(cs), 5000);
	assert_string_equal(rig_event(&rig, cs, "2026-03-04", "approved", about),
			    "refused no-such-outcome\n");
	rig_event(&rig, cs, "2026-03-05", "contact", "");
	about = rig_about(&rig, 0, ",by=Ana Ruiz");
	assert_string_equal(rig_event(&rig, cs, "2026-03-06", "declined", about), "");
	assert_string_equal(rig_event(&rig, cs, "2026-03-06", "approved", about),
			    "refused no-such-outcome\n");
	assert_int_equal(case_balance(cs), 5000);
	assert_int_equal(cs->proposals.n, 0);
	rig_close(&rig);
}

static void test_approval_meets_never_and_limits(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig,
		 WORDS "stipend a\n  on contact\n  may pay $50 to survivor\n  at most 1 per day\n"
		       "rule b\n  on session\n  may order arrest\n"
		       "never order arrest for survivor when custody is adult\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	rig_event(&rig, cs, "2026-03-01", "contact", "");
	const char *first = rig_about(&rig, 0, ",by=A");
	rig_event(&rig, cs, "2026-03-02", "contact", "");
	const char *second = rig_about(&rig, 0, ",by=A");
	assert_string_equal(rig_event(&rig, cs, "2026-03-03", "approved", first),
			    "pay $50.00 to S-1 due 2026-03-03 by A\n");
	assert_string_equal(rig_event(&rig, cs, "2026-03-03", "approved", second),
			    "refused limit\n");
	assert_int_equal(cs->proposals.n, 1);
	rig_event(&rig, cs, "2026-03-04", "session", "minutes=1");
	const char *third = rig_about(&rig, 0, ",by=A");
	rig_event(&rig, cs, "2026-03-05", "intake", "custody=adult");
	assert_string_equal(rig_event(&rig, cs, "2026-03-06", "approved", third),
			    "refused breaks-never\n");
	rig_close(&rig);
}

static void test_payments(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(
	    &rig, WORDS
	    "rule a\n  on contact\n  assess $50 as course\n"
	    "rule b of survivor\n  on payment_received when balance owed = $0\n  order dispatch\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	rig_event(&rig, cs, "2026-03-01", "contact", "");
	const char *less = rig_about(&rig, 0, ",amount=20.00");
	const char *more = rig_about(&rig, 0, ",amount=50.01");
	const char *rest = rig_about(&rig, 0, ",amount=30.00");
	const char *none = rig_about(&rig, 0, ",amount=0.00");
	assert_string_equal(rig_event(&rig, cs, "2026-03-02", "payment_received", more),
			    "refused bad-event\n");
	assert_string_equal(rig_event(&rig, cs, "2026-03-02", "payment_received", none),
			    "refused bad-event\n");
	assert_string_equal(rig_event(&rig, cs, "2026-03-02", "payment_received", less), "");
	assert_int_equal(case_balance(cs), 3000);
	assert_string_equal(rig_event(&rig, cs, "2026-03-03", "payment_received", rest),
			    "order dispatch\n");
	assert_int_equal(case_balance(cs), 0);
	assert_string_equal(rig_event(&rig, cs, "2026-03-04", "payment_received", less),
			    "refused no-such-outcome\n");
	rig_close(&rig);
}

static void test_refusals_of_the_event_itself(void **state)
{
	(void)state;
	RUN("rule r\n  on contact\n  order dispatch\n",
	    {"2026-03-02 12:00", "contact", "", "order dispatch\n"},
	    {"2026-03-02 12:00", "contact", "", "order dispatch\n"}, /* the same instant is fine */
	    {"2026-03-02 11:59", "contact", "", "refused late-event\n"},
	    {"2026-03-03", "retracted", "event=e-1,source=/test", "refused late-event\n"},
	    {"2026-03-03", "corrected", "event=e-1,source=/test", "refused late-event\n"});
}

static void test_instalments_add_up(void **state)
{
	(void)state;
	static const char *const where[] = {"", " remainder in last"};
	for (size_t w = 0; w < 2; w++) {
		struct rig rig;
		struct buf policy = {0};
		buf_fmt(&policy,
			"%srule r\n  on contact\n  assess $100.01 as course in 12 monthly "
			"instalments starting after 30 days%s\n",
			WORDS, where[w]);
		buf_char(&policy, '\0');
		rig_open(&rig, policy.p);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		struct event ev = rig_make(&rig, cs, "2026-01-01", "contact", "");
		struct decision out;
		int64_t sum = 0, cents, first = 0, last = 0;
		int32_t day, before = 0;
		assert_int_equal(decide_event(&rig.d, cs, &ev, &out), STATUS_OK);
		for (uint16_t i = 0; i < out.outcomes[0].times; i++) {
			outcome_instalment(rig.rb, &out.outcomes[0], i, &day, &cents);
			assert_true(day > before);
			before = day;
			sum += cents;
			first = i ? first : cents;
			last = cents;
		}
		assert_int_equal(sum, 10001);
		assert_int_equal(before, out.outcomes[0].due);
		assert_true(w ? last > first : first > last);
		rig_close(&rig);
		buf_release(&policy);
	}
}

/* ---- what is refused leaves no mark ---- */

#define BUSY                                                                                       \
	"stipend s\n  on session\n  pay $1 to survivor\n  at most 3 per day\n"                     \
	"schedule h\n  on session when provider is known\n  pay $5 to provider monthly for 3 "     \
	"months\n  stops on missed\n"                                                              \
	"escalation e\n  step one\n    on session\n    refer to court answered by answered "       \
	"within 5 days\n"                                                                          \
	"      otherwise notify advocate\n  ends on answered\n"                                    \
	"rule debts\n  on session\n  assess $10 as course\n  may order dispatch\n"                 \
	"rule names\n  on intake when home is known and note is known\n  set note to note\n"

static void test_refusal_undoes_everything(void **state)
{
	(void)state;
	static const struct {
		const char *block, *type, *fields, *slug;
	} table[] = {
	    {"rule x\n  on intake when score is 3\n  order arrest\nnever order arrest for survivor "
	     "when score < 9\n",
	     "intake", "age=30,custody=adult,home=A-2,note=new words", "breaks-never"},
	    {"rule x\n  on session when score is 3\n  order arrest\nnever order arrest for "
	     "survivor when score < 9\n",
	     "session", "minutes=1,provider=A-2", "breaks-never"},
	    {"rule x\n  on missed\n  set score to 9 + 9\n", "missed", "", "overflow"},
	    {"rule x\n  on answered\n  set score to 1\nrule y\n  on answered when score < 9\n  set "
	     "score to 2\n",
	     "answered", "", "contradiction"},
	    {"rule x of survivor\n  on payment_received when score is 3\n  order arrest\nnever "
	     "order arrest for survivor when score < 9\n",
	     "payment_received", NULL, "breaks-never"},
	    {"rule x\n  on missed\n  require plan within 9000 years\n", "missed", "", "overflow"},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct rig rig;
		struct buf policy = {0};
		/* The faulty block is asleep during the first event where the types are the same.
		 */
		buf_fmt(&policy, "%s%s%s", WORDS, BUSY, table[i].block);
		buf_char(&policy, '\0');
		rig_open(&rig, policy.p);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		bool sessions = strcmp(table[i].type, "session") == 0;
		if (sessions)
			cs->facts[4] = value_int(TYPE_NUMBER, 10);
		rig_event(&rig, cs, "2026-03-01", "session", "minutes=1,provider=A-1");
		assert_int_equal(rig.status, STATUS_OK);
		const char *fields = table[i].fields;
		for (size_t k = 0; k < cs->owed.n && !fields; k++) {
			rig.ids[0] = cs->owed.at[k].outcome;
			fields = rig_about(&rig, 0, ",amount=4.00");
		}
		if (sessions)
			cs->facts[4] = value_int(TYPE_NUMBER, 3);
		struct str before = rig_dump(&rig, cs);
		rig_event(&rig, cs, "2026-03-02", table[i].type, fields);
		assert_int_not_equal(rig.status, STATUS_OK);
		assert_string_equal(rig.d.refusal.slug, table[i].slug);
		assert_true(rig.d.refusal.n > 0 && rig.d.refusal.reasons[0].text.len > 0);
		assert_string_equal(rig_dump(&rig, cs).p, before.p);
		/* and the case goes on */
		rig_event(&rig, cs, "2026-03-03", "contact", "");
		assert_int_equal(rig.status, STATUS_OK);
		rig_close(&rig);
		buf_release(&policy);
	}
}

/* ---- the order of blocks ---- */

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

static void test_order_of_blocks_does_not_matter(void **state)
{
	(void)state;
	static const char *const blocks[] = {
	    "rule a\n  on session\n  start h\n  assess $10 as course\n",
	    "rule b\n  on session\n  start h\n  credit $4 against course\n",
	    "rule c\n  on session\n  credit $30 against course\n  waive other\n",
	    "rule d\n  on session\n  assess $7 as other\n  credit $30 against other\n",
	    "schedule h\n  on missed\n  pay $5 to survivor monthly for 3 months\n",
	    ("escalation e\n  step one\n    on session\n"
	     "    refer to court answered by answered within 5 days\n"),
	};
	enum { N = sizeof(blocks) / sizeof(blocks[0]) };
	struct hash128 expected[64];
	size_t nexpected = 0;
	int64_t balance = 0;
	for (size_t turn = 0; turn < N; turn++) {
		struct rig rig;
		struct buf policy = {0};
		buf_c(&policy, WORDS);
		for (size_t i = 0; i < N; i++)
			buf_c(&policy, blocks[(turn % 2 ? N - 1 - i + turn : i + turn) % N]);
		buf_char(&policy, '\0');
		rig_open(&rig, policy.p);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		rig_event(&rig, cs, "2026-03-01", "session", "minutes=1");
		rig_event(&rig, cs, "2026-03-02", "session", "minutes=1");
		assert_int_equal(rig.status, STATUS_OK);
		qsort(rig.ids, rig.nids, sizeof(rig.ids[0]), compare_ids);
		if (turn == 0) {
			memcpy(expected, rig.ids, sizeof(expected));
			nexpected = rig.nids;
			balance = case_balance(cs);
		}
		assert_true(nexpected >= 4);
		assert_int_equal(rig.nids, nexpected);
		assert_memory_equal(rig.ids, expected, nexpected * sizeof(expected[0]));
		assert_int_equal(case_balance(cs), balance);
		assert_int_equal(cs->running.n, 1);
		rig_close(&rig);
		buf_release(&policy);
	}
}

/* ---- what is missing, and what is too much ---- */

static void test_missing_facts_are_never_a_verdict(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, WORDS "rule a\n  on contact when score >= 3\n  order dispatch\n"
			     "rule b\n  on session\n  set score to score + 1\n"
			     "rule c\n  on missed\n  order arrest\n"
			     "never order arrest for survivor when score >= 9\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	struct trace trace = {0};
	assert_string_equal(rig_event(&rig, cs, "2026-03-01", "missed", ""), "order arrest\n");
	cs->facts[4] = value_missing(TYPE_NUMBER); /* as after a change of the vocabulary */
	rig.d.trace = &trace;
	assert_string_equal(rig_event(&rig, cs, "2026-03-02", "contact", ""), "");
	assert_int_equal(trace.entries.at[trace.entries.n - 1].result, RESULT_UNDECIDABLE);
	assert_string_equal(rig_event(&rig, cs, "2026-03-03", "session", "minutes=1"),
			    "refused undecidable\n");
	assert_true(str_contains(rig.d.refusal.reasons[0].text, STR("`score` is unknown")));
	assert_string_equal(rig_event(&rig, cs, "2026-03-04", "missed", ""),
			    "refused breaks-never\n");
	rig.d.trace = NULL;
	trace_release(&trace);
	rig_close(&rig);
}

static void test_trace_tells_how_it_came(void **state)
{
	(void)state;
	static const struct {
		enum trace_kind kind;
		enum trace_result result;
		int64_t value;
	} expected[] = {
	    {TRACE_PART, 0, 0},
	    {TRACE_VALUE, 0, 45},
	    {TRACE_TRUTH, 0, 0}, /* the rest of `and` is not looked at */
	    {TRACE_RESULT, RESULT_NOT_MET, 0},
	    {TRACE_PART, 0, 0},
	    {TRACE_VALUE, 0, 1},
	    {TRACE_TRUTH, 0, 1},
	    {TRACE_RESULT, RESULT_APPLIES, 0},
	    {TRACE_PART, 0, 0},
	    {TRACE_RESULT, RESULT_NO_EFFECT, 0},
	    {TRACE_PART, 0, 0},
	    {TRACE_RESULT, RESULT_OTHER_STEP, 0},
	    {TRACE_PART, 0, 0},
	    {TRACE_RESULT, RESULT_NOT_IN_FORCE, 0},
	    {TRACE_VALUE, 0, 3},
	    {TRACE_TRUTH, 0, 0},
	    {TRACE_NEVER, RESULT_HOLDS, 0},
	};
	struct rig rig;
	struct trace trace = {0};
	rig_open(&rig, WORDS
		 "rule a\n  on session when minutes >= 60 and custody is none\n  order arrest\n"
		 "rule b\n  on session when count of session is 1\n  order dispatch\n"
		 "rule c\n  on session\n  waive course\n"
		 "escalation e\n  step one\n    on missed\n    assess $1 as course\n"
		 "  step two after one\n    on session\n    order dispatch\n  ends on answered\n"
		 "never order dispatch for survivor when score > 3\n"
		 "program later\n  effective 2027-01-01\nrule z\n  on session\n  order dispatch\n"
		 "county other\n  adopts p from 2026-01-01\n  adopts later from 2027-01-01\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	cs->county = rulebook_county(rig.rb, STR("other"));
	rig.d.trace = &trace;
	rig_event(&rig, cs, "2026-03-02", "session", "minutes=45");
	assert_int_equal(rig.status, STATUS_OK);
	size_t n = 0;
	for (size_t i = 0; i < trace.entries.n; i++) {
		const struct trace_entry *e = &trace.entries.at[i];
		if (n >= sizeof(expected) / sizeof(expected[0]) || e->kind != expected[n].kind ||
		    e->result != expected[n].result ||
		    (e->value.known && e->value.i != expected[n].value))
			fail_msg("entry %zu: kind %d result %d value %lld", i, (int)e->kind,
				 (int)e->result, (long long)e->value.i);
		n++;
	}
	assert_int_equal(n, sizeof(expected) / sizeof(expected[0]));
	rig.d.trace = NULL;
	trace_release(&trace);
	rig_close(&rig);
}

static void test_limit_of_outcomes(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		struct rig rig;
		struct buf policy = {0};
		buf_c(&policy, WORDS);
		for (size_t i = 0; i < LIMIT_OUTCOMES + more; i++)
			buf_fmt(&policy, "%s  order dispatch\n",
				i % 256 ? ""
				: i ? i == 256 ? "rule s\n  on contact\n" : "rule t\n  on contact\n"
				    : "rule r\n  on contact\n");
		buf_char(&policy, '\0');
		rig_open(&rig, policy.p);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		rig_event(&rig, cs, "2026-03-02", "contact", "");
		assert_int_equal(rig.status, more ? STATUS_LIMIT : STATUS_OK);
		rig_close(&rig);
		buf_release(&policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_action),
	    cmocka_unit_test(test_conditions),
	    cmocka_unit_test(test_inputs_are_listed_once),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_the_order_of_payments_changes_nothing),
	    cmocka_unit_test(test_never),
	    cmocka_unit_test(test_contradictions),
	    cmocka_unit_test(test_alternative_triggers_apply_once),
	    cmocka_unit_test(test_credits_and_waivers),
	    cmocka_unit_test(test_proposals),
	    cmocka_unit_test(test_approval_meets_never_and_limits),
	    cmocka_unit_test(test_payments),
	    cmocka_unit_test(test_refusals_of_the_event_itself),
	    cmocka_unit_test(test_instalments_add_up),
	    cmocka_unit_test(test_refusal_undoes_everything),
	    cmocka_unit_test(test_order_of_blocks_does_not_matter),
	    cmocka_unit_test(test_missing_facts_are_never_a_verdict),
	    cmocka_unit_test(test_trace_tells_how_it_came),
	    cmocka_unit_test(test_limit_of_outcomes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
