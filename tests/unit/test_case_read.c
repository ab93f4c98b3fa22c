/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/case_read.h"
#include "engine/case/json.h"
#include "tests/support/sample_rulebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct rulebook *rb, *other; /* the other version: tests change its names */
static struct json_doc *doc;
static struct buf text, again, why;

static int setup(void **state)
{
	(void)state;
	rb = sample_rulebook();
	other = sample_rulebook();
	doc = json_doc_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rulebook_unref(rb);
	rulebook_unref(other);
	json_doc_free(doc);
	buf_release(&text);
	buf_release(&again);
	buf_release(&why);
	return 0;
}

static struct hash128 hash_of(int i)
{
	return hash_sip(&i, sizeof(i));
}

/* A case in which there is something of everything. */
static struct case_state *full_case(void)
{
	struct case_state *cs = case_new(rb, STR("S-\"1\""), SAMPLE_SURVIVOR, SAMPLE_CONTRA_COSTA);
	cs->last = INT64_C(1784046600123456);
	case_set_fact(rb, cs, 0, value_int(TYPE_YEARS, 22));
	case_set_fact(rb, cs, 1, value_int(TYPE_CHOICE, 2));
	case_set_fact(rb, cs, 2, value_str(TYPE_TEXT, STR("long \xE2\x82\xAC story")));
	case_set_fact(rb, cs, 3, value_int(TYPE_PERCENT, 12345678));
	*case_push(cs, counts) = (struct counter){SAMPLE_CONTACT, 2, 20000};
	*case_push(cs, counts) = (struct counter){SAMPLE_INTAKE, 1, 19990};
	*case_push(cs, positions) = (struct position){0, 2, 20000};
	*case_push(cs, used) = (struct used){0, 20000, 3};
	*case_push(cs, paid) = (struct counter_cents){0, 150000};
	case_add_due(cs, &(struct due){.at = 1784046600000000,
				       .day = 20014,
				       .kind = DUE_ANSWER,
				       .part = PART_DIVERSION,
				       .action = 0,
				       .answered_by = SAMPLE_INTAKE,
				       .origin = hash_of(1)});
	case_add_due(cs, &(struct due){.at = 1784046600000001,
				       .day = 20030,
				       .kind = DUE_ITEM,
				       .part = PART_HOUSING,
				       .answered_by = NONE,
				       .origin = hash_of(2),
				       .n = 4});
	case_add_due(cs, &(struct due){.at = 1784046500000000,
				       .day = 20013,
				       .kind = DUE_STEP,
				       .part = PART_INFRACTION,
				       .answered_by = SAMPLE_CONTACT,
				       .origin = hash_of(3)});
	case_add_running(cs, &(struct running){.schedule = 0,
					       .origin = hash_of(2),
					       .first = 20000,
					       .cents = 50000,
					       .times = 12,
					       .paid = 3,
					       .held = 1,
					       .to = STR("A-1")});
	*case_push(cs, owed) = (struct obligation){hash_of(4), 0, 0, 300000, 25000};
	*case_push(cs, owed) = (struct obligation){hash_of(5), 0, NONE, 1, 0};
	case_add_proposal(cs, &(struct proposal){.outcome = hash_of(6),
						 .part = PART_FEE,
						 .cents = 7500,
						 .day = 20001,
						 .to = STR("")});
	case_add_proposal(cs, &(struct proposal){.outcome = hash_of(7),
						 .part = PART_SET_AGE,
						 .day = 20002,
						 .to = STR(""),
						 .value = value_int(TYPE_YEARS, 17)});
	return cs;
}

static enum status read_case(const struct rulebook *under, struct str json, struct case_state **out)
{
	const struct json *root;
	buf_clear(&why);
	assert_int_equal(json_parse(doc, json, 1 << 20, &root, &why), STATUS_OK);
	return case_read(under, root, out, &why);
}

