/* SPDX-License-Identifier: Apache-2.0
 *
 * What compiles without contradiction never stops for one, and each example that the check shows
 * does: random policies, held against engine/decide itself.
 */
#include "engine/analyse/conditions.h"
#include "engine/analyse/conflict.h"

#include "engine/decide/decide.h"
#include "tests/support/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct compile_env env = {.zone_bytes = vocabulary_zone};

struct dice {
	uint64_t state;
	struct buf out;
	bool stages; /* instead of an escalation */
};

static unsigned roll(struct dice *d, unsigned n)
{
	d->state += 0x9E3779B97F4A7C15u;
	uint64_t z = d->state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

/* ---- policies ---- */

#define WORLD                                                                                      \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case client\n"                                                                            \
	" level : one of a, b, c default a\n"                                                      \
	" n : number from 0 to 6 default 0\n"                                                      \
	" flag : yes/no default no\n"                                                              \
	" opt : number from 0 to 5 optional\n"                                                     \
	"event x of client\n"                                                                      \
	" m : number from 0 to 10\n"                                                               \
	" sure : yes/no\n"                                                                         \
	"event y of client\n"                                                                      \
	"program p\n effective 2026-07-01\n"                                                       \
	"county alameda\n adopts p from 2026-07-01\n"                                              \
	"program_comes_next"

static const char *const atoms[] = {"m < %u",
				    "m is %u",
				    "n >= %u",
				    "n is not %u",
				    "flag",
				    "not sure",
				    "(opt is known and opt > %u)",
				    "(opt < %u or unknown)",
				    "opt is unknown",
				    "count of x is %u",
				    "count of y > %u",
				    "count of x + count of y < %u",
				    "n + m > %u",
				    "m - n <= %u",
				    "step of e is s1",
				    "step of e is none",
				    "level is b",
				    "level is one of a, c",
				    "(days since x is known and days since x > %u)",
				    "balance owed > $%u"};

static void put_atom(struct dice *d)
{
	const char *atom = atoms[roll(d, sizeof(atoms) / sizeof(*atoms))];
	if (d->stages && strncmp(atom, "step", 4) == 0) {
		buf_fmt(&d->out, "stage%s", atom + 4);
		return;
	}
	const char *number = strstr(atom, "%u");
	struct str before = {atom, number ? (size_t)(number - atom) : strlen(atom)};
	buf_str(&d->out, before);
	if (!number)
		return;
	buf_i64(&d->out, roll(d, 5));
	buf_c(&d->out, number + 2);
}

static void put_condition(struct dice *d)
{
	unsigned n = 1 + roll(d, 3);
	const char *join = roll(d, 3) ? " and " : " or ";
	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_c(&d->out, join);
		put_atom(d);
	}
}

static void put_rules(struct dice *d)
{
	for (unsigned i = 0, n = 2 + roll(d, 2); i < n; i++) {
		buf_fmt(&d->out, "rule r%u of client", i);
		if (i && roll(d, 4) == 0) {
			buf_fmt(&d->out, " overrides r%u", roll(d, i));
			if (roll(d, 2)) {
				buf_c(&d->out, " when ");
				put_condition(d);
			}
		}
		buf_c(&d->out, "\n on x when ");
		put_condition(d);
		if (d->stages && roll(d, 3) == 0)
			buf_fmt(&d->out, "\n enter s%u\n", 1 + roll(d, 2));
		else if (roll(d, 4))
			buf_fmt(&d->out, "\n set level to %c\n", "abc"[roll(d, 3)]);
		else
			buf_c(&d->out, roll(d, 2) ? "\n set n to m / 2 rounded down to the cent\n"
						  : "\n set level to level\n");
	}
}

static void put_steps(struct dice *d)
{
	const char *step = d->stages ? "stage" : "step";
	buf_fmt(&d->out, "%s e of client\n %s s1\n  on x when ",
		d->stages ? "stages" : "escalation", step);
	put_condition(d);
	buf_fmt(&d->out, "\n %s s2", step);
	buf_c(&d->out, roll(d, 2) ? " after s1\n  on x when " : "\n  on x when ");
	put_condition(d);
	buf_c(&d->out, "\n ends on x when ");
	put_condition(d);
	buf_c(&d->out, "\n");
}

