/* SPDX-License-Identifier: Apache-2.0
 *
 * An event is read in three steps, each of which names all the faults it finds: the attributes are
 * collected (from a JSON object, or one by one in binary mode), then settled against the rulebook,
 * then the fields of `data` are read by the type that the vocabulary gives them.
 */
#include "daemon/wire/event_read.h"

#include "daemon/wire/event_internal.h"
#include "engine/base/limits.h"

#include <string.h>

static const struct {
	struct str name;
	bool required;
	size_t most; /* bytes; 0: as long as it likes */
} ATTRIBUTES[] = {
    [ATTR_SPECVERSION] = {STR_INIT("specversion"), true, 0},
    [ATTR_ID] = {STR_INIT("id"), true, LIMIT_ID_BYTES},
    [ATTR_SOURCE] = {STR_INIT("source"), true, LIMIT_SOURCE_ID_BYTES},
    [ATTR_TYPE] = {STR_INIT("type"), true, 0},
    [ATTR_SUBJECT] = {STR_INIT("subject"), true, LIMIT_ID_BYTES},
    [ATTR_TIME] = {STR_INIT("time"), true, 0},
    [ATTR_COUNTY] = {STR_INIT("county"), true, 0},
    [ATTR_CASEKIND] = {STR_INIT("casekind"), false, 0},
    [ATTR_DATACONTENTTYPE] = {STR_INIT("datacontenttype"), false, 0},
    [ATTR_DATASCHEMA] = {STR_INIT("dataschema"), false, 0},
    [ATTR_TRACEPARENT] = {STR_INIT("traceparent"), false, 0},
    [ATTR_TRACESTATE] = {STR_INIT("tracestate"), false, 0},
};

void near_try(struct near *n, struct str name)
{
	size_t most = n->best.len ? n->distance - 1 : 1 + n->word.len / 4;
	if (n->best.len && n->distance == 0)
		return;
	size_t d = str_distance(n->word, name, most);
	if (d <= most) {
		n->best = name;
		n->distance = d;
	}
}

struct str near_hint(struct reading *rd, const struct near *n)
{
	if (!n->best.len)
		return STR("");
	struct str parts[3] = {STR("; did you mean "), n->best, STR("?")};
	char *p = arena_alloc(rd->arena, parts[0].len + parts[1].len + parts[2].len);
	struct str hint = {p, 0};
	for (int i = 0; i < 3; i++) {
		memcpy(p + hint.len, parts[i].p, parts[i].len);
		hint.len += parts[i].len;
	}
	return hint;
}

/* At most 80 bytes of what was sent, for messages; cut between characters. */
struct str shown(struct str s)
{
	if (s.len <= 80)
		return s;
	s.len = 80;
	while (s.len && ((unsigned char)s.p[s.len] & 0xC0) == 0x80)
		s.len--;
	return s;
}

/* ---- collecting ---- */

/* Looked for from the one on that is likely to come. */
static enum attribute attribute_of(struct str name, enum attribute likely)
{
	for (unsigned n = 0, i = likely; n < ATTRIBUTES_N; n++, i++)
		if (str_eq(ATTRIBUTES[i % ATTRIBUTES_N].name, name))
			return i % ATTRIBUTES_N;
	return ATTRIBUTES_N;
}

static void unknown_attribute(struct reading *rd, struct str name)
{
	if (str_eq(name, STR("data_base64"))) {
		bad(rd, name, "binary data is not taken; send the fields as a JSON object in data");
		return;
	}
	struct near n = {.word = name};
	for (enum attribute i = 0; i < ATTRIBUTES_N; i++)
		near_try(&n, ATTRIBUTES[i].name);
	near_try(&n, STR("data"));
	bad(rd, shown(name), "an event has no such attribute" STR_FMT, STR_ARG(near_hint(rd, &n)));
}

static void collect(struct reading *rd, const struct json *root)
{
	enum attribute i = ATTR_SPECVERSION;
	for (const struct json *m = json_first(root); m; m = json_next(root, m), i++) {
		if (str_eq(m->name, STR("data"))) {
			rd->data = m;
			continue;
		}
		i = attribute_of(m->name, i);
		if (i == ATTRIBUTES_N) {
			unknown_attribute(rd, m->name);
		} else if (m->kind != JSON_TEXT) {
			rd->faulty |= 1u << i;
			bad(rd, m->name, "this is " STR_FMT "; text was expected",
			    STR_ARG(json_kind_words(m)));
		} else {
			rd->given |= 1u << i;
			rd->attr[i] = m->text;
		}
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	char lower = (char)(c | 0x20);
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Undoes percent-encoding; false when that is broken or what comes out is not UTF-8. */
static bool decode(struct arena *a, struct str s, struct str *out)
{
	char *p = arena_alloc(a, s.len);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '%') {
			p[n++] = s.p[i];
			continue;
		}
		int high = i + 2 < s.len ? hex_digit(s.p[i + 1]) : -1;
		int low = i + 2 < s.len ? hex_digit(s.p[i + 2]) : -1;
		if (high < 0 || low < 0)
			return false;
		p[n++] = (char)(high * 16 + low);
		i += 2;
	}
	*out = (struct str){p, n};
	return str_is_utf8(*out);
}