static void write_full(void)
{
	struct case_state *cs = full_case();
	buf_clear(&text);
	case_json(&text, rb, cs, true);
	case_free(rb, cs);
}

static void test_everything_comes_back(void **state)
{
	(void)state;
	struct case_state *cs = NULL;
	write_full();
	enum status status = read_case(rb, buf_view(&text), &cs);
	if (status)
		print_error(STR_FMT "\n" STR_FMT "\n", STR_ARG(buf_view(&why)),
			    STR_ARG(buf_view(&text)));
	assert_int_equal(status, STATUS_OK);
	buf_clear(&again);
	case_json(&again, rb, cs, true);
	assert_true(str_eq(buf_view(&text), buf_view(&again)));
	/* and not only what is written: the values themselves */
	assert_true(str_eq(cs->id, STR("S-\"1\"")));
	assert_true(cs->last == INT64_C(1784046600123456));
	assert_int_equal(cs->facts[3].i, 12345678);
	assert_int_equal(cs->due.n, 3);
	assert_int_equal(cs->due.at[0].part, PART_INFRACTION);
	assert_int_equal(cs->due.at[1].answered_by, SAMPLE_INTAKE);
	assert_int_equal(cs->due.at[2].n, 4);
	assert_int_equal(cs->due.at[2].part, PART_HOUSING);
	struct hash128 origin = hash_of(2);
	assert_true(hash128_eq(cs->running.at[0].origin, origin));
	assert_int_equal(cs->owed.at[1].fund, NONE);
	assert_int_equal(cs->proposals.at[1].part, PART_SET_AGE);
	assert_int_equal(cs->proposals.at[1].value.i, 17);
	assert_int_equal(case_balance(cs), 275001);
	case_free(rb, cs);
}

static void test_a_new_case_comes_back(void **state)
{
	(void)state;
	struct case_state *cs = case_new(rb, STR("B-1"), SAMPLE_BUYER, SAMPLE_ALAMEDA),
			  *read = NULL;
	buf_clear(&text);
	buf_clear(&again);
	case_json(&text, rb, cs, true);
	assert_int_equal(read_case(rb, buf_view(&text), &read), STATUS_OK);
	case_json(&again, rb, read, true);
	assert_true(str_eq(buf_view(&text), buf_view(&again)));
	assert_true(read->last == TIME_NONE);
	case_free(rb, cs);
	case_free(rb, read);
}

/* Under the other version: refused, and the message names it. */
static void expect_conflict(const char *names)
{
	struct case_state *cs = NULL;
	write_full();
	enum status status = read_case(other, buf_view(&text), &cs);
	if (status != STATUS_CONFLICT || !str_contains(buf_view(&why), str_from(names))) {
		print_error("status %d: " STR_FMT "\n", status, STR_ARG(buf_view(&why)));
		fail();
	}
	assert_null(cs);
	rulebook_unref(other);
	other = sample_rulebook();
}

