/* SPDX-License-Identifier: Apache-2.0
 *
 * The exact solver against trying everything: random conditions over a few small things, each
 * worked out for every value of all of them by an evaluator of other making. What the solver says
 * cannot be, is nowhere; what it shows as an example, is one.
 */
#include "engine/analyse/space.h"

#include "engine/analyse/linear.h"
#include "engine/analyse/ranges.h"
#include "engine/base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- a rulebook with a few small things ---- */

enum { FACT_A, FACT_B, FACT_C, FACT_D, FACT_E, FACT_F, FACTS };
enum { EVENT_X = EVENT_BUILTINS, EVENT_Y, EVENTS };
enum { COUNT_MOST = 6, SINCE_MOST = 4, STEPS = 3 };

static struct rulebook *rb;

static struct str name_of(const char *s)
{
	return str_from(s);
}

static struct type ranged(enum type_kind kind, int64_t min, int64_t max)
{
	return (struct type){.kind = kind, .has_range = true, .min = min, .max = max};
}

static int setup(void **state)
{
	static const char *const names[FACTS] = {"a", "b", "c", "d", "e", "f"};
	static const char *const choices[] = {"none", "juvenile", "adult"};
	(void)state;
	rb = rulebook_new();
	struct arena *m = &rb->arena;
	rb->choices = arena_array(m, 1, sizeof(*rb->choices));
	rb->nchoices = 1;
	rb->choices[0] = (struct choice_set){arena_array(m, 3, sizeof(struct str)), 3};
	for (int i = 0; i < 3; i++)
		rb->choices[0].names[i] = name_of(choices[i]);
	rb->kinds = arena_array(m, 1, sizeof(*rb->kinds));
	rb->nkinds = 1;
	rb->kinds[0] = (struct case_kind){.name = name_of("client"), .nfacts = FACTS};
	struct fact *f = arena_array(m, FACTS, sizeof(*f));
	for (int i = 0; i < FACTS; i++)
		f[i].name = name_of(names[i]);
	f[FACT_A].type = ranged(TYPE_NUMBER, 0, 4);
	f[FACT_B].type = ranged(TYPE_NUMBER, -2, 2);
	f[FACT_C].type = ranged(TYPE_NUMBER, 0, 3);
	f[FACT_C].optional = true;
	f[FACT_D].type = (struct type){.kind = TYPE_YES_NO};
	f[FACT_E].type = (struct type){.kind = TYPE_CHOICE};
	f[FACT_F].type = (struct type){.kind = TYPE_TEXT};
	rb->kinds[0].facts = f;
	rb->events = arena_array(m, EVENTS, sizeof(*rb->events));
	rb->nevents = EVENTS;
	rb->events[EVENT_X].name = name_of("x");
	rb->events[EVENT_Y].name = name_of("y");
	rb->blocks = arena_array(m, 1, sizeof(*rb->blocks));
	rb->nblocks = 1;
	rb->blocks[0].name = name_of("ladder");
	rb->escalations = arena_array(m, 1, sizeof(*rb->escalations));
	rb->nescalations = 1;
	rb->escalations[0] = (struct escalation){.nsteps = STEPS};
	rb->escalations[0].steps = arena_array(m, STEPS, sizeof(struct named));
	for (int i = 0; i < STEPS; i++)
		rb->escalations[0].steps[i].name = name_of(names[i]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rulebook_unref(rb);
	return 0;
}

static struct situation anywhere(void)
{
	return (struct situation){rb, NONE, 0, 10, 0, EVENT_X, 0};
}

/* ---- one case, and what a condition comes out as in it ---- */

struct world {
	int64_t a, b, d, e, f, x, y, since, step, today;
	bool c_known, since_known;
	int64_t c;
};

struct seen {
	bool known;
	int64_t v;
};

static struct seen seen(int64_t v)
{
	return (struct seen){true, v};
}

static const char *const texts[] = {"one", "two", "else"};

static int64_t text_value(struct value v)
{
	return str_eq(value_as_str(v), STR("one")) ? 0 : 1;
}

static struct seen look(const struct world *w, const struct insn *in)
{
	switch (in->op) {
	case OP_CONST:
		return seen(in->k.kind == TYPE_TEXT ? text_value(in->k) : in->k.i);
	case OP_FACT:
		return in->a == FACT_A   ? seen(w->a)
		       : in->a == FACT_B ? seen(w->b)
		       : in->a == FACT_C ? (struct seen){w->c_known, w->c}
		       : in->a == FACT_D ? seen(w->d)
		       : in->a == FACT_E ? seen(w->e)
					 : seen(w->f);
	case OP_COUNT:
		return seen(in->a == EVENT_X ? w->x : w->y);
	case OP_DAYS_SINCE:
		return (struct seen){w->since_known, w->since};
	case OP_STEP_IS:
		return seen(w->step == (int64_t)in->b);
	default:
		return seen(w->today);
	}
}

static struct seen work(uint8_t op, struct seen x, struct seen y)
{
	struct seen none = {false, 0};
	bool both = x.known && y.known;
	switch (op) {
	case OP_AND:
		if ((x.known && !x.v) || (y.known && !y.v))
			return seen(0);
		return both ? seen(1) : none;
	case OP_OR:
		if ((x.known && x.v) || (y.known && y.v))
			return seen(1);
		return both ? seen(0) : none;
	default:
		break;
	}
	if (!both)
		return none;
	int64_t table[] = {[OP_EQ] = x.v == y.v,
			   [OP_NE] = x.v != y.v,
			   [OP_LT] = x.v<y.v, [OP_LE] = x.v <= y.v, [OP_GT] = x.v> y.v,
			   [OP_GE] = x.v >= y.v,
			   [OP_ADD] = x.v + y.v,
			   [OP_SUB] = x.v - y.v,
			   [OP_MUL] = x.v * y.v,
			   [OP_LESSER] = x.v < y.v ? x.v : y.v};
	return seen(table[op]);
}

static struct seen evaluate(const struct world *w, const struct code *c)
{
	struct seen stack[64];
	uint32_t n = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct insn *in = &c->at[i];
		if (op_pops(in->op) == 0) {
			stack[n++] = look(w, in);
		} else if (op_pops(in->op) == 2) {
			n--;
			stack[n - 1] = work(in->op, stack[n - 1], stack[n]);
		} else if (in->op == OP_KNOWN) {
			stack[n - 1] = seen(stack[n - 1].known);
		} else if (in->op == OP_NOT) {
			stack[n - 1].v = !stack[n - 1].v;
		} else if (in->op == OP_OR_UNKNOWN) {
			stack[n - 1] = stack[n - 1].known ? stack[n - 1] : seen(1);
		} /* jumps only spare work */
	}
	return stack[0];
}

