/* SPDX-License-Identifier: Apache-2.0
 *
 * Events against the vocabulary, and the state of a case on its own.
 */
#include "tests/support/case_rig.h"

#include "engine/base/limits.h"

#define POLICY                                                                                     \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case survivor\n  age : years from 0 to 120 optional\n  note : text optional\n"            \
	"case buyer\n  fined : yes/no default no\n"                                                \
	"event session of survivor\n  sets age, note\n"                                            \
	"  service : one of counselling, housing\n  provider : buyer\n  on_day : date optional\n"  \
	"event conviction of buyer\n"                                                              \
	"event contact of survivor, buyer\n"                                                       \
	"action dispatch\n"                                                                        \
	"county alameda\n  adopts p from 2026-07-01\n"                                             \
	"program p\n  effective 2026-01-01\n"                                                      \
	"rule r\n  on session when age is known and note is known and service is housing and "     \
	"provider.fined\n  order dispatch\n"

#define GOOD "age=20,note=x,service=housing,provider=B-1"

static struct event make(struct rig *rig, const char *type, const char *fields)
{
	return rig_make(rig, rig_case(rig, "survivor", "S-1"), "2026-07-01", type, fields);
}

static void test_event_check_names_every_fault(void **state)
{
	(void)state;
	static const struct {
		const char *type, *fields, *slug, *where;
		size_t n;
	} table[] = {
	    {"session", GOOD, NULL, NULL, 0},
	    {"session", "age=unknown,note=x,service=housing,provider=B-1", NULL, NULL, 0},
	    {"session", "age=0,service=housing,provider=B", NULL, NULL, 0},
	    {"session", "age=120,service=housing,provider=B", NULL, NULL, 0},
	    {"session", "age=121,service=housing,provider=B", "bad-event", "data.age", 1},
	    {"session", "age=-1,service=housing,provider=B", "bad-event", "data.age", 1},
	    {"session", "age=20,note=x", "bad-event", "data.service", 2},
	    {"session", "service=housing,provider=", "bad-event", "data.provider", 1},
	    {"conviction", "", "other-kind", "type", 1},
	    {"contact", "", NULL, NULL, 0},
	    {"approved", "outcome=a,by=b", NULL, NULL, 0},
	    {"approved", "outcome=a", "bad-event", "data.by", 1},
	    {"payment_received", "outcome=a,amount=0.00", "bad-event", "data.amount", 1},
	    {"deadline", "", "unknown-event", "type", 1},
	    {"scheduled", "", "unknown-event", "type", 1},
	};
	struct rig rig;
	rig_open(&rig, POLICY);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct refusal r = {0};
		struct event ev = make(&rig, table[i].type, table[i].fields);
		bool fits = event_check(rig.rb, &ev, &rig.arena, &r);
		assert_int_equal(fits, table[i].slug == NULL);
		assert_int_equal(r.n, table[i].n);
		if (fits)
			continue;
		bool named = false;
		for (size_t k = 0; k < r.n; k++)
			named = named || str_eq(r.reasons[k].where, str_from(table[i].where));
		assert_true(named);
		assert_string_equal(r.slug, table[i].slug);
	}
	rig_close(&rig);
}

