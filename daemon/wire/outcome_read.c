/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/outcome_read.h"

#include "daemon/wire/canonical.h"
#include "engine/case/event.h"
#include "engine/values/money.h"

#include <string.h>

#define MEMBERS(X)                                                                                 \
	X(ID, "id")                                                                                \
	X(OF, "of")                                                                                \
	X(BECAUSE, "because")                                                                      \
	X(DRAW, "draw")                                                                            \
	X(EVENT, "event")                                                                          \
	X(VERSION, "version")                                                                      \
	X(KIND, "kind")                                                                            \
	X(ACTION, "action")                                                                        \
	X(NAME, "name")                                                                            \
	X(AMOUNT, "amount")                                                                        \
	X(FUND, "fund")                                                                            \
	X(STATUS, "status")                                                                        \
	X(DUE, "due")                                                                              \
	X(SCHEDULE, "schedule")                                                                    \
	X(TIMES, "times")                                                                          \
	X(FACT, "fact")

enum member {
#define X(constant, name) M_##constant,
	MEMBERS(X)
#undef X
	    M_OTHER
};

/* The first of them are passed over: ids go by names, the others say where it comes from. */
#define PASSED_OVER M_KIND

static enum member member_of(struct str name)
{
	static const struct str names[M_OTHER] = {
#define X(constant, name) [M_##constant] = STR_INIT(name),
	    MEMBERS(X)
#undef X
	};
	int i = 0;
	while (i < M_OTHER && !(names[i].len == name.len && names[i].p[0] == name.p[0] &&
				memcmp(names[i].p, name.p, name.len) == 0))
		i++;
	return (enum member)i;
}

/* With the comma before it: as outcome_said_json has it. */
static void compared_member(struct buf *b, struct str name, struct str value)
{
	buf_reserve(b, name.len + value.len + 4);
	buf_str(b, STR(",\""));
	buf_str(b, name);
	buf_str(b, STR("\":"));
	buf_str(b, value);
}

/* ---- what it counts as ---- */

static enum said_money money_of(struct str kind, struct str status)
{
	if (str_eq(kind, STR("unfunded")))
		return SAID_UNFUNDED;
	if (!str_eq(status, STR("due")))
		return SAID_NO_MONEY;
	if (str_eq(kind, STR("payment")))
		return SAID_PAID;
	return str_eq(kind, STR("assessment")) ? SAID_ASSESSED : SAID_NO_MONEY;
}

/* Money, a schedule of it, or a place. */
static bool is_benefit(struct str kind, struct str status)
{
	return money_of(kind, status) == SAID_PAID || str_eq(kind, STR("enrolment")) ||
	       (str_eq(kind, STR("schedule")) && str_eq(status, STR("started")));
}

static int64_t times_of(struct str v)
{
	int64_t n = 0;
	for (size_t i = 0; i < v.len && v.p[i] >= '0' && v.p[i] <= '9' && n < INT32_MAX; i++)
		n = n * 10 + (v.p[i] - '0');
	return n ? n : 1;
}

/* A schedule that its fund cannot pay is all of its payments. */
static int64_t cents_of(const struct str *m, enum said_money money)
{
	int64_t cents = 0;
	if (money_read(canonical_text(m[M_AMOUNT]), &cents))
		return 0;
	if (money == SAID_UNFUNDED && str_eq(canonical_text(m[M_ACTION]), STR("start")) &&
	    money_mul(cents, times_of(m[M_TIMES]), &cents))
		return INT64_MAX;
	return cents;
}

static struct str name_of(const struct str *m)
{
	static const enum member names[] = {M_NAME, M_SCHEDULE, M_FACT};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (m[names[i]].len)
			return canonical_text(m[names[i]]);
	return STR("");
}

static void place_of(struct said *out, struct str because)
{
	struct str rest = because, name, value;
	if (!canonical_enter(&rest))
		return;
	while (!out->block.len && canonical_member(&rest, &name, &value)) {
		if (str_eq(name, STR("program")))
			out->program = canonical_text(value);
		if (str_eq(name, STR("block")))
			out->block = canonical_text(value);
	} /* what comes behind is long */
}

/* Escapes are taken out, as far as ids have them: the key is that of the text. */
static struct str plain(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		i += text.p[i] == '\\' && i + 1 < text.len;
		buf_char(b, text.p[i]);
	}
	return buf_view(b);
}

static struct hash128 key_of(struct str event)
{
	struct buf source = {0}, id = {0};
	struct hash128 key =
	    event_key(plain(&source, canonical_text(canonical_get(event, STR("source")))),
		      plain(&id, canonical_text(canonical_get(event, STR("id")))));
	buf_release(&source);
	buf_release(&id);
	return key;
}

static void say(struct said *out, const struct str *m, struct str text)
{
	struct str status = canonical_text(m[M_STATUS]);
	out->content = hash_sip(text.p, text.len);
	out->money = money_of(out->kind, status);
	out->benefit = is_benefit(out->kind, status);
	out->cents = cents_of(m, out->money);
	(void)day_read(canonical_text(m[M_DUE]), &out->day); /* without one, that of its event */
	out->fund = canonical_text(m[M_FUND]);
	out->name = name_of(m);
	place_of(out, m[M_BECAUSE]);
}

bool outcome_read(struct outcome_read *out, struct str *rest, int32_t day, struct buf *b)
{
	struct str m[M_OTHER + 1] = {{0}};
	struct str name, value;
	size_t from = b->len;
	if (!canonical_enter(rest))
		return false;
	while (canonical_member(rest, &name, &value)) {
		enum member i = member_of(name);
		m[i] = value;
		if (i >= PASSED_OVER)
			compared_member(b, name, value);
	}
	*out = (struct outcome_read){.said = {.day = day, .kind = canonical_text(m[M_KIND])}};
	out->text = (struct str){b->p + from, b->len - from};
	if (!canonical_leave(rest) || !hash128_read(canonical_text(m[M_ID]), &out->said.id))
		return false;
	out->said.reversal = str_eq(out->said.kind, STR("reversal"));
	if (out->said.reversal)
		return hash128_read(canonical_text(m[M_OF]), &out->said.of);
	say(&out->said, m, out->text);
	out->follows = m[M_EVENT].len && !m[M_DUE].len;
	if (out->follows)
		out->event = key_of(m[M_EVENT]);
	return true;
}
