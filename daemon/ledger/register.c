/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/register.h"

#include "daemon/ledger/ledger_internal.h"

static const char *const WORDS[] = {
#define X(constant, word) [constant] = word,
    LEDGER_ACTS(X)
#undef X
};

struct str ledger_act_word(enum ledger_act_kind kind)
{
	return str_from(WORDS[kind]);
}

void ledger_unit_act(struct ledger_unit *u, const struct ledger_act *act)
{
	struct ledger_act_row *row = arena_alloc(&u->arena, sizeof(*row));
	row->act = *act;
	row->act.who = arena_str(&u->arena, act->who);
	struct ledger_act_row **end = &u->acts;
	while (*end)
		end = &(*end)->next;
	*end = row;
}

/* ---- signatures ---- */

void ledger_unit_signature(struct ledger_unit *u, const struct ledger_signature *s)
{
	struct ledger_signature *own = arena_alloc(&u->arena, sizeof(*own));
	*own = *s;
	own->key = arena_str(&u->arena, s->key);
	own->comment = arena_str(&u->arena, s->comment);
	own->text = arena_str(&u->arena, s->text);
	u->signature = own;
}

enum status ledger_signatures(struct ledger_reader *r, uint32_t policy, ledger_on_signature *on,
			      void *arg)
{
	sqlite3_stmt *s =
	    sql_prepare(ledger_reader_db(r), "SELECT at_us, key, comment, signature FROM"
					     " policy_signatures WHERE policy = ?1"
					     " ORDER BY number");
	enum step step;
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, policy);
	for (step = sql_step(s); step == STEP_ROW; step = sql_step(s)) {
		struct ledger_signature row = {sqlite3_column_int64(s, 0), policy, sql_text(s, 1),
					       sql_text(s, 2), sql_text(s, 3)};
		if (!on(arg, &row))
			break;
	}
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

/* ---- loading ---- */

static bool kind_read(struct str word, enum ledger_act_kind *kind)
{
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++) {
		if (!str_eq(word, str_from(WORDS[i])))
			continue;
		*kind = (enum ledger_act_kind)i;
		return true;
	}
	return false;
}

static bool read_row(struct ledger_register *reg, sqlite3_stmt *s)
{
	struct ledger_act *act = vec_push(&reg->acts);
	*act = (struct ledger_act){
	    .number = (uint64_t)sqlite3_column_int64(s, 0),
	    .at_us = sqlite3_column_int64(s, 1),
	    .policy = (uint32_t)sqlite3_column_int64(s, 2),
	    .from_us = sqlite3_column_int64(s, 4),
	    .who = arena_str(&reg->arena, sql_text(s, 5)),
	};
	return kind_read(sql_text(s, 3), &act->kind);
}

/* An activation that was taken back before it began. */
static bool is_void(const struct ledger_register *reg, size_t at)
{
	const struct ledger_act *a = &reg->acts.at[at];
	for (size_t i = at + 1; i < reg->acts.n; i++) {
		const struct ledger_act *b = &reg->acts.at[i];
		if (b->policy != a->policy)
			continue;
		if (b->kind == ACT_RETIRED && b->at_us < a->from_us)
			return true;
		if (b->kind == ACT_REFUSED && b->from_us == a->from_us)
			return true;
	}
	return false;
}

enum status ledger_register_load(struct ledger_reader *r, struct ledger_register *out)
{
	struct ledger_register fresh = {0};
	sqlite3_stmt *s = sql_prepare(
	    ledger_reader_db(r),
	    "SELECT number, at_us, policy, act, from_us, who FROM register ORDER BY number");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s))
		if (!read_row(&fresh, s))
			break;
	sqlite3_finalize(s);
	if (step != STEP_DONE) {
		ledger_register_release(&fresh);
		return STATUS_IO;
	}
	for (size_t i = 0; i < fresh.acts.n; i++)
		fresh.acts.at[i].counts =
		    fresh.acts.at[i].kind == ACT_ACTIVATED && !is_void(&fresh, i);
	ledger_register_release(out);
	*out = fresh;
	return STATUS_OK;
}

void ledger_register_release(struct ledger_register *reg)
{
	arena_release(&reg->arena);
	vec_release(&reg->acts);
}