static void test_event_check_of_ids_days_and_values(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, POLICY);
	struct refusal r;
	struct event ev = make(&rig, "session", GOOD);
	char long_text[LIMIT_FIELD_TEXT_BYTES + 1];
	memset(long_text, 'x', sizeof(long_text));
	ev.id = (struct str){long_text, LIMIT_ID_BYTES};
	ev.source = (struct str){long_text, LIMIT_SOURCE_ID_BYTES};
	ev.subject = ev.id;
	ev.fields[4] = value_str(TYPE_TEXT, (struct str){long_text, LIMIT_FIELD_TEXT_BYTES});
	assert_true(event_check(rig.rb, &ev, &rig.arena, &r));
	ev.fields[4].len++;
	ev.id.len++;
	ev.source.len++;
	ev.subject.len++;
	assert_false(event_check(rig.rb, &ev, &rig.arena, &r));
	assert_int_equal(r.n, 4);
	ev = make(&rig, "session", GOOD);
	ev.fields[4] = value_int(TYPE_NUMBER, 4); /* of another type */
	ev.fields[0].i = 2;                       /* no such choice */
	assert_false(event_check(rig.rb, &ev, &rig.arena, &r));
	assert_int_equal(r.n, 2);
	ev = make(&rig, "session", GOOD);
	ev.day--; /* the day before the county adopted the program */
	assert_false(event_check(rig.rb, &ev, &rig.arena, &r));
	assert_string_equal(r.slug, "before-policy");
	ev.day++;
	ev.county = 1;
	ev.kind = NONE;
	assert_false(event_check(rig.rb, &ev, &rig.arena, &r));
	assert_int_equal(r.n, 2);
	ev.type = rig.rb->nevents;
	assert_false(event_check(rig.rb, &ev, &rig.arena, &r));
	assert_string_equal(r.slug, "unknown-event");
	rig_close(&rig);
}

static void test_event_key_separates_source_and_id(void **state)
{
	(void)state;
	char big[LIMIT_SOURCE_ID_BYTES + 10];
	memset(big, 'a', sizeof(big));
	struct str longer = {big, sizeof(big)};
	assert_true(hash128_eq(event_key(STR("ab"), STR("c")), event_key(STR("ab"), STR("c"))));
	assert_false(hash128_eq(event_key(STR("ab"), STR("c")), event_key(STR("a"), STR("bc"))));
	assert_false(hash128_eq(event_key(STR(""), STR("abc")), event_key(STR("abc"), STR(""))));
	assert_false(hash128_eq(event_key(longer, STR("")), event_key(STR(""), longer)));
}

static void test_refusals_keep_all_reasons(void **state)
{
	(void)state;
	struct arena a = {0};
	struct refusal r = {0};
	for (int i = 0; i < 9; i++)
		refusal_add(&r, &a, i ? "later" : "first", STR("here"), "reason %d", i);
	assert_string_equal(r.slug, "first");
	assert_int_equal(r.n, 9);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(r.reasons[i].text.p[7], '0' + (int)i);
	arena_release(&a);
}

static void test_due_items_stand_in_order_of_firing(void **state)
{
	(void)state;
	static const struct due items[] = {
	    {.at = 5, .kind = DUE_ITEM, .n = 1}, {.at = 5, .kind = DUE_ANSWER, .origin = {{2}}},
	    {.at = 3, .kind = DUE_ITEM},         {.at = 5, .kind = DUE_ANSWER, .origin = {{1}}},
	    {.at = 5, .kind = DUE_ITEM, .n = 0}, {.at = 9, .kind = DUE_STEP},
	};
	static const size_t order[] = {2, 3, 1, 4, 0, 5};
	for (size_t turn = 0; turn < 6; turn++) {
		struct due_list list = {0};
		vec_reserve(&list, 6);
		for (size_t i = 0; i < 6; i++)
			due_insert(&list, &items[(i + turn) % 6]);
		for (size_t i = 0; i < 6; i++)
			assert_memory_equal(&list.at[i], &items[order[i]], sizeof(items[0]));
		vec_release(&list);
	}
}

static void test_facts_own_their_texts(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, POLICY);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	char words[] = "first";
	case_set_fact(rig.rb, cs, 1, value_str(TYPE_TEXT, str_from(words)));
	words[0] = 'X';
	assert_true(str_eq(value_as_str(cs->facts[1]), STR("first")));
	case_set_fact(rig.rb, cs, 1, cs->facts[1]); /* itself */
	assert_true(str_eq(value_as_str(cs->facts[1]), STR("first")));
	struct case_state *copy = case_clone(rig.rb, cs);
	case_set_fact(rig.rb, cs, 1, value_missing(TYPE_TEXT));
	assert_true(str_eq(value_as_str(copy->facts[1]), STR("first")));
	assert_true(str_eq(copy->id, STR("S-1")));
	case_free(rig.rb, copy);
	case_free(rig.rb, NULL);
	rig_close(&rig);
}

