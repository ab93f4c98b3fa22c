/* SPDX-License-Identifier: Apache-2.0
 *
 * The code of conditions: what the verifier lets through, and what each instruction comes to, with
 * every combination of yes, no and missing.
 */
#include "tests/support/case_rig.h"

#include "engine/base/limits.h"

#define POLICY                                                                                     \
	"timezone \"UTC\"\n"                                                                       \
	"case survivor\n  flag : yes/no default no\n  age : years optional\n"                      \
	"event contact of survivor\n  explained : yes/no\n"                                        \
	"action dispatch\n"                                                                        \
	"county alameda\n  adopts p from 2026-01-01\n"                                             \
	"program p\n  effective 2026-01-01\n"                                                      \
	"rule r\n  on contact when flag\n  order dispatch\n"                                       \
	"rule s\n  on contact when explained\n  order dispatch\n"                                  \
	"rule t\n  on contact when age is known\n  order dispatch\n"

#define INSN(...)   ((struct insn){__VA_ARGS__})
#define NUM(n)      INSN(.op = OP_CONST, .k = {.kind = TYPE_NUMBER, .known = true, .i = (n)})
#define CENTS(n)    INSN(.op = OP_CONST, .k = {.kind = TYPE_MONEY, .known = true, .i = (n)})
#define DAY(n)      INSN(.op = OP_CONST, .k = {.kind = TYPE_DATE, .known = true, .i = (n)})
#define RATE(n)     INSN(.op = OP_CONST, .k = {.kind = TYPE_PERCENT, .known = true, .i = (n)})
#define OP(o)       INSN(.op = (uint8_t)(o))
#define OPA(o, x)   INSN(.op = (uint8_t)(o), .a = (x))
#define SKIP(o, to) INSN(.op = (uint8_t)(o), .b = (to))

/* yes, no, and what is not known */
static const char truth_name[] = "YN?";

static struct insn truth_insn(char c)
{
	return INSN(.op = OP_CONST, .k = {.kind = TYPE_YES_NO, .known = c != '?', .i = c == 'Y'});
}

/* How a condition comes out, seen from outside: the rule applies, does not, or cannot be decided.
 */
static char outcome_of(struct rig *rig, const struct insn *at, uint32_t n)
{
	static unsigned minute;
	struct part *p = &rig->rb->parts[0];
	struct code kept = p->when;
	struct trace trace = {0};
	struct case_state *cs = rig_case(rig, "survivor", "S-1");
	char when[32], out = '-';
	p->when = (struct code){.at = at, .n = n, .type = {.kind = TYPE_YES_NO}};
	assert_true(code_verify(rig->rb, &p->when));
	snprintf(when, sizeof(when), "2026-01-02 %02u:%02u", minute / 60, minute % 60);
	minute++;
	rig->d.trace = &trace;
	const char *text = rig_event(rig, cs, when, "contact", "");
	for (size_t i = 0; i < trace.entries.n; i++) {
		const struct trace_entry *e = &trace.entries.at[i];
		if (e->kind != TRACE_RESULT || e->part != 0)
			continue;
		out = e->result == RESULT_APPLIES ? 'Y' : e->result == RESULT_NOT_MET ? 'N' : '?';
	}
	if (rig->status)
		out = '!';
	else
		assert_int_equal(out == 'Y', *text != '\0');
	rig->d.trace = NULL;
	trace_release(&trace);
	p->when = kept;
	return out;
}

static void test_truth_tables(void **state)
{
	(void)state;
	static const struct {
		enum op op, skip;
		const char *rows; /* YY YN Y? NY NN N? ?Y ?N ?? */
	} table[] = {
	    {OP_AND, OP_SKIP_IF_NO, "YN?NNN?N?"},
	    {OP_OR, OP_SKIP_IF_YES, "YYYYN?Y??"},
	};
	struct rig rig;
	rig_open(&rig, POLICY);
	for (size_t t = 0; t < 2; t++) {
		for (size_t i = 0; i < 9; i++) {
			struct insn x = truth_insn(truth_name[i / 3]),
				    y = truth_insn(truth_name[i % 3]);
			struct insn plain[] = {x, y, OP(table[t].op)};
			struct insn skipping[] = {x, SKIP(table[t].skip, 4), y, OP(table[t].op)};
			assert_int_equal(outcome_of(&rig, plain, 3), table[t].rows[i]);
			assert_int_equal(outcome_of(&rig, skipping, 4), table[t].rows[i]);
		}
	}
	static const struct {
		enum op op;
		const char *rows; /* Y N ? */
	} unary[] = {{OP_NOT, "NY?"}, {OP_KNOWN, "YYN"}, {OP_OR_UNKNOWN, "YNY"}};
	for (size_t t = 0; t < 3; t++)
		for (size_t i = 0; i < 3; i++) {
			struct insn code[] = {truth_insn(truth_name[i]), OP(unary[t].op)};
			assert_int_equal(outcome_of(&rig, code, 2), unary[t].rows[i]);
		}
	rig_close(&rig);
}

