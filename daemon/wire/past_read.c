/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/past_read.h"

#include "daemon/wire/json_text.h"
#include "daemon/wire/value_read.h"

#include <string.h>

/* One record being read. */
struct reading {
	struct past_reader *r;
	const struct rulebook *own; /* that wrote the record */
	const struct rulebook *rb;  /* that decided what is being read of it */
	struct map *parts;
	struct history *h;
	struct buf *why;
	bool damaged;
};

void past_reader_init(struct past_reader *r, struct json_doc *doc)
{
	*r = (struct past_reader){.doc = doc};
}

void past_reader_release(struct past_reader *r)
{
	for (size_t i = 0; i < r->versions.n; i++)
		map_release(&r->versions.at[i].parts);
	vec_release(&r->versions);
	event_reader_release(&r->events);
	buf_release(&r->text);
}

static struct past_version *version_of(struct past_reader *r, const struct rulebook *rb)
{
	for (size_t i = 0; i < r->versions.n; i++)
		if (r->versions.at[i].rb == rb)
			return &r->versions.at[i];
	struct past_version *v = vec_push(&r->versions);
	*v = (struct past_version){.rb = rb};
	for (uint32_t i = 0; i < rb->nparts; i++)
		map_put(&v->parts, rb->parts[i].because, i);
	return v;
}

static void read_under(struct reading *rd, const struct rulebook *rb)
{
	if (rd->rb == rb)
		return;
	rd->rb = rb;
	rd->parts = &version_of(rd->r, rb)->parts;
}

/* ---- members ---- */

static void damage(struct reading *rd, const char *name)
{
	if (!rd->damaged)
		buf_fmt(rd->why, "a recorded decision is damaged: %s is missing or malformed",
			name);
	rd->damaged = true;
}

static const struct json *member(const struct json *o, const char *name, enum json_kind kind)
{
	const struct json *v = json_get(o, str_from(name));
	return v && v->kind == kind ? v : NULL;
}

static struct str text_of(struct reading *rd, const struct json *o, const char *name)
{
	const struct json *v = member(o, name, JSON_TEXT);
	if (!v)
		damage(rd, name);
	return v ? v->text : STR("");
}

/* The text of a member that need not be there. */
static struct str maybe_text(const struct json *o, const char *name)
{
	const struct json *v = member(o, name, JSON_TEXT);
	return v ? v->text : STR("");
}

static struct hash128 hash_of(struct reading *rd, const struct json *o, const char *name)
{
	struct hash128 h = {{0}};
	if (!hash128_read(text_of(rd, o, name), &h))
		damage(rd, name);
	return h;
}

/* Source and id of an event as its key. */
static struct hash128 key_of(struct reading *rd, const struct json *event)
{
	struct str source = text_of(rd, event, "source"), id = text_of(rd, event, "id");
	return event_key(source, id);
}

static uint16_t find_named(struct reading *rd, const struct json *o, const char *name,
			   const struct named *list, uint16_t n)
{
	struct str s = maybe_text(o, name);
	if (!s.len || !list)
		return NONE;
	for (uint16_t i = 0; i < n; i++)
		if (str_eq(list[i].name, s))
			return i;
	damage(rd, name);
	return NONE;
}

/* ---- outcomes ---- */

static enum action_kind action_of(struct reading *rd, const struct json *o)
{
	struct str verb = text_of(rd, o, "action");
	for (enum action_kind k = ACTION_PAY; k <= ACTION_LAST; k++)
		if (str_eq(action_verb(k), verb))
			return k;
	damage(rd, "action");
	return ACTION_DENY;
}

static uint32_t part_of(struct reading *rd, const struct json *o)
{
	const struct json *because = member(o, "because", JSON_OBJECT);
	buf_clear(&rd->r->text);
	if (because)
		json_text(&rd->r->text, because, NULL, NULL);
	uint32_t part = map_get(rd->parts, buf_view(&rd->r->text));
	if (part != MAP_NONE)
		return part;
	damage(rd, "because");
	return 0;
}

/* Schedules of several programs may have one name: any of them is written alike. */
static uint16_t schedule_of(struct reading *rd, const struct json *o)
{
	struct str name = maybe_text(o, "schedule");
	if (!name.len)
		return NONE;
	for (uint16_t i = 0; i < rd->rb->nschedules; i++)
		if (str_eq(rd->rb->blocks[rd->rb->schedules[i].block].name, name))
			return i;
	damage(rd, "schedule");
	return NONE;
}

static uint16_t fact_of(struct reading *rd, const struct json *o, uint32_t part)
{
	struct str name = maybe_text(o, "fact");
	uint16_t kind = rd->rb->blocks[rd->rb->parts[part].block].case_kind;
	if (!name.len)
		return NONE;
	uint16_t fact = kind == NONE ? NONE : fact_index(&rd->rb->kinds[kind], name);
	if (fact == NONE)
		damage(rd, "fact");
	return fact;
}

