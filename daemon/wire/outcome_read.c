/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/outcome_read.h"

#include "daemon/wire/canonical.h"
#include "engine/audit/said.h"
#include "engine/base/mem.h"
#include "engine/case/event.h"
#include "engine/values/money.h"

#include <string.h>

/* In the order in which they stand. */
#define MEMBERS(X)                                                                                 \
	X(ID, "id")                                                                                \
	X(KIND, "kind")                                                                            \
	X(ACTION, "action")                                                                        \
	X(NAME, "name")                                                                            \
	X(AMOUNT, "amount")                                                                        \
	X(FUND, "fund")                                                                            \
	X(STATUS, "status")                                                                        \
	X(DUE, "due")                                                                              \
	X(SCHEDULE, "schedule")                                                                    \
	X(TIMES, "times")                                                                          \
	X(OF, "of")                                                                                \
	X(FACT, "fact")                                                                            \
	X(DRAW, "draw")                                                                            \
	X(EVENT, "event")                                                                          \
	X(VERSION, "version")                                                                      \
	X(BECAUSE, "because")

enum member {
#define X(constant, name) M_##constant,
	MEMBERS(X)
#undef X
	    M_OTHER
};

/* Ids go by names; the others say where it comes from. */
#define PASSED_OVER                                                                                \
	(1u << M_ID | 1u << M_OF | 1u << M_DRAW | 1u << M_EVENT | 1u << M_VERSION | 1u << M_BECAUSE)

/* Looked for from the one on that is likely to come. */
static enum member member_of(struct str name, enum member likely)
{
	static const struct str names[M_OTHER] = {
#define X(constant, name) [M_##constant] = STR_INIT(name),
	    MEMBERS(X)
#undef X
	};
	for (unsigned n = 0, i = likely; n < M_OTHER; n++, i++) {
		const struct str *s = &names[i % M_OTHER];
		if (s->len == name.len && s->p[0] == name.p[0] &&
		    memcmp(s->p, name.p, name.len) == 0)
			return (enum member)(i % M_OTHER);
	}
	return M_OTHER;
}

/* ---- what is compared ---- */

/* The members that are compared, with the comma before each: as outcome_said_json has it. They
 * stand together, but where `of` comes between them; then they are joined in the arena. */
struct joined {
	struct str text;
	char *own;
};

/* `piece` is at the front of `room`, in which all that follow are. */
static void join(struct joined *j, struct str piece, struct str room, struct arena *a)
{
	if (!j->text.len)
		j->text.p = piece.p;
	if (!j->own && j->text.p + j->text.len != piece.p) {
		j->own = arena_alloc(a, j->text.len + room.len);
		memcpy(j->own, j->text.p, j->text.len);
		j->text.p = j->own;
	}
	if (j->own)
		memcpy(j->own + j->text.len, piece.p, piece.len);
	j->text.len += piece.len;
}

/* ---- what it counts as ---- */

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

/* ---- where it comes from ---- */

#define HASHED_BYTES 128 /* of a `because`: they tell most of them apart */

struct piece {
	size_t at, n;
};

struct places {
	struct piece program, block;
};

struct outcome_origin {
	struct buf because;
	struct places in_it;
};

static struct piece piece_of(struct str whole, struct str text)
{
	return text.len ? (struct piece){(size_t)(text.p - whole.p), text.len} : (struct piece){0};
}

static struct places places_in(struct str because)
{
	struct str rest = because, name, value, program = {0}, block = {0};
	bool fine = canonical_enter(&rest);
	while (fine && !block.len && canonical_member(&rest, &name, &value)) {
		if (str_eq(name, STR("program")))
			program = canonical_text(value);
		if (str_eq(name, STR("block")))
			block = canonical_text(value);
	} /* what comes behind is long */
	return (struct places){piece_of(because, program), piece_of(because, block)};
}

