/* SPDX-License-Identifier: Apache-2.0
 *
 * The mirror of engine/case/case_json.c, whose head lists the members. Two kinds of trouble are
 * told apart: a record that is damaged (reading stops), and a policy that lacks what the case
 * stands in (reading goes on, so that all of it is named). What is asked of a rulebook here,
 * wire/footing.c compares.
 */
#include "daemon/wire/case_read.h"

#include "daemon/wire/value_read.h"
#include "engine/case/json.h"

#include <string.h>

struct reading {
	const struct rulebook *rb;
	struct case_state *cs;
	struct buf *why;
	bool damaged;
	bool lacking; /* the rulebook lacks something */
};

/* ---- members ---- */

static void damage(struct reading *r, const char *name)
{
	if (!r->damaged)
		buf_fmt(r->why, "the record of the case is damaged: %s is missing or malformed",
			name);
	r->damaged = true;
}

static void lack(struct reading *r, const char *what, struct str name)
{
	buf_fmt(r->why, "%s%s \"" STR_FMT "\"", r->lacking ? ", " : CASE_LACKS, what,
		STR_ARG(name));
	r->lacking = true;
}

static const struct json *member(const struct json *o, const char *name)
{
	return json_get(o, str_from(name));
}

static struct str text_of(struct reading *r, const struct json *o, const char *name)
{
	const struct json *v = member(o, name);
	if (v && v->kind == JSON_TEXT)
		return v->text;
	damage(r, name);
	return STR("");
}

static int64_t int_of(struct reading *r, const struct json *o, const char *name, int64_t max)
{
	const struct json *v = member(o, name);
	if (v && v->kind == JSON_INT && v->i >= 0 && v->i <= max)
		return v->i;
	damage(r, name);
	return 0;
}

static int32_t day_member(struct reading *r, const struct json *o, const char *name)
{
	const struct json *v = member(o, name);
	int32_t day = DAY_NONE;
	if (!v || (v->kind != JSON_NULL && (v->kind != JSON_TEXT || day_read(v->text, &day))))
		damage(r, name);
	return day;
}

static int64_t time_member(struct reading *r, const struct json *o, const char *name)
{
	const struct json *v = member(o, name);
	int64_t us = TIME_NONE;
	if (!v || (v->kind != JSON_NULL && (v->kind != JSON_TEXT || time_read(v->text, &us))))
		damage(r, name);
	return us;
}

static int64_t money_member(struct reading *r, const struct json *o, const char *name)
{
	int64_t cents = 0;
	if (money_read(text_of(r, o, name), &cents))
		damage(r, name);
	return cents;
}

static struct hash128 hash_member(struct reading *r, const struct json *o, const char *name)
{
	struct hash128 h = {{0}};
	if (!hash128_read(text_of(r, o, name), &h))
		damage(r, name);
	return h;
}

/* ---- finding by name ---- */

static bool block_is(const struct rulebook *rb, const struct block *b, struct str program,
		     struct str county)
{
	struct str own_program = b->program == NONE ? STR("") : rb->programs[b->program].name;
	struct str own_county = b->county == NONE ? STR("") : rb->counties[b->county].name;
	return str_eq(own_program, program) && str_eq(own_county, county);
}

/* The block of json_block_ref's members; NULL when the rulebook has none. */
static const struct block *find_block(struct reading *r, const struct json *o)
{
	const struct json *program = member(o, "program"), *county = member(o, "county");
	struct str name = text_of(r, o, "block");
	int64_t variant = county ? int_of(r, o, "variant", INT32_MAX) : 0;
	struct str in = program ? text_of(r, o, "program") : STR("");
	struct str of = county ? text_of(r, o, "county") : STR("");
	for (uint32_t i = 0; !r->damaged && i < r->rb->nblocks; i++) {
		const struct block *b = &r->rb->blocks[i];
		if (str_eq(b->name, name) && block_is(r->rb, b, in, of) && variant-- == 0)
			return b;
	}
	return NULL;
}

