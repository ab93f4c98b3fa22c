/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/event.h"

#include "engine/base/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct hash128 event_key(struct str source, struct str id)
{
	/* The length of the source stands first, so that no two pairs give the same bytes. */
	uint8_t bytes[4 + LIMIT_SOURCE_ID_BYTES + LIMIT_ID_BYTES];
	struct buf b = {0};
	uint32_t n = (uint32_t)source.len;
	uint8_t head[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
	if (source.len <= LIMIT_SOURCE_ID_BYTES && id.len <= LIMIT_ID_BYTES) {
		memcpy(bytes, head, 4);
		memcpy(bytes + 4, source.p ? source.p : "", source.len);
		memcpy(bytes + 4 + source.len, id.p ? id.p : "", id.len);
		return hash_sip(bytes, 4 + source.len + id.len);
	}
	buf_bytes(&b, head, 4);
	buf_str(&b, source);
	buf_str(&b, id);
	struct hash128 key = hash_sip(b.p, b.len);
	buf_release(&b);
	return key;
}

/* ---- refusals ---- */

static struct str format_text(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct str){p, (size_t)n};
}

static struct reason *reason_new(struct refusal *r, struct arena *a)
{
	if ((r->n & (r->n - 1)) == 0) { /* full at 0, 1, 2, 4, 8 … */
		struct reason *more = arena_array(a, r->n ? 2 * r->n : 1, sizeof(*more));
		if (r->n)
			memcpy(more, r->reasons, r->n * sizeof(*more));
		r->reasons = more;
	}
	return &r->reasons[r->n++];
}

void refusal_addv(struct refusal *r, struct arena *a, const char *slug, struct str where,
		  const char *fmt, va_list ap)
{
	if (!r->slug) {
		*r = (struct refusal){.slug = slug, .block = NONE};
	}
	struct reason *reason = reason_new(r, a);
	reason->where = arena_str(a, where);
	reason->text = format_text(a, fmt, ap);
}

void refusal_add(struct refusal *r, struct arena *a, const char *slug, struct str where,
		 const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	refusal_addv(r, a, slug, where, fmt, ap);
	va_end(ap);
}

/* ---- does it fit the vocabulary ---- */

struct check {
	const struct rulebook *rb;
	const struct event *ev;
	struct arena *a;
	struct refusal *r;
};

#define BAD(c, slug, where, ...) refusal_add((c)->r, (c)->a, slug, where, __VA_ARGS__)

/* Of deadlines, items and places that are found. */
#define OWN_SOURCE               STR("waymark")

static void check_ids(const struct check *c)
{
	const struct {
		struct str name, value;
		size_t most;
	} ids[] = {{STR("id"), c->ev->id, LIMIT_ID_BYTES},
		   {STR("source"), c->ev->source, LIMIT_SOURCE_ID_BYTES},
		   {STR("subject"), c->ev->subject, LIMIT_ID_BYTES}};
	if (str_eq(c->ev->source, OWN_SOURCE))
		BAD(c, "bad-event", STR("source"),
		    "\"waymark\" is the source of what comes from within; an event has another");
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i].value.len == 0 || ids[i].value.len > ids[i].most)
			BAD(c, "bad-event", ids[i].name, STR_FMT " must have 1 to %zu bytes",
			    STR_ARG(ids[i].name), ids[i].most);
}

static struct str field_path(const struct check *c, const struct field *f)
{
	char *p = arena_alloc(c->a, 5 + f->name.len);
	memcpy(p, "data.", 5);
	memcpy(p + 5, f->name.p, f->name.len);
	return (struct str){p, 5 + f->name.len};
}

static void check_range(const struct check *c, const struct field *f)
{
	struct buf min = {0}, max = {0};
	policy_value_text(&min, c->rb, &f->type, value_int(f->type.kind, f->type.min));
	policy_value_text(&max, c->rb, &f->type, value_int(f->type.kind, f->type.max));
	if (f->type.max == INT64_MAX)
		BAD(c, "bad-event", field_path(c, f), STR_FMT " must be " STR_FMT " or more",
		    STR_ARG(f->name), STR_ARG(buf_view(&min)));
	else
		BAD(c, "bad-event", field_path(c, f),
		    STR_FMT " must be from " STR_FMT " to " STR_FMT, STR_ARG(f->name),
		    STR_ARG(buf_view(&min)), STR_ARG(buf_view(&max)));
	buf_release(&min);
	buf_release(&max);
}

static void check_text(const struct check *c, const struct field *f, struct value v)
{
	bool is_ref = f->type.kind == TYPE_REF;
	uint32_t most = is_ref ? LIMIT_ID_BYTES : LIMIT_FIELD_TEXT_BYTES;
	if (v.len > most || (is_ref && v.len == 0))
		BAD(c, "bad-event", field_path(c, f), STR_FMT " must have %s%u bytes",
		    STR_ARG(f->name), is_ref ? "1 to " : "at most ", (unsigned)most);
}