static void put_fine(struct dice *d)
{
	buf_c(&d->out, "fine f of client\n on x\n");
	for (unsigned i = 1; i < 3; i++) {
		buf_fmt(&d->out, " tier %u when ", i);
		put_condition(d);
		buf_c(&d->out, "\n  assess $1 as line\n");
	}
	buf_c(&d->out, " otherwise nothing\n");
}

static struct rulebook *random_policy(struct dice *d)
{
	static const char world[] = WORLD;
	struct arena arena = {0};
	struct diag_list diags;
	struct rulebook *rb = NULL;
	diag_init(&diags, &arena);
	buf_clear(&d->out);
	d->stages = roll(d, 2);
	/* the county stands last, so that the blocks are the program's */
	const char *county = strstr(world, "county");
	buf_bytes(&d->out, world, (size_t)(county - world));
	put_rules(d);
	put_steps(d);
	if (roll(d, 2))
		put_fine(d);
	buf_bytes(&d->out, county, (size_t)(strstr(county, "program_comes_next") - county));
	struct source source = {STR("policy.way"), buf_view(&d->out)};
	compile_unchecked(&source, 1, &env, &diags, &rb);
	diag_release(&diags);
	arena_release(&arena);
	return rb;
}

/* ---- cases ---- */

#define DAY 20800

struct deed { /* an event and the case that it comes to */
	const struct rulebook *rb;
	struct case_state *cs;
	struct event ev;
	struct value fields[2];
	uint16_t x, y;
};

static void deed_start(struct deed *t, const struct rulebook *rb)
{
	*t = (struct deed){.rb = rb, .cs = case_new(rb, STR("c"), 0, 0)};
	t->x = rulebook_event(rb, STR("x"));
	t->y = rulebook_event(rb, STR("y"));
	t->ev =
	    (struct event){.source = STR("/t"), .id = STR("e"), .subject = STR("c"), .type = t->x};
	t->ev.day = DAY;
	t->ev.time = (int64_t)DAY * 86400 * 1000000;
	t->ev.fields = t->fields;
	t->ev.given = 3;
	t->ev.key = event_key(t->ev.source, t->ev.id);
	t->fields[0] = value_int(TYPE_NUMBER, 0);
	t->fields[1] = value_int(TYPE_YES_NO, 0);
}

static void deed_count(struct deed *t, uint16_t event, int64_t n, int64_t since)
{
	if (n > 0)
		*case_push(t->cs, counts) =
		    (struct counter){event, (uint32_t)n, DAY - (int32_t)since};
}

static void deed_owes(struct deed *t, int64_t cents)
{
	if (cents > 0)
		*case_push(t->cs, owed) = (struct obligation){.fund = NONE, .cents = cents};
}

static void deed_stands(struct deed *t, int64_t step)
{
	if (step > 0)
		*case_push(t->cs, positions) = (struct position){0, (uint16_t)step, DAY};
}

/* Is it stopped as a contradiction? */
static bool deed_stops(struct deed *t)
{
	struct decider d;
	struct decision out;
	decider_init(&d, t->rb, (struct world){0});
	bool stops = decide_event(&d, t->cs, &t->ev, &out) != STATUS_OK &&
		     strcmp(d.refusal.slug, "contradiction") == 0;
	decider_release(&d);
	case_free(t->rb, t->cs);
	return stops;
}

static void deed_takes(struct deed *t, const struct space_value *v, int64_t *x, int64_t *since)
{
	struct value known =
	    v->known ? value_int(v->type.kind, v->value) : value_missing(v->type.kind);
	switch (v->op) {
	case OP_FACT:
		t->cs->facts[v->a] = known;
		return;
	case OP_FIELD:
		t->fields[v->a] = known;
		return;
	case OP_COUNT:
		if (v->a == t->x)
			*x = v->value;
		else
			deed_count(t, v->a, v->value, 0);
		return;
	case OP_DAYS_SINCE:
		*since = v->value;
		return;
	case OP_OWED:
		deed_owes(t, v->value);
		return;
	case OP_STEP_IS:
		deed_stands(t, v->value);
		return;
	default:
		fail_msg("op %d is not in these policies", v->op);
	}
}

/* The example of a conflict, as a case. */
static void deed_example(struct deed *t, const struct space *s)
{
	struct space_value v[32];
	size_t n = space_values(s, v, 32);
	int64_t x = 1, since = 0;
	for (size_t i = 0; i < n; i++)
		deed_takes(t, &v[i], &x, &since);
	deed_count(t, t->x, x - 1, since);
}