static void test_what_the_other_policy_lacks_is_named(void **state)
{
	(void)state;
	map_del(&other->kind_names, STR("survivor"));
	expect_conflict("the kind of case \"survivor\"");
	map_del(&other->county_names, STR("contra_costa"));
	expect_conflict("the county \"contra_costa\"");
	other->escalations[0].steps[1].name = STR("fee");
	expect_conflict("the step \"infraction\"");
	other->blocks[SAMPLE_ATTENDANCE].name = STR("x");
	expect_conflict("the escalation or the stages \"attendance\"");
	other->blocks[SAMPLE_HOUSING].name = STR("x");
	expect_conflict("the schedule \"housing_support\"");
	other->parts[PART_DIVERSION].label = STR("step other");
	expect_conflict("the part \"step diversion\"");
	other->parts[PART_DIVERSION].event = SAMPLE_SESSION;
	expect_conflict("the part \"step diversion\"");
	other->blocks[SAMPLE_FEE].name = STR("x");
	expect_conflict("the block \"infraction\"");
	other->parts[PART_FEE].actions[0].may = false;
	expect_conflict("the proposal of the block \"infraction\"");
	other->parts[PART_DIVERSION].actions[0].kind = ACTION_NOTIFY;
	expect_conflict("the referral or requirement of the block \"attendance\"");
	other->lines[0].name = STR("x");
	expect_conflict("the line \"course\"");
	other->funds[0].name = STR("x");
	expect_conflict("the fund \"incentives\"");
	map_del(&other->event_names, STR("law_enforcement_contact"));
	expect_conflict("the event \"law_enforcement_contact\"");
	other->kinds[SAMPLE_SURVIVOR].facts[0].type.kind = TYPE_DATE;
	expect_conflict("the recorded value of the fact \"age\"");
	other->kinds[SAMPLE_SURVIVOR].facts[0].type.max = 20;
	expect_conflict("a range that holds the recorded value of the fact \"age\"");
	other->choices[0].n = 2;
	expect_conflict("the recorded value of the fact \"custody\"");
	/* all of it at once */
	other->lines[0].name = STR("x");
	other->escalations[0].steps[1].name = STR("fee");
	expect_conflict(
	    "the step \"infraction\" of \"attendance\" (write `move step infraction to …` "
	    "there), the line \"course\"");
}

static void test_what_is_gone_without_harm_is_dropped(void **state)
{
	(void)state;
	struct case_state *cs = NULL;
	write_full();
	other->kinds[SAMPLE_SURVIVOR].facts[2].name = STR("new_fact");
	map_del(&other->event_names, STR("intake"));
	other->blocks[SAMPLE_SESSIONS].name = STR("x");
	other->parts[PART_DIVERSION].actions[0].answered_by = NONE;
	struct case_state *mine = full_case();
	mine->due.n = 0; /* whose answer would be an intake */
	buf_clear(&text);
	case_json(&text, rb, mine, true);
	case_free(rb, mine);
	assert_int_equal(read_case(other, buf_view(&text), &cs), STATUS_OK);
	assert_false(cs->facts[2].known); /* the default of the new fact */
	assert_int_equal(cs->facts[0].i, 22);
	assert_int_equal(cs->counts.n, 1);
	assert_int_equal(cs->used.n, 0);
	assert_int_equal(cs->positions.n, 1);
	case_free(other, cs);
	rulebook_unref(other);
	other = sample_rulebook();
}

/* Records of earlier versions have the limit's place in its block. */
static void test_a_limit_by_its_place(void **state)
{
	(void)state;
	struct case_state *cs = NULL;
	struct buf old = {0};
	static const char now[] = "\"limit\":\"payments per day\"", then[] = "\"limit\":0";
	write_full();
	buf_char(&text, '\0');
	char *at = strstr(text.p, now);
	assert_non_null(at);
	buf_bytes(&old, text.p, (size_t)(at - text.p));
	buf_c(&old, then);
	buf_c(&old, at + sizeof(now) - 1);
	assert_int_equal(read_case(rb, buf_view(&old), &cs), STATUS_OK);
	assert_int_equal(cs->used.n, 1);
	case_free(rb, cs);
	/* With two of them the place says nothing: the block may have been written anew. */
	struct block *b = &other->blocks[SAMPLE_SESSIONS];
	struct limit both[2] = {b->limits[0], b->limits[0]};
	both[1].per = UNIT_YEARS;
	b->limits = both;
	b->nlimits = 2;
	assert_int_equal(read_case(other, buf_view(&old), &cs), STATUS_CONFLICT);
	assert_true(str_contains(buf_view(&why), STR("for the limit by number of")));
	rulebook_unref(other);
	other = sample_rulebook();
	buf_release(&old);
}