static void check_value(const struct check *c, const struct field *f, struct value v)
{
	if (v.kind != f->type.kind) {
		BAD(c, "bad-event", field_path(c, f), STR_FMT " must be of the type " STR_FMT,
		    STR_ARG(f->name), STR_ARG(type_kind_name(f->type.kind)));
		return;
	}
	if (type_is_text(f->type.kind))
		check_text(c, f, v);
	else if (f->type.has_range && (v.i < f->type.min || v.i > f->type.max))
		check_range(c, f);
	else if (f->type.kind == TYPE_CHOICE && (v.i < 0 || v.i >= c->rb->choices[f->type.of].n))
		BAD(c, "bad-event", field_path(c, f), STR_FMT " is none of the choices that it has",
		    STR_ARG(f->name));
	else if (f->type.kind == TYPE_DATE && (v.i < DAY_MIN || v.i > DAY_MAX))
		BAD(c, "bad-event", field_path(c, f),
		    STR_FMT " must be a date from 0001-01-01 to 9999-12-31", STR_ARG(f->name));
}

static void check_fields(const struct check *c)
{
	const struct event_type *t = &c->rb->events[c->ev->type];
	for (uint16_t i = 0; i < t->nfields; i++) {
		const struct field *f = &t->fields[i];
		struct value v = c->ev->fields[i];
		bool fields = c->ev->type == EVENT_CORRECTED && i == CORRECTED_DATA;
		if (v.known && !fields) /* those are checked as the event's that they correct */
			check_value(c, f, v);
		else if (v.known)
			continue;
		else if (!f->optional)
			BAD(c, "bad-event", field_path(c, f),
			    STR_FMT " is missing; an event " STR_FMT " needs it", STR_ARG(f->name),
			    STR_ARG(t->name));
	}
}

static void check_kind(const struct check *c)
{
	const struct event_type *t = &c->rb->events[c->ev->type];
	if (c->ev->kind >= c->rb->nkinds)
		BAD(c, "bad-event", STR("casekind"),
		    "the first event of a case must say which kind of case it is, because " STR_FMT
		    " can belong to several",
		    STR_ARG(t->name));
	else if (!t->of_kind[c->ev->kind])
		BAD(c, "other-kind", STR("type"), STR_FMT " is not an event of a " STR_FMT " case",
		    STR_ARG(t->name), STR_ARG(c->rb->kinds[c->ev->kind].name));
}

static void check_county(const struct check *c)
{
	if (c->ev->county >= c->rb->ncounties) {
		BAD(c, "bad-event", STR("county"), "there is no such county in this rulebook");
		return;
	}
	const struct county *county = &c->rb->counties[c->ev->county];
	if (c->ev->day >= county->first_day)
		return;
	struct buf first = {0};
	day_text(&first, county->first_day);
	BAD(c, "before-policy", STR("time"),
	    "no program was in force in " STR_FMT " on that day; the first one is from " STR_FMT,
	    STR_ARG(county->name), STR_ARG(buf_view(&first)));
	buf_release(&first);
}

/* ---- about another event ---- */

static void check_named(const struct check *c)
{
	struct value event = c->ev->fields[AMENDS_EVENT], source = c->ev->fields[AMENDS_SOURCE];
	struct str id = value_as_str(event), of = value_as_str(source);
	if (!event.known || !source.known)
		return; /* said already */
	if (!id.len || id.len > LIMIT_ID_BYTES)
		BAD(c, "bad-event", STR("data.event"), "event must have 1 to %u bytes",
		    LIMIT_ID_BYTES);
	if (!of.len || of.len > LIMIT_SOURCE_ID_BYTES)
		BAD(c, "bad-event", STR("data.source"), "source must have 1 to %u bytes",
		    LIMIT_SOURCE_ID_BYTES);
	if (str_eq(of, OWN_SOURCE))
		BAD(c, "bad-event", STR("data.source"),
		    "deadlines, scheduled payments and places that are found follow from other "
		    "events and change with those; name the event that is wrong");
	if (str_eq(of, c->ev->source) && str_eq(id, c->ev->id))
		BAD(c, "bad-event", STR("data.event"), "the event names itself");
}

static void check_correction(const struct check *c)
{
	int64_t ignored;
	struct value time = c->ev->fields[CORRECTED_TIME];
	if (!time.known && !c->ev->fields[CORRECTED_DATA].known)
		BAD(c, "bad-event", STR("data"),
		    "the correction corrects nothing; give a new time, new data, or both");
	if (time.known && time_read(value_as_str(time), &ignored))
		BAD(c, "bad-event", STR("data.time"),
		    "time is not a time with its offset, such as \"2026-07-14T09:30:00-07:00\"");
}

bool event_check(const struct rulebook *rb, const struct event *ev, struct arena *a,
		 struct refusal *r)
{
	struct check c = {rb, ev, a, r};
	*r = (struct refusal){.block = NONE};
	if (ev->type >= rb->nevents || ev->type == EVENT_DEADLINE || ev->type == EVENT_SCHEDULED ||
	    ev->type == EVENT_PLACE_FOUND) {
		BAD(&c, "unknown-event", STR("type"),
		    ev->type < rb->nevents
			? "deadlines, scheduled payments and places that are found happen by "
			  "themselves and cannot be sent"
			: "there is no such type of event in this rulebook");
		return false;
	}
	check_ids(&c);
	check_fields(&c);
	check_kind(&c);
	check_county(&c);
	if (ev->type == EVENT_RETRACTED || ev->type == EVENT_CORRECTED)
		check_named(&c);
	if (ev->type == EVENT_CORRECTED)
		check_correction(&c);
	return !r->slug;
}