/* The step that the label of a part names, where it has been moved since; NONE: it has not. */
static uint16_t moved_step(const struct rulebook *rb, const struct block *b, struct str label)
{
	if (!block_has_steps(b->kind))
		return NONE;
	size_t kind = block_step_name(b->kind).len + 1; /* "step diversion" */
	return label.len <= kind ? NONE
				 : escalation_moved(rb, b->detail,
						    (struct str){label.p + kind, label.len - kind});
}

static bool part_is(const struct rulebook *rb, const struct part *p, struct str label,
		    const struct json *on)
{
	uint16_t moved = moved_step(rb, &rb->blocks[p->block], label);
	bool same =
	    moved == NONE ? str_eq(p->label, label) : p->step == moved && p->role != PART_ENDS;
	if (!same)
		return false;
	if (p->event >= rb->nevents)
		return !on;
	return on && on->kind == JSON_TEXT && str_eq(rb->events[p->event].name, on->text);
}

static uint32_t part_in(struct reading *r, const struct block *b, const struct json *o)
{
	struct str label = text_of(r, o, "part");
	int64_t nth = int_of(r, o, "nth", INT32_MAX);
	for (uint16_t i = 0; b && !r->damaged && i < b->nparts; i++) {
		uint32_t part = b->first_part + i;
		if (part_is(r->rb, &r->rb->parts[part], label, member(o, "on")) && nth-- == 0)
			return part;
	}
	return UINT32_MAX;
}

/* The part of json_part_ref's members, or UINT32_MAX: then it is noted as lacking. */
static uint32_t find_part(struct reading *r, const struct json *o)
{
	const struct block *b = find_block(r, o);
	uint32_t part = part_in(r, b, o);
	if (part != UINT32_MAX || r->damaged)
		return part;
	struct str label = text_of(r, o, "part");
	if (b && label.len)
		lack(r, "the part", label);
	else
		lack(r, "the block", text_of(r, o, "block"));
	return UINT32_MAX;
}

/* The schedule of a block, or NONE. */
static uint16_t find_schedule(struct reading *r, const struct json *o)
{
	const struct block *b = find_block(r, o);
	return b && b->kind == BLOCK_SCHEDULE ? b->detail : NONE;
}

static uint16_t find_named(struct reading *r, const struct json *o, const char *name,
			   const char *what, const struct named *list, uint16_t n)
{
	if (!member(o, name))
		return NONE;
	struct str s = text_of(r, o, name);
	for (uint16_t i = 0; i < n; i++)
		if (str_eq(list[i].name, s))
			return i;
	if (!r->damaged)
		lack(r, what, s);
	return NONE;
}

/* The event that answers; NONE when there is none. */
static uint16_t find_answer(struct reading *r, const struct json *o)
{
	if (!member(o, "answered_by"))
		return NONE;
	struct str name = text_of(r, o, "answered_by");
	uint16_t event = rulebook_event(r->rb, name);
	if (event == NONE && !r->damaged)
		lack(r, "the event", name);
	return event;
}

/* The number of an action that the part has, of the kinds that fit. */
static uint16_t action_of(struct reading *r, const struct json *o, uint32_t part, bool is_due)
{
	uint16_t number = (uint16_t)int_of(r, o, "action", NONE - 1);
	if (r->damaged || part == UINT32_MAX)
		return 0;
	const struct action *a = part_action(&r->rb->parts[part], number);
	bool fits = a && (is_due ? a->kind == ACTION_REFER || a->kind == ACTION_REQUIRE : a->may);
	if (!fits)
		lack(r,
		     is_due ? "the referral or requirement of the block"
			    : "the proposal of the block",
		     r->rb->blocks[r->rb->parts[part].block].name);
	return number;
}

/* ---- the lists of the state ---- */