static struct str lower(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len);
	for (size_t i = 0; i < s.len; i++)
		p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
	return (struct str){p, s.len};
}

static void collect_binary(struct reading *rd, const struct event_attribute *at, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct str name = lower(rd->arena, at[k].name), value;
		enum attribute i = attribute_of(name, 0);
		if (i == ATTRIBUTES_N) {
			unknown_attribute(rd, name);
		} else if ((rd->given | rd->faulty) >> i & 1) {
			rd->faulty |= 1u << i;
			bad(rd, name, "this attribute stands twice");
		} else if (!decode(rd->arena, at[k].value, &value)) {
			rd->faulty |= 1u << i;
			bad(rd, name, "this is not percent-encoded UTF-8");
		} else {
			rd->given |= 1u << i;
			rd->attr[i] = value;
		}
	}
}

/* ---- settling ---- */

/* Are all eight bytes from U+0020 to U+007E? */
static bool is_printable_word(const char *p)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
	uint64_t w;
	memcpy(&w, p, sizeof(w));
	return !((w | (w - ones * 0x20) | ((w ^ ones * 0x7F) - ones)) & highs);
}

static bool has_control(struct str s)
{
	size_t i = 0;
	while (i + 8 <= s.len && is_printable_word(s.p + i)) /* nearly all */
		i += 8;
	for (; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7F)
			return true;
		if (c == 0xC2 && i + 1 < s.len && (unsigned char)s.p[i + 1] < 0xA0)
			return true; /* U+0080 to U+009F */
	}
	return false;
}

/* The attribute is there and of the right form. */
static bool is_given(const struct reading *rd, enum attribute i)
{
	return (rd->given & ~rd->faulty) >> i & 1;
}

static void check_form(struct reading *rd, enum attribute i)
{
	struct str name = ATTRIBUTES[i].name, value = rd->attr[i];
	bool given = rd->given >> i & 1;
	if (rd->faulty >> i & 1 || (!given && !ATTRIBUTES[i].required))
		return;
	if (!given)
		bad(rd, name, "the event has no " STR_FMT, STR_ARG(name));
	else if (!value.len)
		bad(rd, name, "the " STR_FMT " is empty", STR_ARG(name));
	else if (ATTRIBUTES[i].most && value.len > ATTRIBUTES[i].most)
		bad(rd, name, "this has %zu bytes; at most %zu are allowed", value.len,
		    ATTRIBUTES[i].most);
	else if (has_control(value))
		bad(rd, name, "control characters are not allowed here");
	else
		return;
	rd->faulty |= 1u << i;
}

/* Done before all else: an unknown type gives the whole refusal its name. */
static void settle_type(struct reading *rd, struct str type)
{
	rd->ev.type = NONE;
	if (!type.len)
		return;
	uint16_t t = rulebook_event(rd->rb, type);
	if (t == EVENT_DEADLINE || t == EVENT_SCHEDULED) {
		refusal_add(rd->refusal, rd->arena, "unknown-event", STR("type"),
			    "\"" STR_FMT "\" comes from within when time passes; it is not sent",
			    STR_ARG(type));
	} else if (t == NONE) {
		struct near n = {.word = type};
		for (uint16_t i = 0; i < rd->rb->nevents; i++)
			near_try(&n, rd->rb->events[i].name);
		refusal_add(rd->refusal, rd->arena, "unknown-event", STR("type"),
			    "there is no event \"" STR_FMT "\"" STR_FMT, STR_ARG(shown(type)),
			    STR_ARG(near_hint(rd, &n)));
	} else {
		rd->ev.type = t;
	}
}

static void settle_time(struct reading *rd)
{
	struct str time = rd->attr[ATTR_TIME];
	if (!is_given(rd, ATTR_TIME))
		return;
	if (time_read(time, &rd->ev.time))
		bad(rd, STR("time"),
		    "\"" STR_FMT "\" is not a time with its offset, such as "
		    "\"2026-07-14T09:30:00-07:00\"",
		    STR_ARG(shown(time)));
	else
		rd->ev.day = zone_day(rd->rb->zone, rd->ev.time);
}

static void settle_county(struct reading *rd)
{
	struct str county = rd->attr[ATTR_COUNTY];
	if (!is_given(rd, ATTR_COUNTY))
		return;
	rd->ev.county = rulebook_county(rd->rb, county);
	if (rd->ev.county != NONE)
		return;
	struct near n = {.word = county};
	for (uint16_t i = 0; i < rd->rb->ncounties; i++)
		near_try(&n, rd->rb->counties[i].name);
	bad(rd, STR("county"), "there is no county \"" STR_FMT "\"" STR_FMT, STR_ARG(shown(county)),
	    STR_ARG(near_hint(rd, &n)));
}