static uint32_t truth_of(const struct world *w, const struct code *c)
{
	struct seen t = evaluate(w, c);
	return !t.known ? TRUTH_UNDECIDABLE : t.v ? TRUTH_MET : TRUTH_NOT_MET;
}

/* ---- random conditions ---- */

struct maker {
	uint64_t state;
	VEC(struct insn) list;
	bool opaque; /* something was put in that is not followed */
};

static unsigned below(struct maker *g, unsigned n)
{
	g->state ^= g->state << 13;
	g->state ^= g->state >> 7;
	g->state ^= g->state << 17;
	return (unsigned)(g->state >> 33) % n;
}

static void put(struct maker *g, enum op op, uint16_t a, uint32_t b)
{
	*vec_push(&g->list) = (struct insn){.op = (uint8_t)op, .a = a, .b = b};
}

static void put_constant(struct maker *g, enum type_kind kind, int64_t i)
{
	put(g, OP_CONST, 0, 0);
	g->list.at[g->list.n - 1].k = value_int(kind, i);
}

/* A number of some kind. */
static void put_number(struct maker *g)
{
	switch (below(g, 8)) {
	case 0:
	case 1:
		put(g, OP_FACT, FACT_A, 0);
		return;
	case 2:
		put(g, OP_FACT, FACT_B, 0);
		return;
	case 3:
		put(g, OP_FACT, FACT_C, 0);
		return;
	case 4:
		put(g, OP_COUNT, below(g, 2) ? EVENT_X : EVENT_Y, 0);
		return;
	case 5:
		put(g, OP_DAYS_SINCE, EVENT_X, 0);
		return;
	default:
		put_constant(g, TYPE_NUMBER, (int64_t)below(g, 6) - 1);
	}
}

static void put_sum(struct maker *g, bool opaque)
{
	put_number(g);
	while (below(g, 3) == 0) {
		put_number(g);
		if (opaque && below(g, 3)) {
			put(g, OP_LESSER, 0, 0);
			g->opaque = true;
		} else {
			put(g, below(g, 2) ? OP_ADD : OP_SUB, 0, 0);
		}
	}
	if (below(g, 5) == 0) {
		put_constant(g, TYPE_NUMBER, 1 + below(g, 3));
		put(g, OP_MUL, 0, 0);
	}
}