static void read_money(struct reading *rd, const struct json *o, struct outcome *out)
{
	const struct json *amount = json_get(o, STR("amount"));
	out->has_amount = amount != NULL;
	if (amount && (amount->kind != JSON_TEXT || money_read(amount->text, &out->cents)))
		damage(rd, "amount");
}

static bool seats_of(const struct json *o, const char *name, int64_t *out)
{
	const struct json *v = member(o, name, JSON_INT);
	*out = v ? v->i : 0;
	return v != NULL;
}

/* "docket":"case_review","meeting":"2026-07-02","urgent":0,"others":1 */
static struct draw read_seats(struct reading *rd, const struct json *o)
{
	const struct rulebook *rb = rd->rb;
	struct draw d = {.pot = POT_DOCKET};
	d.index = find_named(rd, o, "docket", rb->dockets, rb->ndockets);
	if (d.index == NONE || day_read(maybe_text(o, "meeting"), &d.from) ||
	    !seats_of(o, "urgent", &d.reserved) || !seats_of(o, "others", &d.committed))
		damage(rd, "draw");
	return d;
}

static void read_cents(struct reading *rd, const struct json *o, const char *name, int64_t *out)
{
	if (money_read(maybe_text(o, name), out))
		damage(rd, name);
}

static void read_whole(struct reading *rd, const struct json *o, const char *name, int64_t *out)
{
	const struct json *v = member(o, name, JSON_INT);
	if (v)
		*out = v->i;
	else
		damage(rd, name);
}

/* "fund":"incentives","year":"2026-07-01","reserved":"0.00","committed":"100.00", or
 * "capacity":"south_la","waiting":0,"taken":1 */
static struct draw read_levels(struct reading *rd, const struct json *o)
{
	if (member(o, "docket", JSON_TEXT))
		return read_seats(rd, o);
	const struct rulebook *rb = rd->rb;
	struct draw d = {.from = DAY_NONE};
	const struct json *year = member(o, "year", JSON_TEXT);
	if (member(o, "capacity", JSON_TEXT)) {
		d.pot = POT_CAPACITY;
		d.index = find_named(rd, o, "capacity", rb->capacities, rb->ncapacities);
		read_whole(rd, o, "waiting", &d.reserved);
		read_whole(rd, o, "taken", &d.committed);
	} else {
		d.pot = POT_FUND;
		d.index = find_named(rd, o, "fund", rb->funds, rb->nfunds);
		read_cents(rd, o, "reserved", &d.reserved);
		read_cents(rd, o, "committed", &d.committed);
	}
	if (d.index == NONE || (year && day_read(year->text, &d.from)))
		damage(rd, "draw");
	return d;
}

/* Of an outcome, the event that it follows from and the version that decided it, when those are not
 * the decision's. */
static bool is_origin(void *arg, const struct json *object, const struct json *m)
{
	(void)arg;
	return (str_eq(m->name, STR("event")) || str_eq(m->name, STR("version"))) &&
	       json_get(object, STR("because"));
}

static struct hash128 content_of(struct reading *rd, const struct json *o)
{
	buf_clear(&rd->r->text);
	json_text(&rd->r->text, o, is_origin, NULL);
	return hash_sip(rd->r->text.p, rd->r->text.len);
}

/* What is read from here on was decided by the version that it names, or the decision's own. */
static void read_version(struct reading *rd, const struct json *o)
{
	struct past_reader *r = rd->r;
	struct str name = maybe_text(o, "version");
	const struct rulebook *rb = name.len ? NULL : rd->own;
	for (size_t i = 0; !rb && i < r->versions.n; i++)
		if (str_eq(name, str_from(r->versions.at[i].rb->version)))
			rb = r->versions.at[i].rb;
	if (!rb && r->named)
		rb = r->named(r->arg, name);
	if (rb)
		read_under(rd, rb);
	else
		damage(rd, "version");
}

static struct outcome original(struct reading *rd, const struct json *o)
{
	const struct rulebook *rb = rd->rb;
	const struct json *item = member(o, "item", JSON_INT);
	const struct json *times = member(o, "times", JSON_INT);
	const struct json *draw = member(o, "draw", JSON_OBJECT);
	struct outcome out = {.id = hash_of(rd, o, "id"),
			      .action = action_of(rd, o),
			      .proposal = str_eq(maybe_text(o, "kind"), STR("proposal")),
			      .part = part_of(rd, o),
			      .fund = find_named(rd, o, "fund", rb->funds, rb->nfunds),
			      .to = maybe_text(o, "to"),
			      .schedule = schedule_of(rd, o),
			      .item = (uint16_t)(item ? item->i : 0),
			      .times = (uint16_t)(times ? times->i : 0),
			      .urgent = json_get(o, STR("urgent")) != NULL,
			      .waiting = str_eq(maybe_text(o, "kind"), STR("waitlisting")),
			      .unfunded = str_eq(maybe_text(o, "kind"), STR("unfunded")),
			      .draw = draw ? read_levels(rd, draw) : (struct draw){0}};
	uint16_t n;
	const struct named *names = outcome_names(rb, out.action, &n);
	out.name = find_named(rd, o, "name", names, n);
	out.has_of = member(o, "of", JSON_TEXT) != NULL;
	if (out.has_of)
		out.of = hash_of(rd, o, "of");
	out.fact = fact_of(rd, o, out.part);
	if (out.action == ACTION_SET && out.fact == NONE)
		damage(rd, "fact");
	if ((out.action == ACTION_START || out.action == ACTION_STOP) && out.schedule == NONE)
		damage(rd, "schedule");
	read_money(rd, o, &out);
	return out;
}