static void read_facts(struct reading *r, const struct json *facts)
{
	const struct case_kind *k = &r->rb->kinds[r->cs->kind];
	for (const struct json *m = json_first(facts); m; m = json_next(facts, m)) {
		uint16_t i = fact_index(k, m->name);
		if (i == NONE)
			continue; /* the policy does not ask for it any more */
		const struct fact *f = &k->facts[i];
		struct value v = value_missing(f->type.kind);
		bool unknown = m->kind == JSON_NULL && f->optional;
		bool ranged = f->type.has_range && !type_is_text(f->type.kind);
		if (!unknown && value_read(r->rb, &f->type, m, &v))
			lack(r, "a place for the recorded value of the fact", f->name);
		else if (!unknown && ranged && (v.i < f->type.min || v.i > f->type.max))
			lack(r, "a range that holds the recorded value of the fact", f->name);
		else
			case_set_fact(r->rb, r->cs, i, v);
	}
}

static void read_count(struct reading *r, const struct json *o)
{
	struct counter c = {.event = rulebook_event(r->rb, text_of(r, o, "event")),
			    .n = (uint32_t)int_of(r, o, "n", UINT32_MAX),
			    .last_day = day_member(r, o, "last_day")};
	if (c.event != NONE)
		*case_push(r->cs, counts) = c;
}

/* Where such cases stand now is for whoever took the step out to say. */
static void lack_step(struct reading *r, const struct block *b, struct str name)
{
	struct str kind = block_step_name(b->kind);
	lack(r, b->kind == BLOCK_STAGES ? "the stage" : "the step", name);
	buf_fmt(r->why, " of \"" STR_FMT "\" (write `move " STR_FMT " " STR_FMT " to …` there)",
		STR_ARG(b->name), STR_ARG(kind), STR_ARG(name));
}

static void read_position(struct reading *r, const struct json *o)
{
	const struct block *b = find_block(r, o);
	struct str name = text_of(r, o, "step");
	int32_t since = day_member(r, o, "since");
	if (r->damaged)
		return;
	if (!b || !block_has_steps(b->kind)) {
		lack(r, "the escalation or the stages", text_of(r, o, "block"));
		return;
	}
	const struct escalation *e = &r->rb->escalations[b->detail];
	uint16_t step = escalation_moved(r->rb, b->detail, name);
	for (uint16_t i = 0; step == NONE && i < e->nsteps; i++)
		if (str_eq(e->steps[i].name, name))
			step = (uint16_t)(i + 1);
	if (step == NONE)
		lack_step(r, b, name);
	else if (step)
		*case_push(r->cs, positions) = (struct position){b->detail, step, since};
}

static uint16_t limit_named(const struct block *b, struct str name)
{
	struct buf words = {0};
	uint16_t i = 0;
	for (; i < b->nlimits; i++) {
		buf_clear(&words);
		limit_words(&words, &b->limits[i]);
		if (str_eq(buf_view(&words), name))
			break;
	}
	buf_release(&words);
	return i;
}

/* By what it counts. Records of the first versions have its place in the block instead, which says
 * nothing once the block was written anew: it is believed where there is but one to be meant. */
static uint16_t find_limit(struct reading *r, const struct block *b, const struct json *o)
{
	const struct json *limit = member(o, "limit");
	bool by_place = limit && limit->kind == JSON_INT;
	int64_t place = by_place ? int_of(r, o, "limit", UINT16_MAX) : 0;
	struct str name = by_place ? STR("") : text_of(r, o, "limit");
	if (!b)
		return 0;
	if (!by_place)
		return limit_named(b, name);
	if (place || b->nlimits != 1)
		lack(r, "what it counts for the limit by number of", b->name);
	return 0;
}

static void read_used(struct reading *r, const struct json *o)
{
	const struct block *b = find_block(r, o);
	uint16_t limit = find_limit(r, b, o);
	struct used u = {.period = day_member(r, o, "period"), .n = int_of(r, o, "n", INT64_MAX)};
	if (!b || limit >= b->nlimits)
		return; /* a limit that is gone limits nothing */
	u.limit = b->limits[limit].index;
	*case_push(r->cs, used) = u;
}