static void put_simple(struct maker *g, bool opaque)
{
	static const enum op comparisons[] = {OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE};
	switch (below(g, 9)) {
	case 0:
		put(g, OP_FACT, FACT_D, 0);
		return;
	case 1:
		put(g, OP_FACT, FACT_E, 0);
		put_constant(g, TYPE_CHOICE, below(g, 3));
		put(g, below(g, 2) ? OP_EQ : OP_NE, 0, 0);
		return;
	case 2:
		put(g, OP_STEP_IS, 0, below(g, STEPS + 1));
		return;
	case 3:
		put(g, below(g, 2) ? OP_FACT : OP_DAYS_SINCE, FACT_C, 0);
		if (g->list.at[g->list.n - 1].op == OP_DAYS_SINCE)
			g->list.at[g->list.n - 1].a = EVENT_X;
		put(g, OP_KNOWN, 0, 0);
		return;
	case 4:
		put(g, OP_FACT, FACT_F, 0);
		put(g, OP_CONST, 0, 0);
		g->list.at[g->list.n - 1].k = value_str(TYPE_TEXT, name_of(texts[below(g, 2)]));
		put(g, OP_EQ, 0, 0);
		return;
	default:
		put_sum(g, opaque);
		put_sum(g, opaque);
		put(g, comparisons[below(g, 6)], 0, 0);
	}
}

static void put_condition(struct maker *g, unsigned depth, bool opaque)
{
	if (depth == 0 || below(g, 3) == 0) {
		put_simple(g, opaque);
	} else {
		put_condition(g, depth - 1, opaque);
		size_t skip = g->list.n;
		bool and = below(g, 2);
		put(g, and? OP_SKIP_IF_NO : OP_SKIP_IF_YES, 0, 0);
		put_condition(g, depth - 1, opaque);
		put(g, and? OP_AND : OP_OR, 0, 0);
		g->list.at[skip].b = (uint32_t)g->list.n;
	}
	if (below(g, 5) == 0)
		put(g, OP_NOT, 0, 0);
	if (below(g, 7) == 0)
		put(g, OP_OR_UNKNOWN, 0, 0);
}

/* ---- trying everything ---- */

struct wish {
	struct code code[2];
	uint32_t truths[2];
};

static bool wish_holds(const struct world *w, const struct wish *wish)
{
	return truth_of(w, &wish->code[0]) & wish->truths[0] &&
	       truth_of(w, &wish->code[1]) & wish->truths[1];
}

static bool reads(const struct wish *wish, enum op op, uint16_t a)
{
	for (int i = 0; i < 2; i++)
		for (uint32_t k = 0; k < wish->code[i].n; k++)
			if (wish->code[i].at[k].op == op && wish->code[i].at[k].a == a)
				return true;
	return false;
}

/* The next value of one digit of i, or 0 where the wish does not read it. */
static int64_t digit(int64_t *i, int64_t n, bool read)
{
	int64_t value = read ? *i % n : 0;
	*i = read ? *i / n : *i;
	return value;
}

static bool any_world(const struct wish *wish)
{
	bool since = reads(wish, OP_DAYS_SINCE, EVENT_X);
	for (int64_t i = 0;; i++) {
		struct world w = {.x = 1};
		int64_t left = i;
		w.a = digit(&left, 5, reads(wish, OP_FACT, FACT_A));
		w.b = digit(&left, 5, reads(wish, OP_FACT, FACT_B)) - 2;
		w.c = digit(&left, 5, reads(wish, OP_FACT, FACT_C)) - 1;
		w.d = digit(&left, 2, reads(wish, OP_FACT, FACT_D));
		w.e = digit(&left, 3, reads(wish, OP_FACT, FACT_E));
		w.f = digit(&left, 3, reads(wish, OP_FACT, FACT_F));
		/* this event is one */
		w.x += digit(&left, COUNT_MOST, since || reads(wish, OP_COUNT, EVENT_X));
		w.y = digit(&left, COUNT_MOST + 1, reads(wish, OP_COUNT, EVENT_Y));
		w.step = digit(&left, STEPS + 1, reads(wish, OP_STEP_IS, 0));
		w.since = digit(&left, SINCE_MOST + 1, since);
		w.c_known = w.c >= 0;
		w.since_known = w.x > 1;
		if (left)
			return false;
		if (wish_holds(&w, wish))
			return true;
	}
}

