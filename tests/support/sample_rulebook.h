/* SPDX-License-Identifier: Apache-2.0
 *
 * A small rulebook put together by hand, so that what reads and stores events and cases is tested
 * without the compiler: two counties, three kinds of case, a field of every type, one block of each
 * sort that a case can stand in.
 */
#ifndef WAYMARK_TESTS_SAMPLE_RULEBOOK_H
#define WAYMARK_TESTS_SAMPLE_RULEBOOK_H

#include "engine/base/vec.h"
#include "engine/policy/policy.h"

#define COUNT(a) (uint16_t)(sizeof(a) / sizeof((a)[0]))

enum { SAMPLE_SURVIVOR, SAMPLE_BUYER, SAMPLE_AGENCY, SAMPLE_KINDS };
enum {
	SAMPLE_SESSION = EVENT_BUILTINS,
	SAMPLE_INTAKE,
	SAMPLE_CONTACT, /* of survivors and buyers */
	SAMPLE_EVERYTHING,
	SAMPLE_EVENTS
};
enum { SAMPLE_ALAMEDA, SAMPLE_CONTRA_COSTA, SAMPLE_COUNTIES };
enum { SAMPLE_ATTENDANCE, SAMPLE_HOUSING, SAMPLE_FEE, SAMPLE_SESSIONS, SAMPLE_BLOCKS };
enum {
	PART_DIVERSION, /* refer, otherwise notify */
	PART_INFRACTION,
	PART_HOUSING,
	PART_FEE,     /* may assess */
	PART_SET_AGE, /* may set */
	PART_SESSION,
	SAMPLE_PARTS
};