static bool due_kind_of(struct str what, enum due_kind *kind)
{
	static const struct str names[] = {
	    [DUE_ANSWER] = STR_INIT("answer"),
	    [DUE_STEP] = STR_INIT("step"),
	    [DUE_ITEM] = STR_INIT("item"),
	    [DUE_PROMISE] = STR_INIT("promise"),
	};
	for (enum due_kind i = DUE_ANSWER; i <= DUE_PROMISE; i++) {
		if (!str_eq(names[i], what))
			continue;
		*kind = i;
		return true;
	}
	return false;
}

/* A promise that nobody makes any more binds nobody; and where the cases of a step have been moved,
 * a deadline that led there leads nowhere if the new step has none like it. */
static bool is_gone(struct reading *r, const struct json *o, enum due_kind kind)
{
	const struct block *b = r->damaged ? NULL : find_block(r, o);
	if (kind == DUE_PROMISE)
		return !r->damaged && !b;
	return kind == DUE_STEP && b && moved_step(r->rb, b, text_of(r, o, "part")) != NONE &&
	       part_in(r, b, o) == UINT32_MAX;
}

static void read_due(struct reading *r, const struct json *o)
{
	struct due d = {.at = time_member(r, o, "at"),
			.day = day_member(r, o, "day"),
			.origin = hash_member(r, o, "origin"),
			.answered_by = NONE};
	if (!due_kind_of(text_of(r, o, "what"), &d.kind))
		damage(r, "what");
	if (is_gone(r, o, d.kind))
		return;
	d.part = find_part(r, o);
	if (d.kind == DUE_ANSWER)
		d.action = action_of(r, o, d.part, true);
	else if (member(o, "action"))
		d.action = (uint16_t)int_of(r, o, "action", NONE - 1);
	if (d.kind == DUE_ITEM)
		d.n = (uint16_t)int_of(r, o, "n", UINT16_MAX);
	else
		d.answered_by = find_answer(r, o);
	if (!r->damaged && !r->lacking)
		case_add_due(r->cs, &d);
}

/* A fund that is gone is what the schedule has instead. Records that do not say it are of a time
 * when it was not kept. */
static uint16_t fund_of_running(struct reading *r, const struct json *o, uint16_t schedule)
{
	const struct json *fund = member(o, "fund");
	if (fund && fund->kind == JSON_NULL)
		return NONE;
	struct str name = fund ? text_of(r, o, "fund") : STR("");
	for (uint16_t i = 0; i < r->rb->nfunds; i++)
		if (str_eq(r->rb->funds[i].name, name))
			return i;
	return schedule == NONE ? NONE : r->rb->schedules[schedule].fund;
}

static void read_running(struct reading *r, const struct json *o)
{
	struct running run = {.schedule = find_schedule(r, o),
			      .origin = hash_member(r, o, "origin"),
			      .started =
				  day_member(r, o, member(o, "started") ? "started" : "first"),
			      .first = day_member(r, o, "first"),
			      .anchor = day_member(r, o, "anchor"),
			      .cents = money_member(r, o, "amount"),
			      .times = (uint16_t)int_of(r, o, "times", UINT16_MAX),
			      .paid = (uint16_t)int_of(r, o, "paid", UINT16_MAX),
			      .held = (uint16_t)int_of(r, o, "held", UINT16_MAX),
			      .to = text_of(r, o, "to"),
			      .reserved = member(o, "reserved") != NULL,
			      .year = DAY_NONE};
	run.fund = fund_of_running(r, o, run.schedule);
	if (member(o, "year"))
		run.year = day_member(r, o, "year");
	if (r->damaged)
		return;
	if (run.schedule == NONE)
		lack(r, "the schedule", text_of(r, o, "block"));
	else
		case_add_running(r->cs, &run);
}