/* The example as a case. What the conditions do not read may be anything. */
static struct world world_of(const struct space *s)
{
	struct space_value v[32];
	struct world w = {.x = 1, .c_known = true};
	size_t n = space_values(s, v, 32);
	for (size_t i = 0; i < n; i++) {
		int64_t x = v[i].value;
		switch (v[i].op) {
		case OP_FACT:
			if (v[i].a == FACT_C)
				w.c_known = v[i].known;
			*(v[i].a == FACT_A   ? &w.a
			  : v[i].a == FACT_B ? &w.b
			  : v[i].a == FACT_C ? &w.c
			  : v[i].a == FACT_D ? &w.d
			  : v[i].a == FACT_E ? &w.e
					     : &w.f) = x;
			if (v[i].a == FACT_F)
				w.f = str_eq(v[i].text, STR("one"))   ? 0
				      : str_eq(v[i].text, STR("two")) ? 1
								      : 2;
			break;
		case OP_COUNT:
			*(v[i].a == EVENT_X ? &w.x : &w.y) = x;
			break;
		case OP_DAYS_SINCE:
			w.since_known = v[i].known;
			w.since = x;
			break;
		default:
			w.step = x;
			break;
		}
	}
	return w;
}

struct tally {
	size_t none, example, possible, opaque;
};

static void compare_one(unsigned seed, bool opaque, struct tally *t)
{
	struct maker g[2] = {{.state = seed * 0x9e3779b97f4a7c15u + 1}, {.state = 0}};
	struct wish wish;
	g[1].state = g[0].state ^ 0x1234567;
	struct situation at = anywhere();
	struct space *s = space_new(&at);
	for (int i = 0; i < 2; i++) {
		put_condition(&g[i], 1 + below(&g[i], 3), opaque);
		wish.code[i] = (struct code){.at = g[i].list.at, .n = (uint32_t)g[i].list.n};
		wish.truths[i] = 1 + below(&g[i], 6);
		space_want(s, &wish.code[i], wish.truths[i]);
	}
	enum space_answer answer = space_solve(s);
	if (answer == SPACE_EXAMPLE) {
		struct world w = world_of(s);
		if (!wish_holds(&w, &wish))
			fail_msg("seed %u: the example is none", seed);
		t->example++;
	} else if (answer == SPACE_NONE) {
		if (any_world(&wish))
			fail_msg("seed %u: there is an example", seed);
		t->none++;
	} else {
		assert_int_equal(answer, SPACE_POSSIBLE);
		t->opaque += g[0].opaque || g[1].opaque;
		t->possible++;
	}
	space_free(s);
	vec_release(&g[0].list);
	vec_release(&g[1].list);
}

static void test_the_solver_is_exact(void **state)
{
	(void)state;
	struct tally t = {0};
	for (unsigned seed = 1; seed <= 600; seed++)
		compare_one(seed, false, &t);
	assert_true(t.none > 100 && t.example > 300 && t.possible == 0);
}

static void test_what_is_not_followed_is_never_excluded(void **state)
{
	(void)state;
	struct tally t = {0};
	for (unsigned seed = 1; seed <= 250; seed++)
		compare_one(seed, true, &t);
	assert_true(t.none > 25 && t.example > 100 && t.opaque > 5);
}

/* ---- linear ---- */

static void test_linear_systems_against_a_grid(void **state)
{
	(void)state;
	struct maker g = {.state = 4711};
	size_t found = 0, none = 0, open = 0;
	for (int round = 0; round < 5000; round++) {
		struct arena arena = {0};
		struct linear_row rows[12] = {{{0}, 0}};
		size_t n = 6;
		int64_t v[3];
		for (size_t i = 0; i < 3; i++) { /* each from 0 to 5 */
			rows[2 * i].coef[i] = 1;
			rows[2 * i].most = 5;
			rows[2 * i + 1].coef[i] = -1;
		}
		for (unsigned more = 1 + below(&g, 4); more-- > 0; n++) {
			for (size_t i = 0; i < 3; i++)
				rows[n].coef[i] = (int64_t)below(&g, 7) - 3;
			rows[n].most = (int64_t)below(&g, 13) - 6;
		}
		bool any = false;
		for (int p = 0; p < 6 * 6 * 6 && !any; p++) {
			int64_t at[3] = {p % 6, p / 6 % 6, p / 36};
			any = true;
			for (size_t r = 0; r < n; r++)
				any = any && rows[r].coef[0] * at[0] + rows[r].coef[1] * at[1] +
						     rows[r].coef[2] * at[2] <=
						 rows[r].most;
		}
		enum linear_answer answer = linear_solve(&arena, 3, rows, n, v);
		if (answer == LINEAR_FOUND) {
			for (size_t r = 0; r < n; r++)
				assert_true(rows[r].coef[0] * v[0] + rows[r].coef[1] * v[1] +
						rows[r].coef[2] * v[2] <=
					    rows[r].most);
			found++;
		} else if (answer == LINEAR_NONE) {
			assert_false(any);
			none++;
		} else {
			open++;
		}
		arena_release(&arena);
	}
	assert_true(found > 500 && none > 500 && open < 500);
}

