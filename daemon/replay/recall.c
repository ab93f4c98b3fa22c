/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the recorded events have effects is told by the decisions: one that decides the history
 * again lists all those that have none, and stands until the next one does. When they happened is
 * told by the events, and by the corrections among them that are not listed.
 */
#include "daemon/replay/recall.h"

#include "engine/base/limits.h"

#include <stdlib.h>

struct recorded {
	struct hash128 key;
	uint16_t type;     /* NONE: of no type that this policy knows */
	int64_t time;      /* of a retraction or correction: when it was made */
	int64_t happened;  /* as it was corrected */
	struct hash128 of; /* of a retraction or correction: the key of the event that it names */
	bool has_time;     /* a correction that gives another time: `happened` */
	size_t voids, nvoids; /* that its decision lists, in `voids` */
};

struct recalling {
	const struct ledger_reader *reader;
	const struct rulebook *rb;
	struct json_doc *doc;
	VEC(struct recorded) events;   /* the newest first */
	VEC(struct recorded) messages; /* those of them that retract or correct */
	VEC(struct hash128) voids;
	bool lost; /* a record that cannot be read, or too many */
};

static struct str text_of(const struct json *o, const char *name)
{
	const struct json *v = json_get(o, str_from(name));
	return v && v->kind == JSON_TEXT ? v->text : STR("");
}

static bool is_message(const struct recorded *r)
{
	return r->type == EVENT_RETRACTED || r->type == EVENT_CORRECTED;
}

static void read_message(const struct json *data, struct recorded *out)
{
	out->of = event_key(text_of(data, "source"), text_of(data, "event"));
	out->has_time = out->type == EVENT_CORRECTED &&
			time_read(text_of(data, "time"), &out->happened) == STATUS_OK;
}

/* A deadline or an item that came once more has its name, and another key. */
static struct hash128 key_of(const struct recalling *c, const struct json *event,
			     const struct ledger_event *e)
{
	struct hash128 key = event_key(text_of(event, "source"), text_of(event, "id"));
	bool again = !hash128_eq(ledger_fingerprint(c->reader, key), e->fingerprint);
	return again ? hash_join(key, e->fingerprint) : key;
}

static bool read_event(struct recalling *c, const struct ledger_event *e, struct recorded *out)
{
	const struct json *root;
	struct buf ignored = {0};
	bool fine = json_parse(c->doc, e->event, SIZE_MAX, &root, &ignored) == STATUS_OK &&
		    time_read(text_of(root, "time"), &out->time) == STATUS_OK;
	const struct json *data = fine ? json_get(root, STR("data")) : NULL;
	if (fine) {
		out->key = key_of(c, root, e);
		out->type = rulebook_event(c->rb, text_of(root, "type"));
	}
	out->happened = out->time;
	if (data && is_message(out))
		read_message(data, out);
	buf_release(&ignored);
	return fine;
}

static bool read_voids(struct recalling *c, struct str decision, struct recorded *out)
{
	const struct json *root;
	struct buf ignored = {0};
	out->voids = c->voids.n;
	if (!str_contains(decision, STR("\"void\":")))
		return true;
	bool fine = json_parse(c->doc, decision, SIZE_MAX, &root, &ignored) == STATUS_OK;
	const struct json *list = fine ? json_get(root, STR("void")) : NULL;
	for (const struct json *v = list ? json_first(list) : NULL; v; v = json_next(list, v))
		*vec_push(&c->voids) = event_key(text_of(v, "source"), text_of(v, "id"));
	out->nvoids = c->voids.n - out->voids;
	buf_release(&ignored);
	return fine;
}

static bool on_recorded(void *arg, const struct ledger_event *e)
{
	struct recalling *c = arg;
	struct recorded r = {.type = NONE};
	c->lost = c->events.n >= LIMIT_HISTORY || !read_event(c, e, &r) ||
		  !read_voids(c, e->decision, &r);
	if (!c->lost)
		*vec_push(&c->events) = r;
	if (!c->lost && is_message(&r))
		*vec_push(&c->messages) = r;
	return !c->lost;
}