static void test_comparisons(void **state)
{
	(void)state;
	static const struct {
		enum op op;
		const char *rows; /* 1?2 2?2 3?2 missing?2 */
	} table[] = {{OP_EQ, "NYN?"}, {OP_NE, "YNY?"}, {OP_LT, "YNN?"},
		     {OP_LE, "YYN?"}, {OP_GT, "NNY?"}, {OP_GE, "NYY?"}};
	struct rig rig;
	rig_open(&rig, POLICY);
	for (size_t t = 0; t < sizeof(table) / sizeof(table[0]); t++)
		for (int i = 0; i < 4; i++) {
			struct insn code[] = {i < 3 ? NUM(i + 1) : OPA(OP_FACT, 1), NUM(2),
					      OP(table[t].op)};
			assert_int_equal(outcome_of(&rig, code, 3), table[t].rows[i]);
		}
	rig_close(&rig);
}

static void test_arithmetic(void **state)
{
	(void)state;
	const int32_t jan31 = day_of((struct date){2026, 1, 31});
	const struct {
		struct insn x, y, op;
		int64_t expected;
		bool refused;
	} table[] = {
	    {CENTS(5), CENTS(7), OP(OP_ADD), 12, false},
	    {CENTS(5), CENTS(7), OP(OP_SUB), -2, false},
	    {CENTS(INT64_MAX), CENTS(1), OP(OP_ADD), 0, true},
	    {CENTS(INT64_MIN), CENTS(1), OP(OP_SUB), 0, true},
	    {CENTS(25100), NUM(52), OP(OP_MUL), 1305200, false},
	    {CENTS(INT64_MAX), NUM(2), OP(OP_MUL), 0, true},
	    {CENTS(1000), NUM(3), OPA(OP_DIV, ROUND_UP), 334, false},
	    {CENTS(1000), NUM(3), OPA(OP_DIV, ROUND_DOWN), 333, false},
	    {CENTS(1000), NUM(3), OPA(OP_DIV, ROUND_EXACT), 0, true},
	    {CENTS(1000), NUM(0), OPA(OP_DIV, ROUND_UP), 0, true},
	    {RATE(75000), CENTS(1000), OPA(OP_PERCENT, ROUND_HALF_UP), 75, false},
	    {RATE(75000), CENTS(5), OPA(OP_PERCENT, ROUND_HALF_EVEN), 0, false},
	    {CENTS(1000), CENTS(2500), OPA(OP_UNITS, ROUND_UP), 3, false},
	    {CENTS(1000), CENTS(2500), OPA(OP_UNITS, ROUND_DOWN), 2, false},
	    {CENTS(1000), CENTS(3000), OPA(OP_UNITS, ROUND_UP), 3, false},
	    {CENTS(1000), CENTS(0), OPA(OP_UNITS, ROUND_UP), 0, false},
	    {CENTS(1), CENTS(INT64_MAX), OPA(OP_UNITS, ROUND_UP), INT64_MAX, false},
	    {CENTS(0), CENTS(2500), OPA(OP_UNITS, ROUND_UP), 0, true},
	    {CENTS(-1000), CENTS(2500), OPA(OP_UNITS, ROUND_UP), 0, true},
	    {CENTS(5), CENTS(7), OP(OP_LESSER), 5, false},
	    {CENTS(5), CENTS(7), OP(OP_GREATER), 7, false},
	    {DAY(jan31), NUM(1), OPA(OP_DATE_ADD, UNIT_MONTHS), jan31 + 28, false},
	    {DAY(jan31), NUM(1), OPA(OP_DATE_SUB, UNIT_MONTHS), jan31 - 31, false},
	    {DAY(jan31), NUM(9000), OPA(OP_DATE_ADD, UNIT_YEARS), 0, true},
	    {DAY(jan31), NUM(INT64_MIN), OPA(OP_DATE_SUB, UNIT_DAYS), 0, true},
	    {DAY(jan31), DAY(jan31 - 3), OP(OP_DATE_DIFF), 3, false},
	};
	struct rig rig;
	rig_open(&rig, POLICY);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct insn code[] = {table[i].x, table[i].y, table[i].op, NUM(table[i].expected),
				      OP(OP_EQ)};
		assert_int_equal(outcome_of(&rig, code, 5), table[i].refused ? '!' : 'Y');
		/* a missing operand makes it missing, never a fault */
		struct insn missing[] = {OPA(OP_FACT, 1), table[i].y, table[i].op, NUM(0),
					 OP(OP_EQ)};
		assert_int_equal(outcome_of(&rig, missing, 5), '?');
	}
	rig_close(&rig);
}