/* ---- where they stand ---- */

/* The acts of one row of the log; `seq` is the last event before that row. */
static void place_row(struct ledger_register *reg, size_t *next, struct str kinds, uint64_t seq,
		      bool later)
{
	for (size_t i = 0; i < kinds.len; i++) {
		seq += kinds.p[i] == 'E';
		if (kinds.p[i] == 'R' && *next < reg->acts.n)
			reg->acts.at[(*next)++].after_seq = later ? ACT_UNPLACED : seq;
	}
}

enum status ledger_register_place(struct ledger_reader *r, struct ledger_register *reg)
{
	sqlite3_stmt *s =
	    sql_prepare(ledger_reader_db(r), "SELECT kinds, later, events - length(kinds)"
					     " + length(replace(kinds, 'E', '')) FROM log"
					     " WHERE instr(kinds, 'R') ORDER BY size");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	size_t next = 0;
	for (; step == STEP_ROW; step = sql_step(s))
		place_row(reg, &next, sql_text(s, 0), (uint64_t)sqlite3_column_int64(s, 2),
			  sqlite3_column_int(s, 1) != 0);
	sqlite3_finalize(s);
	for (; next < reg->acts.n; next++)
		reg->acts.at[next].after_seq = ACT_UNPLACED;
	return step == STEP_DONE ? STATUS_OK : STATUS_IO;
}

/* ---- what the rows say ---- */

const struct ledger_act *ledger_register_act_at(const struct ledger_register *reg, int64_t at_us)
{
	const struct ledger_act *found = NULL, *first = NULL;
	for (size_t i = 0; i < reg->acts.n; i++) {
		const struct ledger_act *a = &reg->acts.at[i];
		if (!a->counts)
			continue;
		if (!first || a->from_us < first->from_us)
			first = a;
		if (a->from_us <= at_us && (!found || a->from_us >= found->from_us))
			found = a;
	}
	return found ? found : first;
}

uint32_t ledger_register_at(const struct ledger_register *reg, int64_t at_us)
{
	const struct ledger_act *a = ledger_register_act_at(reg, at_us);
	return a ? a->policy : 0;
}

int64_t ledger_register_next(const struct ledger_register *reg, int64_t after_us)
{
	int64_t next = TIME_NEVER;
	for (size_t i = 0; i < reg->acts.n; i++) {
		const struct ledger_act *a = &reg->acts.at[i];
		if (a->counts && a->from_us > after_us && a->from_us < next)
			next = a->from_us;
	}
	return next;
}

const struct ledger_act *ledger_register_last(const struct ledger_register *reg, uint32_t policy,
					      unsigned kinds)
{
	for (size_t i = reg->acts.n; i-- > 0;)
		if (reg->acts.at[i].policy == policy && kinds & 1u << reg->acts.at[i].kind)
			return &reg->acts.at[i];
	return NULL;
}

/* ---- who ---- */

static struct str person(struct str token)
{
	size_t n = 0;
	while (n < token.len && token.p[n] != '.')
		n++;
	return (struct str){token.p, n};
}

bool ledger_register_is_by(const struct ledger_register *reg, uint32_t policy, struct str token)
{
	for (size_t i = 0; i < reg->acts.n; i++) {
		const struct ledger_act *a = &reg->acts.at[i];
		if (a->policy == policy && a->kind == ACT_UPLOADED && a->who.len &&
		    str_eq(person(a->who), person(token)))
			return true;
	}
	return false;
}

bool ledger_register_is_approved(const struct ledger_register *reg, uint32_t policy)
{
	for (size_t i = 0; i < reg->acts.n; i++) {
		const struct ledger_act *a = &reg->acts.at[i];
		if (a->policy == policy && a->kind == ACT_APPROVED &&
		    !ledger_register_is_by(reg, policy, a->who))
			return true;
	}
	return false;
}

bool ledger_register_was_in_force(const struct ledger_register *reg, uint32_t policy, int64_t at_us)
{
	for (size_t i = 0; i < reg->acts.n; i++) {
		const struct ledger_act *a = &reg->acts.at[i];
		if (a->policy == policy && a->counts && a->from_us <= at_us &&
		    ledger_register_at(reg, a->from_us) == policy)
			return true;
	}
	return false;
}