static struct outcome_origin *origin_at(struct outcome_reader *r, struct str rest)
{
	struct str head = {rest.p, rest.len < HASHED_BYTES ? rest.len : HASHED_BYTES};
	if (!r->origins)
		r->origins = mem_alloc(OUTCOME_ORIGINS * sizeof(*r->origins));
	return &r->origins[str_hash(head) % OUTCOME_ORIGINS];
}

static void remember(struct outcome_origin *o, struct str because, struct places in_it)
{
	if (because.p[0] != '{')
		return;
	buf_clear(&o->because);
	buf_str(&o->because, because);
	o->in_it = in_it;
}

/* An object that begins with one that was read before is that one. */
static bool read_because(struct outcome_reader *r, struct str *rest, struct said *out)
{
	struct outcome_origin *o = r ? origin_at(r, *rest) : NULL;
	struct str because = {rest->p, o ? o->because.len : 0};
	struct places in_it;
	if (because.len && str_starts(*rest, buf_view(&o->because))) {
		canonical_skip(rest, because.len);
		in_it = o->in_it;
	} else if (canonical_value(rest, &because)) {
		in_it = places_in(because);
		if (o)
			remember(o, because, in_it);
	} else {
		return false;
	}
	out->program = (struct str){because.p + in_it.program.at, in_it.program.n};
	out->block = (struct str){because.p + in_it.block.at, in_it.block.n};
	return true;
}

void outcome_reader_release(struct outcome_reader *r)
{
	for (size_t i = 0; r->origins && i < OUTCOME_ORIGINS; i++)
		buf_release(&r->origins[i].because);
	mem_free(r->origins);
	*r = (struct outcome_reader){0};
}

/* ---- the whole ---- */

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
	out->money = said_money_of(out->kind, status);
	out->benefit = said_is_benefit(out->kind, status);
	out->cents = cents_of(m, out->money);
	(void)day_read(canonical_text(m[M_DUE]), &out->day); /* without one, that of its event */
	out->fund = canonical_text(m[M_FUND]);
	out->name = name_of(m);
}

/* An outcome begins with its id, so that there is a comma before each member that is compared. */
static bool read_members(struct outcome_reader *r, struct str *rest, struct str *m,
			 struct outcome_read *out, struct arena *a)
{
	struct joined compared = {.own = NULL};
	struct str name;
	enum member likely = M_ID;
	while (canonical_name(rest, &name)) {
		struct str room = {name.p - 2, (size_t)(rest->p + rest->len - name.p) + 2};
		enum member i = member_of(name, likely);
		bool fine = i == M_BECAUSE ? read_because(r, rest, &out->said)
					   : canonical_value(rest, &m[i]);
		if (!fine || (likely == M_ID && i != M_ID))
			return false;
		if (!(PASSED_OVER >> i & 1))
			join(&compared, (struct str){room.p, (size_t)(m[i].p + m[i].len - room.p)},
			     room, a);
		likely = i == M_OTHER ? likely : i + 1;
	}
	out->text = compared.text;
	return canonical_leave(rest);
}

bool outcome_read(struct outcome_reader *r, struct outcome_read *out, struct str *rest, int32_t day,
		  struct arena *a)
{
	struct str m[M_OTHER + 1] = {{0}};
	*out = (struct outcome_read){.said = {.day = day}};
	if (!canonical_enter(rest) || !read_members(r, rest, m, out, a) ||
	    !hash128_read(canonical_text(m[M_ID]), &out->said.id))
		return false;
	out->said.kind = canonical_text(m[M_KIND]);
	out->said.reversal = str_eq(out->said.kind, STR("reversal"));
	if (out->said.reversal)
		return hash128_read(canonical_text(m[M_OF]), &out->said.of);
	say(&out->said, m, out->text);
	out->follows = m[M_EVENT].len && !m[M_DUE].len;
	if (out->follows)
		out->event = key_of(m[M_EVENT]);
	return true;
}