static void read_outcome(struct reading *rd, const struct json *o)
{
	bool reversal = str_eq(text_of(rd, o, "kind"), STR("reversal"));
	read_version(rd, o);
	if (rd->damaged)
		return;
	struct outcome out = reversal
				 ? (struct outcome){.reversal = true, .of = hash_of(rd, o, "of")}
				 : original(rd, o);
	struct hash128 content = content_of(rd, o);
	if (!rd->damaged)
		history_outcome(rd->h, rd->rb, &out, content);
}

/* ---- inputs ---- */

static void read_pot(struct reading *rd, const struct json *o, struct hash128 own)
{
	const struct json *event = member(o, "event", JSON_OBJECT);
	struct draw d = read_levels(rd, o);
	struct hash128 key = event ? key_of(rd, event) : own;
	if (!rd->damaged)
		history_pot(rd->h, rd->rb, key,
			    &(struct pot_input){.pot = d.pot,
						.index = d.index,
						.from = d.from,
						.reserved = d.reserved,
						.committed = d.committed});
}

static void read_input(struct reading *rd, const struct json *o, struct hash128 own)
{
	const struct json *event = member(o, "event", JSON_OBJECT);
	read_version(rd, o);
	if (rd->damaged)
		return;
	if (member(o, "fund", JSON_TEXT) || member(o, "capacity", JSON_TEXT) ||
	    member(o, "docket", JSON_TEXT)) {
		read_pot(rd, o, own);
		return;
	}
	const struct json *value = json_get(o, STR("value"));
	struct input in = {.id = text_of(rd, o, "case"),
			   .kind = rulebook_kind(rd->rb, text_of(rd, o, "kind"))};
	if (in.kind == NONE) {
		damage(rd, "kind");
		return;
	}
	const struct case_kind *k = &rd->rb->kinds[in.kind];
	in.fact = fact_index(k, text_of(rd, o, "fact"));
	if (in.fact == NONE || !value) {
		damage(rd, "fact");
		return;
	}
	in.value = value_missing(k->facts[in.fact].type.kind);
	if (value->kind != JSON_NULL &&
	    value_read(rd->rb, &k->facts[in.fact].type, value, &in.value))
		damage(rd, "value");
	struct hash128 key = event ? key_of(rd, event) : own;
	if (!rd->damaged)
		history_input(rd->h, rd->rb, key, &in);
}

/* ---- the whole ---- */

static bool parse(struct reading *rd, struct str text, const struct json **root)
{
	struct buf ignored = {0}; /* it may quote the text */
	if (json_parse(rd->r->doc, text, SIZE_MAX, root, &ignored))
		damage(rd, "its JSON");
	buf_release(&ignored);
	return !rd->damaged;
}

/* Deadlines and items follow from the others and are not read. */
static void read_event(struct reading *rd, struct str text, struct hash128 *key)
{
	const struct json *root;
	struct event ev;
	struct refusal no = {0};
	if (!parse(rd, text, &root))
		return;
	uint16_t type = rulebook_event(rd->rb, text_of(rd, root, "type"));
	*key = key_of(rd, root);
	if (type == EVENT_DEADLINE || type == EVENT_SCHEDULED)
		return;
	if (event_read(&rd->r->events, rd->rb, root, &rd->h->arena, &ev, &no))
		history_event(rd->h, rd->rb, &ev);
	else
		damage(rd, "its event");
}

static void read_decision(struct reading *rd, struct str text, struct hash128 key)
{
	const struct json *root;
	if (!parse(rd, text, &root))
		return;
	const struct json *outcomes = member(root, "outcomes", JSON_ARRAY);
	const struct json *inputs = member(root, "inputs", JSON_ARRAY);
	if (!outcomes) {
		damage(rd, "outcomes");
		return;
	}
	for (const struct json *o = json_first(outcomes); o && !rd->damaged;
	     o = json_next(outcomes, o))
		read_outcome(rd, o);
	for (const struct json *i = inputs ? json_first(inputs) : NULL; i && !rd->damaged;
	     i = json_next(inputs, i))
		read_input(rd, i, key);
}

enum status past_read(struct past_reader *r, const struct rulebook *rb, struct str event,
		      struct str decision, struct history *h, struct buf *why)
{
	struct reading rd = {.r = r, .own = rb, .h = h, .why = why};
	struct hash128 key = {{0}};
	read_under(&rd, rb);
	read_event(&rd, event, &key);
	if (!rd.damaged)
		read_decision(&rd, decision, key);
	return rd.damaged ? STATUS_INVALID : STATUS_OK;
}