static void test_indices_may_move(void **state)
{
	(void)state;
	struct case_state *cs = NULL;
	write_full();
	struct case_kind *k = &other->kinds[SAMPLE_SURVIVOR];
	struct fact swap = k->facts[0];
	k->facts[0] = k->facts[3];
	k->facts[3] = swap;
	other->parts[PART_SET_AGE].actions[0].fact = 3;
	struct str name = other->choices[0].names[0];
	other->choices[0].names[0] = other->choices[0].names[2];
	other->choices[0].names[2] = name;
	assert_int_equal(read_case(other, buf_view(&text), &cs), STATUS_OK);
	assert_int_equal(cs->facts[3].i, 22);
	assert_int_equal(cs->facts[0].i, 12345678);
	assert_int_equal(cs->facts[1].i, 0); /* adult, wherever it stands */
	case_free(other, cs);
	rulebook_unref(other);
	other = sample_rulebook();
}

static void test_a_damaged_record_is_told_apart(void **state)
{
	(void)state;
	static const char *const wrong[] = {
	    "[]",
	    "7",
	    "{}",
	    "{\"id\":\"x\",\"kind\":\"survivor\",\"county\":\"alameda\"}",
	    "{\"id\":\"x\",\"kind\":\"survivor\",\"county\":\"alameda\",\"last\":null,\"facts\":[]"
	    "}",
	    "{\"id\":\"x\",\"kind\":\"survivor\",\"county\":\"alameda\",\"last\":null,\"facts\":{},"
	    "\"counts\":[7]}",
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct case_state *cs = NULL;
		assert_int_equal(read_case(rb, str_from(wrong[i]), &cs), STATUS_INVALID);
		assert_true(str_contains(buf_view(&why), STR("the record of the case is damaged")));
		assert_null(cs);
	}
}

/* Each member of a sound record in turn is given another form: never a crash, never taken for
 * sound unless it reads back. */
static void test_damage_anywhere_is_survived(void **state)
{
	(void)state;
	static const char *const instead[] = {"null", "7",  "\"x\"",      "[]",
					      "{}",   "-1", "99999999999"};
	size_t refused = 0;
	write_full();
	for (size_t at = 0; at < text.len; at++) {
		if (text.p[at] != ':' || text.p[at - 1] != '"')
			continue;
		size_t end = at + 1, depth = 0;
		bool quoted = false;
		for (; end < text.len; end++) { /* the end of the value */
			char c = text.p[end];
			if (c == '\\')
				end++;
			else if (c == '"')
				quoted = !quoted;
			else if (!quoted && (c == '[' || c == '{'))
				depth++;
			else if (!quoted && (c == ']' || c == '}') && depth)
				depth--;
			else if (!quoted && !depth && (c == ',' || c == ']' || c == '}'))
				break;
		}
		for (size_t i = 0; i < sizeof(instead) / sizeof(instead[0]); i++) {
			struct buf b = {0};
			struct case_state *cs = NULL;
			buf_bytes(&b, text.p, at + 1);
			buf_c(&b, instead[i]);
			buf_bytes(&b, text.p + end, text.len - end);
			if (read_case(rb, buf_view(&b), &cs) == STATUS_OK) {
				buf_clear(&again);
				case_json(&again, rb, cs, true);
				case_free(rb, cs);
			} else {
				assert_true(why.len > 0);
				refused++;
			}
			buf_release(&b);
		}
	}
	assert_true(refused > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_everything_comes_back),
	    cmocka_unit_test(test_a_new_case_comes_back),
	    cmocka_unit_test(test_what_the_other_policy_lacks_is_named),
	    cmocka_unit_test(test_what_is_gone_without_harm_is_dropped),
	    cmocka_unit_test(test_a_limit_by_its_place),
	    cmocka_unit_test(test_indices_may_move),
	    cmocka_unit_test(test_a_damaged_record_is_told_apart),
	    cmocka_unit_test(test_damage_anywhere_is_survived),
	};
	return cmocka_run_group_tests_name("case_read", tests, setup, teardown);
}