static void test_division_goes_down_or_up(void **state)
{
	(void)state;
	assert_int_equal(floor_div(7, 2), 3);
	assert_int_equal(floor_div(-7, 2), -4);
	assert_int_equal(ceil_div(7, 2), 4);
	assert_int_equal(ceil_div(-7, 2), -3);
	assert_int_equal(floor_div(-6, 2), -3);
	assert_int_equal(ceil_div(-6, 2), -3);
}

/* ---- words ---- */

static void assert_words(enum type_kind kind, struct range r, const char *want)
{
	struct buf b = {0};
	struct type t = {.kind = kind};
	range_words(&b, rb, &t, &r);
	if (!str_eq(buf_view(&b), str_from(want)))
		fail_msg(STR_FMT ", not %s", STR_ARG(buf_view(&b)), want);
	buf_release(&b);
}

static void test_ranges_in_words(void **state)
{
	(void)state;
	assert_words(TYPE_NUMBER, (struct range){3, 3, false, false}, " is 3");
	assert_words(TYPE_NUMBER, (struct range){3, 9, false, true}, " is 3 or more");
	assert_words(TYPE_NUMBER, (struct range){0, 2, true, false}, " is 2 or less");
	assert_words(TYPE_MONEY, (struct range){100, 20000, false, false}, " is from $1 to $200");
	assert_words(TYPE_MONEY, (struct range){-5, 49999, true, false}, " is under $500");
	assert_words(TYPE_MONEY, (struct range){50001, 99999, false, false},
		     " is over $500 and under $1,000");
	assert_words(TYPE_MONEY, (struct range){150, 150, false, false}, " is $1.50");
	assert_words(TYPE_YEARS, (struct range){18, 120, false, true}, " is 18 or more");
	assert_words(TYPE_DATE, (struct range){0, 9, false, true}, " is 1970-01-01 or later");
	assert_words(TYPE_CHOICE, (struct range){1, 2, false, false}, " is juvenile or adult");
	assert_words(TYPE_YES_NO, (struct range){0, 0, false, false}, " is no");
	assert_words(TYPE_NUMBER, (struct range){0, 9, true, true}, " is anything");
}

/* count of x is OP k */
static struct code count_is(struct insn *at, uint16_t event, enum op op, int64_t k)
{
	at[0] = (struct insn){.op = OP_COUNT, .a = event};
	at[1] = (struct insn){.op = OP_CONST, .k = value_int(TYPE_NUMBER, k)};
	at[2] = (struct insn){.op = (uint8_t)op};
	return (struct code){.at = at, .n = 3};
}

static void test_an_example_says_what_matters(void **state)
{
	(void)state;
	struct insn at[2][3];
	struct code one = count_is(at[0], EVENT_X, OP_GE, 2),
		    two = count_is(at[1], EVENT_X, OP_LT, 5);
	struct situation where = anywhere();
	struct space *s = space_new(&where);
	struct buf b = {0};
	space_want(s, &one, TRUTH_MET);
	space_want(s, &two, TRUTH_MET);
	space_want_step(s, 0, 0x3);
	assert_int_equal(space_solve(s), SPACE_EXAMPLE);
	space_words(&b, s);
	assert_true(
	    str_eq(buf_view(&b), STR("count of x is from 2 to 4 and step of ladder is none or a")));
	buf_clear(&b);
	space_ranges(&b, s);
	assert_true(str_eq(buf_view(&b), STR("count of x is 1 or more")));
	buf_release(&b);
	space_free(s);
}

/* ---- limits ---- */

/* a or b or c … of n counts that exclude each other pairwise is slow on purpose: each event is
 * another dimension. */