static void read_owed(struct reading *r, const struct json *o)
{
	const struct rulebook *rb = r->rb;
	struct obligation owed = {
	    .outcome = hash_member(r, o, "outcome"),
	    .name = find_named(r, o, "name", "the line", rb->lines, rb->nlines),
	    .fund = find_named(r, o, "fund", "the fund", rb->funds, rb->nfunds),
	    .cents = money_member(r, o, "amount"),
	    .settled = money_member(r, o, "settled"),
	};
	*case_push(r->cs, owed) = owed;
}

/* The value that an approval would set. */
static struct value proposed_value(struct reading *r, const struct json *o,
				   const struct proposal *p)
{
	const struct part *part = &r->rb->parts[p->part];
	const struct action *a = part_action(part, p->action);
	const struct json *v = member(o, "value");
	struct value value = {0};
	if (a->kind != ACTION_SET)
		return value;
	const struct case_kind *k = &r->rb->kinds[r->rb->blocks[part->block].case_kind];
	const struct fact *f = &k->facts[a->fact];
	value = value_missing(f->type.kind);
	if (!v)
		damage(r, "value");
	else if (v->kind != JSON_NULL && value_read(r->rb, &f->type, v, &value))
		lack(r, "a place for the proposed value of the fact", f->name);
	return value;
}

static void read_proposal(struct reading *r, const struct json *o)
{
	struct proposal p = {.outcome = hash_member(r, o, "outcome"),
			     .part = find_part(r, o),
			     .cents = money_member(r, o, "amount"),
			     .day = day_member(r, o, "day"),
			     .to = text_of(r, o, "to")};
	p.action = action_of(r, o, p.part, false);
	if (r->damaged || r->lacking)
		return;
	p.value = proposed_value(r, o, &p);
	if (!r->damaged && !r->lacking)
		case_add_proposal(r->cs, &p);
}

static void read_paid(struct reading *r, const struct json *o)
{
	struct counter_cents paid = {find_schedule(r, o), money_member(r, o, "amount")};
	if (paid.schedule != NONE)
		*case_push(r->cs, paid) = paid;
}

static void read_placed(struct reading *r, const struct json *o)
{
	struct str name = text_of(r, o, "docket");
	struct placed p = {.docket = NONE,
			   .urgent = member(o, "urgent") != NULL,
			   .meeting = day_member(r, o, "meeting")};
	for (uint16_t i = 0; i < r->rb->ndockets; i++)
		if (str_eq(r->rb->dockets[i].name, name))
			p.docket = i;
	if (p.docket != NONE) /* the meetings of a docket that is gone are not held */
		*case_push(r->cs, placed) = p;
}

static void read_recent(struct reading *r, const struct json *o)
{
	struct recent e = {.event = rulebook_event(r->rb, text_of(r, o, "event")),
			   .n = (uint32_t)int_of(r, o, "n", UINT32_MAX - 1),
			   .day = day_member(r, o, "day")};
	if (e.event != NONE && r->rb->events[e.event].window)
		*case_push(r->cs, recent) = e;
}

/* Events that no version counted in a window before have happened up to the day of the last one,
 * and nobody kept when. */
static void note_not_kept(struct reading *r)
{
	struct case_state *cs = r->cs;
	for (size_t i = 0; i < cs->counts.n; i++) {
		const struct counter *c = &cs->counts.at[i];
		bool seen = !r->rb->events[c->event].window;
		for (size_t k = 0; k < cs->recent.n && !seen; k++)
			seen = cs->recent.at[k].event == c->event;
		if (!seen)
			*case_push(cs, recent) = (struct recent){c->event, 0, c->last_day};
	}
}