static inline struct str *sample_names(struct rulebook *rb, size_t n, const char *const *names)
{
	struct str *list = arena_array(&rb->arena, n, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = arena_str(&rb->arena, str_from(names[i]));
	return list;
}

static inline struct named *sample_named(struct rulebook *rb, const char *name)
{
	struct named *list = arena_array(&rb->arena, 1, sizeof(*list));
	list[0].name = arena_str(&rb->arena, str_from(name));
	return list;
}

static inline void sample_choices(struct rulebook *rb)
{
	static const char *const custody[] = {"none", "juvenile", "adult"};
	static const char *const service[] = {"counselling", "housing", "workforce"};
	rb->choices = arena_array(&rb->arena, 2, sizeof(*rb->choices));
	rb->choices[0] = (struct choice_set){sample_names(rb, 3, custody), 3};
	rb->choices[1] = (struct choice_set){sample_names(rb, 3, service), 3};
	rb->nchoices = 2;
}

static inline struct type sample_ranged(enum type_kind kind, int64_t min, int64_t max)
{
	return (struct type){.kind = kind, .has_range = true, .min = min, .max = max};
}

static inline void sample_kinds(struct rulebook *rb)
{
	static const char *const names[] = {"survivor", "buyer", "agency"};
	rb->kinds = arena_array(&rb->arena, SAMPLE_KINDS, sizeof(*rb->kinds));
	rb->nkinds = SAMPLE_KINDS;
	for (uint16_t i = 0; i < SAMPLE_KINDS; i++) {
		rb->kinds[i].name = str_from(names[i]);
		map_put(&rb->kind_names, rb->kinds[i].name, i);
	}
	struct fact *f = arena_array(&rb->arena, 4, sizeof(*f));
	f[0] = (struct fact){.name = STR("age"),
			     .type = sample_ranged(TYPE_YEARS, 0, 120),
			     .optional = true,
			     .initial = value_missing(TYPE_YEARS)};
	f[1] = (struct fact){.name = STR("custody"),
			     .type = {.kind = TYPE_CHOICE, .of = 0},
			     .initial = value_int(TYPE_CHOICE, 0)};
	f[2] = (struct fact){.name = STR("background"),
			     .type = {.kind = TYPE_TEXT},
			     .optional = true,
			     .confidential = true,
			     .initial = value_missing(TYPE_TEXT)};
	f[3] = (struct fact){.name = STR("share"),
			     .type = {.kind = TYPE_PERCENT},
			     .initial = value_int(TYPE_PERCENT, 75000)};
	rb->kinds[SAMPLE_SURVIVOR].facts = f;
	rb->kinds[SAMPLE_SURVIVOR].nfacts = 4;
}

static inline void sample_event(struct rulebook *rb, uint16_t i, const char *name, unsigned kinds,
				const struct field *fields, uint16_t n)
{
	struct event_type *e = &rb->events[i];
	e->name = str_from(name);
	map_put(&rb->event_names, e->name, i);
	e->of_kind = arena_array(&rb->arena, SAMPLE_KINDS, sizeof(bool));
	for (unsigned k = 0; k < SAMPLE_KINDS; k++)
		e->of_kind[k] = kinds >> k & 1;
	e->fields = arena_array(&rb->arena, n, sizeof(*fields));
	for (uint16_t f = 0; f < n; f++)
		e->fields[f] = fields[f];
	e->nfields = n;
}

#define FIELD(name_, ...)                                                                          \
	{                                                                                          \
		.name = STR_INIT(name_), .type = __VA_ARGS__                                       \
	}
#define TYPE(kind_)                                                                                \
	{                                                                                          \
		.kind = kind_                                                                      \
	}

static inline void sample_builtins(struct rulebook *rb)
{
	const struct field answer[] = {
	    FIELD("outcome", TYPE(TYPE_TEXT)),
	    FIELD("by", TYPE(TYPE_TEXT)),
	    {.name = STR("reason"), .type = TYPE(TYPE_TEXT), .optional = true}};
	const struct field payment[] = {
	    FIELD("outcome", TYPE(TYPE_TEXT)),
	    FIELD("amount", {.kind = TYPE_MONEY, .has_range = true, .min = 1, .max = INT64_MAX})};
	const struct field retracted[] = {
	    FIELD("event", TYPE(TYPE_TEXT)),
	    FIELD("source", TYPE(TYPE_TEXT)),
	    {.name = STR("reason"), .type = TYPE(TYPE_TEXT), .optional = true}};
	const struct field corrected[] = {
	    FIELD("event", TYPE(TYPE_TEXT)),
	    FIELD("source", TYPE(TYPE_TEXT)),
	    {.name = STR("time"), .type = TYPE(TYPE_TEXT), .optional = true},
	    {.name = STR("data"), .type = TYPE(TYPE_TEXT), .optional = true},
	    {.name = STR("reason"), .type = TYPE(TYPE_TEXT), .optional = true}};
	sample_event(rb, EVENT_APPROVED, "approved", 7, answer, COUNT(answer));
	sample_event(rb, EVENT_DECLINED, "declined", 7, answer, COUNT(answer));
	sample_event(rb, EVENT_PAYMENT_RECEIVED, "payment_received", 7, payment, COUNT(payment));
	sample_event(rb, EVENT_RETRACTED, "retracted", 7, retracted, COUNT(retracted));
	sample_event(rb, EVENT_CORRECTED, "corrected", 7, corrected, COUNT(corrected));
	sample_event(rb, EVENT_DEADLINE, "deadline", 7, NULL, 0);
	sample_event(rb, EVENT_SCHEDULED, "scheduled", 7, NULL, 0);
}

static inline void sample_events(struct rulebook *rb)
{
	const struct field session[] = {
	    FIELD("service", {.kind = TYPE_CHOICE, .of = 1}),
	    FIELD("provider", {.kind = TYPE_REF, .of = SAMPLE_AGENCY}),
	    FIELD("minutes", {.kind = TYPE_NUMBER, .has_range = true, .min = 0, .max = 600})};
	const struct field everything[] = {
	    FIELD("amount", TYPE(TYPE_MONEY)),
	    FIELD("rate", TYPE(TYPE_PERCENT)),
	    FIELD("day", TYPE(TYPE_DATE)),
	    FIELD("explained", TYPE(TYPE_YES_NO)),
	    FIELD("length", TYPE(TYPE_BUSINESS_DAYS)),
	    {.name = STR("note"), .type = TYPE(TYPE_TEXT), .optional = true}};
	uint16_t *sets = arena_array(&rb->arena, 3 * SAMPLE_KINDS, sizeof(*sets));
	struct field intake[3];
	for (uint16_t i = 0; i < 3; i++) {
		const struct fact *f = &rb->kinds[SAMPLE_SURVIVOR].facts[i];
		for (uint16_t k = 0; k < SAMPLE_KINDS; k++)
			sets[i * SAMPLE_KINDS + k] = k == SAMPLE_SURVIVOR ? i : NONE;
		intake[i] = (struct field){.name = f->name,
					   .type = f->type,
					   .optional = f->optional,
					   .sets = sets + i * SAMPLE_KINDS};
	}
	rb->events = arena_array(&rb->arena, SAMPLE_EVENTS, sizeof(*rb->events));
	rb->nevents = SAMPLE_EVENTS;
	sample_builtins(rb);
	sample_event(rb, SAMPLE_SESSION, "session_attended", 1, session, COUNT(session));
	sample_event(rb, SAMPLE_INTAKE, "intake", 1, intake, COUNT(intake));
	sample_event(rb, SAMPLE_CONTACT, "law_enforcement_contact", 3, NULL, 0);
	sample_event(rb, SAMPLE_EVERYTHING, "everything", 1, everything, COUNT(everything));
}

static inline void sample_counties(struct rulebook *rb)
{
	static const char *const names[] = {"alameda", "contra_costa"};
	rb->counties = arena_array(&rb->arena, SAMPLE_COUNTIES, sizeof(*rb->counties));
	rb->ncounties = SAMPLE_COUNTIES;
	for (uint16_t i = 0; i < SAMPLE_COUNTIES; i++) {
		rb->counties[i].name = str_from(names[i]);
		rb->counties[i].first_day = DAY_MIN;
		map_put(&rb->county_names, rb->counties[i].name, i);
	}
}

static inline struct action *sample_action(struct rulebook *rb, struct action a)
{
	struct action *p = arena_alloc(&rb->arena, sizeof(*p));
	*p = a;
	p->within = (struct period){.n = -1, .param = NONE};
	return p;
}

static inline void sample_part(struct rulebook *rb, uint32_t i, uint16_t block, const char *label,
			       uint16_t event, struct action *a)
{
	rb->parts[i] = (struct part){
	    .block = block, .label = str_from(label), .event = event, .actions = a, .nactions = 1};
}

static inline void sample_parts(struct rulebook *rb)
{
	struct action *notify =
	    sample_action(rb, (struct action){.kind = ACTION_NOTIFY, .fund = NONE, .name = NONE});
	struct action *refer = sample_action(rb, (struct action){.kind = ACTION_REFER,
								 .fund = NONE,
								 .name = NONE,
								 .answered_by = SAMPLE_INTAKE,
								 .otherwise = notify,
								 .notherwise = 1});
	struct action *fee = sample_action(
	    rb, (struct action){.kind = ACTION_ASSESS, .may = true, .fund = 0, .name = 0});
	struct action *set = sample_action(
	    rb, (struct action){
		    .kind = ACTION_SET, .may = true, .fund = NONE, .name = NONE, .fact = 0});
	struct action *start = sample_action(
	    rb, (struct action){.kind = ACTION_START, .fund = NONE, .name = NONE, .schedule = 0});
	struct action *pay =
	    sample_action(rb, (struct action){.kind = ACTION_PAY, .fund = 0, .name = NONE});
	rb->parts = arena_array(&rb->arena, SAMPLE_PARTS, sizeof(*rb->parts));
	rb->nparts = SAMPLE_PARTS;
	sample_part(rb, PART_DIVERSION, SAMPLE_ATTENDANCE, "step diversion", SAMPLE_CONTACT, refer);
	sample_part(rb, PART_INFRACTION, SAMPLE_ATTENDANCE, "step infraction", SAMPLE_CONTACT,
		    notify);
	sample_part(rb, PART_HOUSING, SAMPLE_HOUSING, "", SAMPLE_INTAKE, start);
	sample_part(rb, PART_FEE, SAMPLE_FEE, "", SAMPLE_CONTACT, fee);
	sample_part(rb, PART_SET_AGE, SAMPLE_FEE, "", SAMPLE_CONTACT, set);
	sample_part(rb, PART_SESSION, SAMPLE_SESSIONS, "", SAMPLE_SESSION, pay);
}

static inline void sample_blocks(struct rulebook *rb)
{
	static const struct {
		const char *name;
		enum block_kind kind;
		uint32_t first;
		uint16_t n;
	} blocks[] = {{"attendance", BLOCK_ESCALATION, PART_DIVERSION, 2},
		      {"housing_support", BLOCK_SCHEDULE, PART_HOUSING, 1},
		      {"infraction", BLOCK_RULE, PART_FEE, 2},
		      {"counselling_session", BLOCK_STIPEND, PART_SESSION, 1}};
	static const char *const steps[] = {"diversion", "infraction"};
	rb->blocks = arena_array(&rb->arena, SAMPLE_BLOCKS, sizeof(*rb->blocks));
	rb->nblocks = SAMPLE_BLOCKS;
	for (uint16_t i = 0; i < SAMPLE_BLOCKS; i++)
		rb->blocks[i] = (struct block){.kind = blocks[i].kind,
					       .name = str_from(blocks[i].name),
					       .county = NONE,
					       .case_kind = SAMPLE_SURVIVOR,
					       .first_part = blocks[i].first,
					       .nparts = blocks[i].n,
					       .detail = i < 2 ? 0 : NONE};
	rb->blocks[SAMPLE_SESSIONS].limits = arena_array(&rb->arena, 1, sizeof(struct limit));
	rb->blocks[SAMPLE_SESSIONS].limits[0].per = UNIT_DAYS;
	rb->blocks[SAMPLE_SESSIONS].nlimits = 1;
	rb->nlimits = 1;
	rb->escalations = arena_array(&rb->arena, 1, sizeof(*rb->escalations));
	rb->escalations[0].block = SAMPLE_ATTENDANCE;
	rb->escalations[0].nsteps = 2;
	rb->escalations[0].steps = arena_array(&rb->arena, 2, sizeof(struct named));
	for (int i = 0; i < 2; i++)
		rb->escalations[0].steps[i].name = str_from(steps[i]);
	rb->nescalations = 1;
	rb->schedules = arena_array(&rb->arena, 1, sizeof(*rb->schedules));
	rb->schedules[0].block = SAMPLE_HOUSING;
	rb->schedules[0].fund = NONE;
	rb->nschedules = 1;
}

/* With one reference; the caller may change names before the first use. */
static inline struct rulebook *sample_rulebook(void)
{
	struct rulebook *rb = rulebook_new();
	sample_choices(rb);
	sample_kinds(rb);
	sample_events(rb);
	sample_counties(rb);
	rb->programs = arena_array(&rb->arena, 1, sizeof(*rb->programs));
	rb->programs[0].name = STR("pathway_to_safety");
	rb->nprograms = 1;
	rb->lines = sample_named(rb, "course");
	rb->nlines = 1;
	rb->funds = sample_named(rb, "incentives");
	rb->nfunds = 1;
	sample_blocks(rb);
	sample_parts(rb);
	rb->sources = arena_array(&rb->arena, 1, sizeof(*rb->sources));
	rb->sources[0] = (struct source){STR("vocabulary.way"), STR("# nothing\n")};
	rb->nsources = 1;
	rb->digest = hash_sha256("sample", 6);
	hash_hex(rb->digest.b, 8, rb->version);
	rulebook_seal(rb);
	return rb;
}

#endif