static bool is_named(const struct recalling *c, const struct recorded *r)
{
	for (size_t i = 0; i < c->messages.n; i++)
		if (hash128_eq(c->messages.at[i].of, r->key))
			return true;
	return false;
}

/* The decision whose list of voids stands: the last one that decided the history again. */
static const struct recorded *last_again(const struct recalling *c)
{
	const struct recorded *again = NULL;
	int64_t last = TIME_NONE;
	for (size_t i = c->events.n; i-- > 0;) {
		const struct recorded *r = &c->events.at[i];
		if (r->time < last || is_message(r) || is_named(c, r))
			again = r;
		last = r->time > last ? r->time : last;
	}
	return again;
}

static bool is_void(const struct recalling *c, const struct recorded *again,
		    const struct recorded *r)
{
	for (size_t i = 0; again && i < again->nvoids; i++)
		if (hash128_eq(c->voids.at[again->voids + i], r->key))
			return true;
	return false;
}

static bool made_earlier(const struct recorded *a, const struct recorded *b)
{
	return a->time != b->time ? a->time < b->time
				  : memcmp(&a->key, &b->key, sizeof(a->key)) < 0;
}

/* Each correction of a time that holds; the latest has the last word. */
static void move_in_time(struct recalling *c, const struct recorded *again)
{
	for (size_t i = 0; i < c->events.n; i++) {
		struct recorded *r = &c->events.at[i];
		const struct recorded *by = NULL;
		for (size_t k = 0; !is_message(r) && k < c->messages.n; k++) {
			const struct recorded *m = &c->messages.at[k];
			if (m->has_time && hash128_eq(m->of, r->key) && !is_void(c, again, m) &&
			    (!by || made_earlier(by, m)))
				by = m;
		}
		if (by)
			r->happened = by->happened;
	}
}

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

static void recall_type(const struct recalling *c, const struct recorded *again,
			struct case_state *cs, const struct counter *count)
{
	uint16_t event = count->event;
	VEC(int32_t) days = {0};
	for (size_t i = 0; i < c->events.n; i++)
		if (c->events.at[i].type == event && !is_void(c, again, &c->events.at[i]))
			*vec_push(&days) = zone_day(c->rb->zone, c->events.at[i].happened);
	if (days.n == count->n) {
		qsort(days.at, days.n, sizeof(*days.at), by_day);
		case_forget_recent(cs, event);
		for (size_t i = 0; i < days.n; i++)
			case_add_recent(cs, event, days.at[i]);
		case_prune_recent(cs, event, count->last_day - c->rb->events[event].window);
	}
	vec_release(&days);
}

static enum status read_up_to(struct recalling *c, struct ledger_reader *r, struct str id,
			      uint64_t last)
{
	struct ledger_event e;
	enum status st = last ? ledger_event_at(r, last, &e) : STATUS_OK;
	if (!st && last)
		on_recorded(c, &e);
	return st ? st : ledger_timeline(r, id, last, SIZE_MAX, on_recorded, c);
}

enum status recall_days(struct ledger_reader *r, struct json_doc *doc, const struct rulebook *rb,
			struct case_state *cs, uint64_t last)
{
	struct recalling c = {.reader = r, .rb = rb, .doc = doc};
	enum status st = read_up_to(&c, r, cs->id, last);
	const struct recorded *again = last_again(&c);
	move_in_time(&c, again);
	for (size_t i = 0; !st && !c.lost && i < cs->counts.n; i++)
		if (!case_recent_is_whole(rb, cs, &cs->counts.at[i]))
			recall_type(&c, again, cs, &cs->counts.at[i]);
	vec_release(&c.events);
	vec_release(&c.messages);
	vec_release(&c.voids);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}