static void deed_random(struct deed *t, struct dice *d)
{
	t->fields[0] = value_int(TYPE_NUMBER, roll(d, 11));
	t->fields[1] = value_int(TYPE_YES_NO, roll(d, 2));
	t->cs->facts[0] = value_int(TYPE_CHOICE, roll(d, 3));
	t->cs->facts[1] = value_int(TYPE_NUMBER, roll(d, 7));
	t->cs->facts[2] = value_int(TYPE_YES_NO, roll(d, 2));
	t->cs->facts[3] =
	    roll(d, 3) ? value_int(TYPE_NUMBER, roll(d, 6)) : value_missing(TYPE_NUMBER);
	deed_count(t, t->x, roll(d, 5), roll(d, 6));
	deed_count(t, t->y, roll(d, 5), 0);
	deed_owes(t, 100 * (int64_t)roll(d, 6) + roll(d, 2));
	deed_stands(t, roll(d, t->rb->escalations[0].nsteps + 1u));
}

/* ---- the property ---- */

struct tally {
	const struct rulebook *rb;
	const struct dice *policy;
	size_t found, examples, clean;
};

static void found(void *arg, const struct conflict *c)
{
	struct tally *t = arg;
	struct deed deed;
	t->found++;
	if (c->reply.answer != SPACE_EXAMPLE)
		return;
	deed_start(&deed, t->rb);
	deed_example(&deed, c->reply.space);
	if (!deed_stops(&deed))
		fail_msg("no contradiction when " STR_FMT " in\n" STR_FMT, STR_ARG(c->reply.words),
			 STR_ARG(buf_view(&t->policy->out)));
	t->examples++;
}

static void found_only(void *arg, const struct conflict *c)
{
	struct tally *t = arg;
	t->found += c->reply.answer == SPACE_EXAMPLE;
}

static void test_what_compiles_never_contradicts_itself(void **state)
{
	(void)state;
	struct dice d = {.state = 2026};
	struct tally t = {.policy = &d};
	for (int policy = 0; policy < 4000; policy++) {
		struct rulebook *rb = random_policy(&d);
		size_t before = t.found;
		if (!rb)
			fail_msg("does not compile:\n" STR_FMT, STR_ARG(buf_view(&d.out)));
		struct asker *a = asker_new(rb);
		t.rb = rb;
		conflicts_find(a, found, &t);
		for (int i = 0; i < 60 && t.found == before; i++) {
			struct deed deed;
			deed_start(&deed, rb);
			deed_random(&deed, &d);
			if (deed_stops(&deed))
				fail_msg("a contradiction in\n" STR_FMT, STR_ARG(buf_view(&d.out)));
		}
		t.clean += t.found == before;
		asker_free(a);
		rulebook_unref(rb);
	}
	buf_release(&d.out);
	assert_true(t.examples > 2000 && t.clean > 200);
}

/* ---- tiers ---- */

static struct rulebook *random_fine(struct dice *d)
{
	struct arena arena = {0};
	struct diag_list diags;
	struct rulebook *rb = NULL;
	diag_init(&diags, &arena);
	buf_clear(&d->out);
	d->stages = false;
	buf_bytes(&d->out, WORLD, (size_t)(strstr(WORLD, "county") - WORLD));
	buf_c(&d->out, "escalation e of client\n step s1\n  on y\n  set flag to yes\n ends on x\n");
	put_fine(d);
	buf_c(&d->out, "county alameda\n adopts p from 2026-07-01\n");
	struct source source = {STR("policy.way"), buf_view(&d->out)};
	compile_unchecked(&source, 1, &env, &diags, &rb);
	diag_release(&diags);
	arena_release(&arena);
	return rb;
}

/* How many assessments come of it; SIZE_MAX: it is stopped. */
static size_t deed_assesses(struct deed *t)
{
	struct decider d;
	struct decision out;
	size_t n = 0;
	decider_init(&d, t->rb, (struct world){0});
	if (decide_event(&d, t->cs, &t->ev, &out) != STATUS_OK)
		n = SIZE_MAX;
	for (size_t i = 0; n != SIZE_MAX && i < out.n; i++)
		n += out.outcomes[i].action == ACTION_ASSESS;
	decider_release(&d);
	case_free(t->rb, t->cs);
	return n;
}