static void test_sums_and_memory(void **state)
{
	(void)state;
	struct rig rig;
	int64_t at;
	rig_open(&rig, POLICY);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	size_t empty = case_bytes(cs);
	assert_int_equal(case_balance(cs), 0);
	assert_false(case_next_due(cs, &at));
	*case_push(cs, owed) = (struct obligation){.name = 1, .cents = 500, .settled = 100};
	*case_push(cs, owed) = (struct obligation){.name = 2, .cents = 70};
	assert_int_equal(case_balance(cs), 470);
	assert_int_equal(case_owed_on(cs, 1), 400);
	assert_int_equal(case_owed_on(cs, 3), 0);
	assert_true(case_bytes(cs) > empty);
	assert_null(case_count(cs, EVENT_APPROVED));
	assert_null(case_position(cs, 0));
	rig_close(&rig);
}

/* All lists grow in turn in one block, and move in it; none may lose anything or reach into
 * another. */
static void check_lists(const struct case_state *cs, uint16_t n)
{
	assert_int_equal(cs->counts.n + cs->used.n + cs->owed.n, 3u * n);
	for (uint16_t i = 0; i < n; i++) {
		assert_int_equal(cs->counts.at[i].event, i);
		assert_int_equal(cs->counts.at[i].n, 2 * i);
		assert_int_equal(cs->used.at[i].limit, i);
		assert_int_equal(cs->used.at[i].n, 3 * i);
		assert_int_equal(cs->owed.at[i].name, i);
		assert_int_equal(cs->owed.at[i].cents, 5 * i);
		assert_int_equal(cs->due.at[i].at, i);
		assert_int_equal(cs->due.at[i].day, 7 * i);
	}
}

static void test_lists_grow_side_by_side(void **state)
{
	(void)state;
	enum { N = 60 };
	struct rig rig;
	rig_open(&rig, POLICY);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	for (uint16_t i = 0; i < N; i++) {
		*case_push(cs, counts) = (struct counter){i, 2u * i, 0};
		*case_push(cs, used) = (struct used){i, 0, 3 * i};
		if (i % 2 == 1) {
			case_add_due(cs, &(struct due){.at = i, .day = 7 * i});
			case_add_due(cs, &(struct due){.at = i - 1, .day = 7 * (i - 1)});
		}
		*case_push(cs, owed) = (struct obligation){.name = i, .cents = 5 * i};
		if (i % 2 == 1)
			check_lists(cs, (uint16_t)(i + 1));
	}
	struct case_state *copy = case_clone(rig.rb, cs);
	check_lists(copy, N);
	*case_push(copy, counts) = (struct counter){N, 0, 0};
	assert_int_equal(copy->counts.n, cs->counts.n + 1);
	check_lists(cs, N);
	case_free(rig.rb, copy);
	rig_close(&rig);
}

static void test_actions_have_numbers(void **state)
{
	(void)state;
	struct action deep = {.fact = 4},
		      inner[] = {{.fact = 2, .otherwise = &deep, .notherwise = 1}, {.fact = 3}};
	struct action own[] = {{.fact = 0, .otherwise = inner, .notherwise = 2}, {.fact = 1}};
	struct part p = {.actions = own, .nactions = 2};
	static const uint16_t order[] = {0, 1, 2, 3, 4};
	for (uint16_t i = 0; i < 5; i++) {
		assert_int_equal(part_action(&p, i)->fact, order[i]);
		assert_int_equal(part_action_number(&p, part_action(&p, i)), i);
	}
	assert_null(part_action(&p, 5));
	assert_int_equal(part_action_number(&p, &(struct action){0}), NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_event_check_names_every_fault),
	    cmocka_unit_test(test_event_check_of_ids_days_and_values),
	    cmocka_unit_test(test_event_key_separates_source_and_id),
	    cmocka_unit_test(test_refusals_keep_all_reasons),
	    cmocka_unit_test(test_due_items_stand_in_order_of_firing),
	    cmocka_unit_test(test_facts_own_their_texts),
	    cmocka_unit_test(test_sums_and_memory),
	    cmocka_unit_test(test_lists_grow_side_by_side),
	    cmocka_unit_test(test_actions_have_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