static void read_place(struct reading *r, const struct json *o)
{
	const struct rulebook *rb = r->rb;
	const struct json *waiting = member(o, "waiting");
	struct enrolment p = {.capacity = find_named(r, o, "capacity", "the capacity",
						     rb->capacities, rb->ncapacities),
			      .waiting = waiting && waiting->kind == JSON_BOOL && waiting->yes,
			      .since = day_member(r, o, "since"),
			      .origin = hash_member(r, o, "outcome")};
	if (!waiting || p.capacity == NONE)
		damage(r, "places");
	if (!r->damaged && !r->lacking && p.waiting)
		p.part = find_part(r, o);
	if (!r->damaged && !r->lacking)
		*case_push(r->cs, places) = p;
}

static void read_awaited(struct reading *r, const struct json *o)
{
	struct str source = text_of(r, o, "source"), id = text_of(r, o, "id");
	if (!r->damaged)
		case_add_awaited(r->cs, source, id);
}

static void read_list(struct reading *r, const struct json *root, const char *name,
		      void (*read_one)(struct reading *, const struct json *))
{
	const struct json *list = member(root, name);
	if (!list || list->kind != JSON_ARRAY) {
		damage(r, name);
		return;
	}
	for (const struct json *e = json_first(list); e && !r->damaged; e = json_next(list, e))
		read_one(r, e);
}

/* ---- the whole ---- */

static enum status read_head(struct reading *r, const struct json *root)
{
	struct str id = text_of(r, root, "id");
	struct str kind_name = text_of(r, root, "kind"), county_name = text_of(r, root, "county");
	if (r->damaged)
		return STATUS_INVALID;
	uint16_t kind = rulebook_kind(r->rb, kind_name);
	uint16_t county = rulebook_county(r->rb, county_name);
	if (kind == NONE)
		lack(r, "the kind of case", kind_name);
	if (county == NONE)
		lack(r, "the county", county_name);
	if (r->lacking)
		return STATUS_CONFLICT;
	r->cs = case_new(r->rb, id, kind, county);
	r->cs->last = time_member(r, root, "last");
	return STATUS_OK;
}

static void read_body(struct reading *r, const struct json *root)
{
	const struct json *facts = member(root, "facts");
	if (facts && facts->kind == JSON_OBJECT)
		read_facts(r, facts);
	else
		damage(r, "facts");
	read_list(r, root, "counts", read_count);
	read_list(r, root, "positions", read_position);
	read_list(r, root, "used", read_used);
	read_list(r, root, "due", read_due);
	read_list(r, root, "running", read_running);
	read_list(r, root, "owed", read_owed);
	read_list(r, root, "proposals", read_proposal);
	read_list(r, root, "paid", read_paid);
	if (member(root, "placed"))
		read_list(r, root, "placed", read_placed);
	if (member(root, "places"))
		read_list(r, root, "places", read_place);
	if (member(root, "recent"))
		read_list(r, root, "recent", read_recent);
	if (member(root, "awaited"))
		read_list(r, root, "awaited", read_awaited);
	if (member(root, "amendments"))
		r->cs->amendments = (uint32_t)int_of(r, root, "amendments", UINT32_MAX);
	note_not_kept(r);
}

enum status case_read(const struct rulebook *rb, const struct json *root, struct case_state **out,
		      struct buf *why)
{
	struct reading r = {.rb = rb, .why = why};
	enum status status = read_head(&r, root);
	if (status)
		return status;
	read_body(&r, root);
	if (!r.damaged && !r.lacking) {
		*out = r.cs;
		return STATUS_OK;
	}
	case_free(rb, r.cs);
	return r.damaged ? STATUS_INVALID : STATUS_CONFLICT;
}

struct case_state *case_carry(struct json_doc *doc, const struct rulebook *from,
			      const struct case_state *cs, const struct rulebook *to,
			      struct buf *why)
{
	struct buf json = {0};
	struct case_state *out = NULL;
	const struct json *root;
	case_json(&json, from, cs, true);
	if (json_parse(doc, buf_view(&json), SIZE_MAX, &root, why) ||
	    case_read(to, root, &out, why))
		out = NULL;
	buf_release(&json);
	return out;
}