static void test_a_gap_is_one_and_without_a_gap_some_tier_applies(void **state)
{
	(void)state;
	struct dice d = {.state = 7};
	size_t gaps = 0, complete = 0;
	for (int policy = 0; policy < 4000; policy++) {
		struct rulebook *rb = random_fine(&d);
		struct arena arena = {0};
		struct deed deed;
		struct code always = {0};
		assert_non_null(rb);
		struct asker *a = asker_new(rb);
		struct places places = places_of(rb, &arena);
		uint16_t x = rulebook_event(rb, STR("x"));
		struct reply r = tiers_gap(a, &places, rb->nblocks - 1, x, &always);
		gaps += r.answer == SPACE_EXAMPLE;
		complete += r.answer == SPACE_NONE;
		if (r.answer == SPACE_EXAMPLE) {
			deed_start(&deed, rb);
			deed_example(&deed, r.space);
			if (deed_assesses(&deed) != 0)
				fail_msg("no gap when " STR_FMT " in\n" STR_FMT, STR_ARG(r.words),
					 STR_ARG(buf_view(&d.out)));
		}
		for (int i = 0; i < 60 && r.answer == SPACE_NONE; i++) {
			deed_start(&deed, rb);
			deed_random(&deed, &d);
			if (deed_assesses(&deed) == 0)
				fail_msg("a gap in\n" STR_FMT, STR_ARG(buf_view(&d.out)));
		}
		asker_free(a);
		rulebook_unref(rb);
		arena_release(&arena);
	}
	buf_release(&d.out);
	assert_true(gaps > 1000 && complete > 20);
}

/* ---- limits ---- */

static void test_what_is_too_much_is_left_open(void **state)
{
	(void)state;
	struct dice d = {.state = 7};
	struct rulebook *rb = random_fine(&d);
	struct arena arena = {0};
	struct code always = {0};
	struct places places = places_of(rb, &arena);
	uint16_t x = rulebook_event(rb, STR("x"));
	struct asker *a = asker_new(rb);
	assert_int_not_equal(tiers_gap(a, &places, rb->nblocks - 1, x, &always).answer, SPACE_OPEN);
	size_t needed = asker_work(a);
	asker_free(a);
	for (int less = 0; less < 2; less++) {
		a = asker_new(rb);
		asker_limit(a, less ? 1 : needed);
		struct reply r = tiers_gap(a, &places, rb->nblocks - 1, x, &always);
		assert_int_equal(r.answer == SPACE_OPEN, less);
		assert_true(asker_spent(a));
		asker_free(a);
	}
	rulebook_unref(rb);
	arena_release(&arena);
	buf_release(&d.out);
}

/* Each of a row overrides both of the next: ways through them double with each row. */
static void test_many_overrides_are_looked_at_once(void **state)
{
	(void)state;
	struct buf t = {0};
	struct arena arena = {0};
	struct diag_list diags;
	struct rulebook *rb = NULL;
	diag_init(&diags, &arena);
	buf_bytes(&t, WORLD, (size_t)(strstr(WORLD, "county") - WORLD));
	for (int row = 0; row < 40; row++)
		for (int i = 0; i < 2; i++) {
			buf_fmt(&t, "rule r%d_%d of client", row, i);
			if (row < 39)
				buf_fmt(&t, " overrides r%d_0, r%d_1", row + 1, row + 1);
			buf_fmt(&t, "\n on x when m is %d\n set n to %d\n", row % 11, 1 + i);
		}
	struct source source = {STR("policy.way"), buf_view(&t)};
	compile_unchecked(&source, 1, &env, &diags, &rb);
	assert_non_null(rb);
	struct asker *a = asker_new(rb);
	struct tally tally = {.rb = rb};
	conflicts_find(a, found_only, &tally);
	assert_true(tally.found > 0);
	assert_false(asker_spent(a));
	asker_free(a);
	rulebook_unref(rb);
	diag_release(&diags);
	arena_release(&arena);
	buf_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_too_much_is_left_open),
	    cmocka_unit_test(test_many_overrides_are_looked_at_once),
	    cmocka_unit_test(test_a_gap_is_one_and_without_a_gap_some_tier_applies),
	    cmocka_unit_test(test_what_compiles_never_contradicts_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