/* The only kind that the type allows; NONE when there are several. */
static uint16_t only_kind(const struct rulebook *rb, uint16_t type)
{
	uint16_t only = NONE;
	for (uint16_t k = 0; k < rb->nkinds; k++) {
		if (!rb->events[type].of_kind[k])
			continue;
		if (only != NONE)
			return NONE;
		only = k;
	}
	return only;
}

static void settle_kind(struct reading *rd)
{
	struct str kind = rd->attr[ATTR_CASEKIND];
	rd->ev.kind = rd->ev.type == NONE ? NONE : only_kind(rd->rb, rd->ev.type);
	if (!is_given(rd, ATTR_CASEKIND))
		return;
	uint16_t k = rulebook_kind(rd->rb, kind);
	if (k == NONE) {
		struct near n = {.word = kind};
		for (uint16_t i = 0; i < rd->rb->nkinds; i++)
			near_try(&n, rd->rb->kinds[i].name);
		bad(rd, STR("casekind"), "there is no kind of case \"" STR_FMT "\"" STR_FMT,
		    STR_ARG(shown(kind)), STR_ARG(near_hint(rd, &n)));
	} else if (rd->ev.type != NONE && !rd->rb->events[rd->ev.type].of_kind[k]) {
		bad(rd, STR("casekind"), STR_FMT " is not an event of a " STR_FMT " case",
		    STR_ARG(rd->attr[ATTR_TYPE]), STR_ARG(kind));
	} else {
		rd->ev.kind = k;
	}
}

static void settle_content_type(struct reading *rd)
{
	struct str s = rd->attr[ATTR_DATACONTENTTYPE];
	if (!is_given(rd, ATTR_DATACONTENTTYPE))
		return;
	s = lower(rd->arena, s);
	if (str_eq(s, STR("application/json")) || str_starts(s, STR("application/json;")) ||
	    str_starts(s, STR("application/json ")))
		return;
	bad(rd, STR("datacontenttype"), "only application/json is taken");
}

static void settle(struct reading *rd)
{
	for (enum attribute i = 0; i < ATTRIBUTES_N; i++)
		check_form(rd, i);
	if (is_given(rd, ATTR_SPECVERSION) && !str_eq(rd->attr[ATTR_SPECVERSION], STR("1.0")))
		bad(rd, STR("specversion"), "\"1.0\" was expected");
	settle_time(rd);
	settle_county(rd);
	settle_kind(rd);
	settle_content_type(rd);
}

/* ---- the whole ---- */

static bool finish(struct event_reader *r, struct reading *rd, struct event *out)
{
	settle(rd);
	if (rd->ev.type != NONE)
		fields_read(rd);
	if (rd->refusal->slug)
		return false;
	struct event *ev = &rd->ev;
	ev->id = arena_str(rd->arena, rd->attr[ATTR_ID]);
	ev->source = arena_str(rd->arena, rd->attr[ATTR_SOURCE]);
	ev->subject = arena_str(rd->arena, rd->attr[ATTR_SUBJECT]);
	ev->key = event_key(ev->source, ev->id);
	buf_clear(&r->json);
	if (!r->recorded) {
		event_json(&r->json, rd->rb, ev);
		ev->digest = hash_sip(r->json.p, r->json.len);
	}
	*out = *ev;
	return true;
}

bool event_read(struct event_reader *r, const struct rulebook *rb, const struct json *root,
		struct arena *a, struct event *ev, struct refusal *refusal)
{
	struct reading rd = {.rb = rb, .arena = a, .refusal = refusal, .word = &r->word};
	if (root->kind != JSON_OBJECT) {
		bad(&rd, STR(""), "this is " STR_FMT "; an event is an object",
		    STR_ARG(json_kind_words(root)));
		return false;
	}
	const struct json *type = json_get(root, STR("type"));
	settle_type(&rd, type && type->kind == JSON_TEXT ? type->text : STR(""));
	collect(&rd, root);
	return finish(r, &rd, ev);
}

bool event_read_binary(struct event_reader *r, const struct rulebook *rb,
		       const struct event_attribute *attributes, size_t n, const struct json *data,
		       struct arena *a, struct event *ev, struct refusal *refusal)
{
	struct reading rd = {.rb = rb,
			     .arena = a,
			     .refusal = refusal,
			     .word = &r->word,
			     .data = data,
			     .ev.type = NONE};
	for (size_t i = 0; i < n; i++)
		if (str_eq(lower(a, attributes[i].name), STR("type")))
			settle_type(&rd, attributes[i].value);
	collect_binary(&rd, attributes, n);
	return finish(r, &rd, ev);
}

void event_name(const struct json *root, struct str *source, struct str *id)
{
	const struct json *s = json_get(root, STR("source")), *i = json_get(root, STR("id"));
	*source = s && s->kind == JSON_TEXT ? s->text : STR("");
	*id = i && i->kind == JSON_TEXT ? i->text : STR("");
}

void event_reader_release(struct event_reader *r)
{
	buf_release(&r->json);
	buf_release(&r->word);
}