static void test_too_much_work_is_left_open(void **state)
{
	(void)state;
	struct insn at[3];
	struct code c = count_is(at, EVENT_X, OP_GE, 2);
	struct situation where = anywhere();
	struct space *s = space_new(&where);
	space_want(s, &c, TRUTH_MET);
	assert_int_equal(space_solve(s), SPACE_EXAMPLE);
	where.work = space_work(s);
	space_free(s);

	s = space_new(&where); /* just enough */
	space_want(s, &c, TRUTH_MET);
	assert_int_equal(space_solve(s), SPACE_EXAMPLE);
	space_free(s);

	where.work--; /* one too little */
	s = space_new(&where);
	space_want(s, &c, TRUTH_MET);
	assert_int_equal(space_solve(s), SPACE_OPEN);
	space_free(s);
}

/* A sum of n different things that is to be more than 0. */
static enum space_answer ask_sum(unsigned n)
{
	struct insn at[2 * LIMIT_UNKNOWNS + 6];
	uint32_t k = 0;
	for (unsigned i = 0; i < n; i++) {
		enum op op = i < FACT_D ? OP_FACT : OP_PAID_UNDER;
		at[k++] = (struct insn){.op = (uint8_t)op, .a = (uint16_t)i};
		if (i)
			at[k++] = (struct insn){.op = OP_ADD};
	}
	at[k++] = (struct insn){.op = OP_CONST, .k = value_int(TYPE_NUMBER, 3)};
	at[k++] = (struct insn){.op = OP_GT};
	struct code c = {.at = at, .n = k};
	struct situation where = anywhere();
	struct space *s = space_new(&where);
	space_want(s, &c, TRUTH_MET);
	enum space_answer answer = space_solve(s);
	space_free(s);
	return answer;
}

static void test_a_sum_of_too_many_things_is_not_followed(void **state)
{
	(void)state;
	assert_int_equal(ask_sum(LIMIT_UNKNOWNS), SPACE_EXAMPLE);
	assert_int_equal(ask_sum(LIMIT_UNKNOWNS + 1), SPACE_POSSIBLE);
}

/* count of event 0 >= 2 and count of event 1 >= 2 and … */
static enum space_answer ask_many(uint32_t n)
{
	struct situation where = anywhere();
	struct space *s = space_new(&where);
	for (uint32_t i = 0; i < n; i++) {
		struct insn at[3];
		struct code c = count_is(at, (uint16_t)(EVENTS + i), OP_GE, 2);
		space_want(s, &c, TRUTH_MET);
	}
	enum space_answer answer = space_solve(s);
	space_free(s);
	return answer;
}

static void test_too_many_things_are_left_open(void **state)
{
	(void)state;
	assert_int_equal(ask_many(LIMIT_DIMENSIONS + 1), SPACE_OPEN);
	assert_int_not_equal(ask_many(200), SPACE_OPEN);
}

/* p rows that bound the first unknown from above and q from below, all different: their pairs are
 * p times q rows without it. */
static enum linear_answer solve_pairs(int64_t p, int64_t q)
{
	struct arena arena = {0};
	struct linear_row *rows = arena_array(&arena, (size_t)(p + q), sizeof(*rows));
	int64_t values[5];
	for (int64_t i = 0; i < p; i++)
		rows[i] = (struct linear_row){{1, i + 1, (i + 1) * (i + 1), 0, 0}, 1};
	for (int64_t i = 0; i < q; i++)
		rows[p + i] = (struct linear_row){{-1, 0, 0, i + 1, (i + 1) * (i + 1)}, 1};
	enum linear_answer answer = linear_solve(&arena, 5, rows, (size_t)(p + q), values);
	arena_release(&arena);
	return answer;
}

static void test_too_many_rows_are_left_open(void **state)
{
	(void)state;
	assert_int_equal(solve_pairs(10, LIMIT_LINEAR_ROWS / 10), LINEAR_FOUND);
	assert_int_equal(solve_pairs(LIMIT_LINEAR_ROWS + 1, 1), LINEAR_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_solver_is_exact),
	    cmocka_unit_test(test_what_is_not_followed_is_never_excluded),
	    cmocka_unit_test(test_linear_systems_against_a_grid),
	    cmocka_unit_test(test_division_goes_down_or_up),
	    cmocka_unit_test(test_ranges_in_words),
	    cmocka_unit_test(test_an_example_says_what_matters),
	    cmocka_unit_test(test_too_much_work_is_left_open),
	    cmocka_unit_test(test_a_sum_of_too_many_things_is_not_followed),
	    cmocka_unit_test(test_too_many_things_are_left_open),
	    cmocka_unit_test(test_too_many_rows_are_left_open),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