static void test_verifier(void **state)
{
	(void)state;
	const struct insn good[] = {truth_insn('Y'), SKIP(OP_SKIP_IF_NO, 4), truth_insn('N'),
				    OP(OP_AND)};
	struct insn deep[LIMIT_STACK + 1], tower[2 * LIMIT_STACK];
	const struct {
		struct insn at[4];
		uint32_t n;
	} bad[] = {
	    {{OP(OP_NOT)}, 1},                              /* nothing on the stack */
	    {{truth_insn('Y'), OP(OP_AND)}, 2},             /* one is missing */
	    {{truth_insn('Y'), truth_insn('Y')}, 2},        /* two are left */
	    {{truth_insn('Y'), SKIP(OP_SKIP_IF_NO, 1)}, 2}, /* a jump to itself */
	    {{truth_insn('Y'), SKIP(OP_SKIP_IF_NO, 0)}, 2}, /* a jump back */
	    {{truth_insn('Y'), SKIP(OP_SKIP_IF_NO, 3)}, 2}, /* past the end */
	    {{truth_insn('Y'), SKIP(OP_SKIP_IF_NO, 3), truth_insn('N'), OP(OP_AND)}, 4}, /* depth */
	    {{OPA(OP_FACT, 2)}, 1},
	    {{OPA(OP_PARAM, 0)}, 1},
	    {{OPA(OP_COUNT, 999)}, 1},
	    {{NUM(1), NUM(2), OPA(OP_UNITS, ROUND_EXACT)}, 3},
	    {{OPA(OP_PAID_UNDER, 0)}, 1},
	    {{OPA(OP_STEP_IS, 0)}, 1},
	    {{OPA(OP_FIELD, LIMIT_FIELDS)}, 1},
	    {{OP(250)}, 1},
	};
	struct rig rig;
	rig_open(&rig, POLICY);
	assert_true(code_verify(rig.rb, &(struct code){.at = good, .n = 4}));
	assert_true(code_verify(rig.rb, &(struct code){0}));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(code_verify(rig.rb, &(struct code){.at = bad[i].at, .n = bad[i].n}));
	for (size_t i = 0; i <= LIMIT_STACK; i++)
		deep[i] = truth_insn('Y');
	assert_false(code_verify(rig.rb, &(struct code){.at = deep, .n = LIMIT_STACK + 1}));
	for (size_t i = 0; i < 2 * LIMIT_STACK - 1; i++)
		tower[i] = i < LIMIT_STACK ? truth_insn('Y') : OP(OP_AND);
	assert_true(code_verify(rig.rb, &(struct code){.at = tower, .n = 2 * LIMIT_STACK - 1}));
	assert_int_equal(outcome_of(&rig, tower, 2 * LIMIT_STACK - 1), 'Y');
	rig_close(&rig);
}

static void test_limit_of_instructions(void **state)
{
	(void)state;
	struct rig rig;
	struct insn *at = calloc(LIMIT_CODE + 1, sizeof(*at));
	rig_open(&rig, POLICY);
	at[0] = truth_insn('Y');
	for (size_t i = 1; i <= LIMIT_CODE; i++)
		at[i] = OP(OP_NOT);
	assert_true(code_verify(rig.rb, &(struct code){.at = at, .n = LIMIT_CODE}));
	assert_false(code_verify(rig.rb, &(struct code){.at = at, .n = LIMIT_CODE + 1}));
	rig_close(&rig);
	free(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_truth_tables),
	    cmocka_unit_test(test_comparisons),
	    cmocka_unit_test(test_arithmetic),
	    cmocka_unit_test(test_verifier),
	    cmocka_unit_test(test_limit_of_instructions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
