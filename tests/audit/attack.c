/* SPDX-License-Identifier: Apache-2.0
 *
 * What was proved is attacked with events by chance.
 *
 *     attack RULEBOOK EVENTS SEED
 *             what `waymark prove` calls proved: no event is refused for such a prohibition, no
 *             such promise broken, no case owes more, no fund is overdrawn
 *     attack OLD EVENTS SEED NEW
 *             two rulebooks that `waymark diff` calls the same decide every event alike
 *
 * In every other history events come in any order, are retracted and corrected: then what was
 * proved has to hold of each history that is decided again, as it stands by then. The last line
 * says what was attacked, and how often what is not proved was hit: an attack that never hits
 * anything shows nothing.
 */
#include "daemon/wire/load.h"
#include "engine/analyse/debts.h"
#include "engine/analyse/overdraw.h"
#include "engine/analyse/proof.h"
#include "engine/explain/wording.h"
#include "tests/audit/by_chance.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define HISTORY           200 /* events */
#define HISTORY_ANY_ORDER 60  /* each late one has all of its case decided again */

/* What a case owes in the year under way. */
struct owing {
	struct str id;
	uint16_t kind;
	int32_t year;
	int64_t cents;
};

/* An outcome that is on record and not taken back. */
struct standing {
	struct hash128 id;
	struct str subject, words;
};

struct attack {
	const struct rulebook *rb, *other;
	struct by_chance chance;
	struct proofs proofs;
	struct debts debts;
	struct overdraws funds;
	VEC(struct owing) owing;
	struct hash128 late;  /* the event for which a history is decided again */
	struct hash128 first; /* its first decision */
	size_t again;         /* decisions of histories that were decided again */
	size_t hits_again;    /* of what is not proved, there */
	struct stream stream[2];
	VEC(struct standing) standing[2];
	struct buf said[2]; /* by the decisions of one event, when there are two rulebooks */
	size_t hits, refused, failed;
	size_t came, drew; /* decisions with an outcome; with something drawn on a fund */
	int64_t owed;      /* the most that a case came to owe in a year */
};

static void fails(struct attack *a, const struct event *ev, const char *what, struct str name)
{
	struct buf day = {0};
	day_text(&day, ev->day);
	printf("FAIL  " STR_FMT ": %s, at event " STR_FMT " of history, %.*s, " STR_FMT
	       " in " STR_FMT "\n",
	       STR_ARG(name), what, STR_ARG(ev->id), (int)day.len, day.p,
	       STR_ARG(a->rb->events[ev->type].name), STR_ARG(a->rb->counties[ev->county].name));
	buf_release(&day);
	a->failed++;
}

static bool is_late(const struct attack *a)
{
	return !hash128_eq(a->late, (struct hash128){0});
}

/* ---- proofs ---- */

static const struct proof *proof_of(const struct attack *a, uint32_t block)
{
	for (size_t i = 0; i < a->proofs.n; i++)
		if (a->proofs.at[i].block == block)
			return &a->proofs.at[i];
	return NULL;
}

static void see_breach(struct attack *a, const struct event *ev, uint32_t block, const char *what)
{
	const struct proof *p = proof_of(a, block);
	if (p && p->verdict != PROOF_OPEN)
		fails(a, ev, what, a->rb->blocks[block].name);
	else
		a->hits++, a->hits_again += is_late(a);
}

static void see_refusal(struct attack *a, const struct event *ev, const struct refusal *r)
{
	if (r && r->slug && str_eq(str_from(r->slug), STR("breaks-never")) && r->block != NONE)
		see_breach(a, ev, r->block, "it refuses an event");
}

static struct owing *owing_of(struct attack *a, const struct event *ev)
{
	for (size_t i = 0; i < a->owing.n; i++)
		if (str_eq(a->owing.at[i].id, ev->subject))
			return &a->owing.at[i];
	struct owing *o = vec_push(&a->owing);
	*o = (struct owing){arena_str(&a->chance.arena, ev->subject), ev->kind, DAY_NONE, 0};
	return o;
}

static void see_debt(struct attack *a, const struct event *ev, int64_t cents)
{
	struct owing *o = owing_of(a, ev);
	int32_t year = day_period_start(ev->day, UNIT_YEARS);
	o->cents = o->year == year ? o->cents + cents : cents;
	o->year = year;
	a->owed = o->cents > a->owed ? o->cents : a->owed;
	for (size_t i = 0; i < a->debts.n; i++)
		if (a->debts.at[i].kind == ev->kind && a->debts.at[i].sum.bounded &&
		    o->cents > a->debts.at[i].sum.most)
			fails(a, ev, "a case owes more than was proved",
			      a->rb->kinds[ev->kind].name);
}

static void see_outcomes(struct attack *a, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		if (o->action == ACTION_BROKEN)
			see_breach(a, &d->event, a->rb->parts[o->part].block, "it is broken");
		if (o->action == ACTION_ASSESS && !o->proposal && !outcome_withheld(o))
			see_debt(a, &d->event, o->cents);
	}
	see_refusal(a, &d->event, &d->stopped);
}

/* What its case owes is counted anew from the first decision on, each time. */
static void on_again(void *arg, const struct decision *d)
{
	struct attack *a = arg;
	if (hash128_eq(a->first, (struct hash128){0}))
		a->first = d->event.key;
	if (hash128_eq(a->first, d->event.key))
		owing_of(a, &d->event)->year = DAY_NONE;
	a->again++;
	see_outcomes(a, d);
}

static void see_voids(struct attack *a, const struct decision *d)
{
	for (size_t i = 0; i < d->nvoids; i++)
		if (d->voids[i].block != NONE &&
		    a->rb->blocks[d->voids[i].block].kind == BLOCK_NEVER)
			see_breach(a, &d->event, d->voids[i].block, "it makes an event void");
}

static void see_funds(struct attack *a, const struct event *ev)
{
	for (size_t i = 0; i < a->stream[0].pots.all.n; i++) {
		const struct pot *pot = &a->stream[0].pots.all.at[i];
		for (size_t k = 0; pot->kind == POT_FUND && k < a->funds.n; k++) {
			const struct overdraw *x = &a->funds.at[k];
			const struct budget *b = fund_budget(a->rb, x->fund);
			if (x->falls || !str_eq(a->rb->funds[x->fund].name, pot->name))
				continue;
			int64_t most =
			    budget_on(a->rb, ev->county, b, budget_day(b, pot->from, ev->day));
			if (pot->reserved + pot->committed > most)
				fails(a, ev, "it is overdrawn", pot->name);
		}
	}
}

static void on_decision(void *arg, const struct decision *d, uint64_t seq)
{
	struct attack *a = arg;
	(void)seq;
	if (hash128_eq(d->event.key, a->late))
		see_voids(a, d);
	else
		see_outcomes(a, d);
	a->came += d->n > 0;
	a->drew += d->npots > 0;
	if (d->npots)
		see_funds(a, &d->event);
}

/* ---- two rulebooks ---- */

static void take_back(struct attack *a, int side, const struct decision *d, const struct outcome *o)
{
	for (size_t i = 0; i < a->standing[side].n; i++) {
		const struct standing *x = &a->standing[side].at[i];
		if (!hash128_eq(x->id, o->of) || !str_eq(x->subject, d->event.subject))
			continue;
		vec_remove(&a->standing[side], i);
		return;
	}
}

static void stand(struct attack *a, int side, const struct decision *d, const struct outcome *o)
{
	struct buf words = {0};
	outcome_words(&words, &(struct wording){side ? a->other : a->rb, true}, o);
	*vec_push(&a->standing[side]) =
	    (struct standing){o->id, arena_str(&a->chance.arena, d->event.subject),
			      arena_str(&a->chance.arena, buf_view(&words))};
	buf_release(&words);
}

/* What is decided again may come of another provision, and is then taken back and added: what
 * stands afterwards is what counts. */
static void say_standing(struct attack *a, int side)
{
	for (size_t i = 0; i < a->standing[side].n; i++) {
		buf_str(&a->said[side], a->standing[side].at[i].subject);
		buf_char(&a->said[side], ' ');
		buf_str(&a->said[side], a->standing[side].at[i].words);
		buf_char(&a->said[side], '\n');
	}
}

static void say_decision(struct attack *a, int side, const struct decision *d)
{
	const struct rulebook *rb = side ? a->other : a->rb;
	struct buf *b = &a->said[side];
	for (size_t i = 0; i < d->n; i++) {
		if (d->outcomes[i].reversal)
			take_back(a, side, d, &d->outcomes[i]);
		else
			stand(a, side, d, &d->outcomes[i]);
		if (hash128_eq(d->event.key, a->late))
			continue;
		buf_str(b, d->event.subject);
		buf_char(b, ' ');
		outcome_words(b, &(struct wording){rb, true}, &d->outcomes[i]);
		buf_char(b, '\n');
	}
	for (size_t i = 0; i < d->nvoids; i++) {
		buf_str(b, d->voids[i].id);
		buf_str(b, STR(" void\n"));
	}
	if (d->stopped.slug)
		buf_str(b, STR("stopped\n"));
}

static void on_old(void *arg, const struct decision *d, uint64_t seq)
{
	struct attack *a = arg;
	(void)seq;
	say_decision(a, 0, d);
}

static void on_new(void *arg, const struct decision *d, uint64_t seq)
{
	struct attack *a = arg;
	(void)seq;
	say_decision(a, 1, d);
}

static int by_text(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* The order of what happens at one event means nothing. */
static void sort_lines(struct buf *b)
{
	VEC(struct str) lines = {0};
	struct buf sorted = {0};
	size_t start = 0;
	for (size_t i = 0; i < b->len; i++) {
		if (b->p[i] != '\n')
			continue;
		*vec_push(&lines) = (struct str){b->p + start, i + 1 - start};
		start = i + 1;
	}
	if (lines.n)
		qsort(lines.at, lines.n, sizeof(*lines.at), by_text);
	for (size_t i = 0; i < lines.n; i++)
		buf_str(&sorted, lines.at[i]);
	buf_release(b);
	*b = sorted;
	vec_release(&lines);
}

static void compare(struct attack *a, const struct event *ev)
{
	for (int side = 0; side < 2 && is_late(a); side++)
		say_standing(a, side);
	sort_lines(&a->said[0]);
	sort_lines(&a->said[1]);
	a->hits += a->said[0].len > 0;
	if (!str_eq(buf_view(&a->said[0]), buf_view(&a->said[1]))) {
		fails(a, ev, "both decide it differently", STR("diff"));
		printf("old:\n%.*snew:\n%.*s", (int)a->said[0].len, a->said[0].p,
		       (int)a->said[1].len, a->said[1].p);
	}
	buf_clear(&a->said[0]);
	buf_clear(&a->said[1]);
}

/* ---- one history ---- */

static void note_late(struct attack *a, const struct event *ev)
{
	const struct case_state *cs = stream_case(&a->stream[0], ev->subject);
	bool late = a->chance.any_order && (event_amends(ev) || (cs && event_is_late(cs, ev)));
	a->late = late ? ev->key : (struct hash128){0};
	a->first = (struct hash128){0};
}

static bool feed(struct attack *a, int side, const struct event *ev)
{
	const struct rulebook *rb = side ? a->other : a->rb;
	struct arena arena = {0};
	struct refusal no = {0};
	bool fits = event_check(rb, ev, &arena, &no);
	if (fits) {
		struct owing before = *owing_of(a, ev);
		if (is_late(a))
			owing_of(a, ev)->year = DAY_NONE;
		struct stream_answer answer = stream_feed(&a->stream[side], ev);
		if (!a->other)
			see_refusal(a, ev, answer.refusal);
		fits = answer.status == STATUS_OK;
		if (!fits && is_late(a)) /* the history stays as it was */
			*owing_of(a, ev) = before;
	}
	if (!fits && a->other)
		buf_str(&a->said[side], STR("refused\n"));
	arena_release(&arena);
	return fits;
}

static const struct standing *standing_by_id(struct attack *a, struct str hex)
{
	struct hash128 id;
	for (size_t i = 0; hash128_read(hex, &id) && i < a->standing[0].n; i++)
		if (hash128_eq(a->standing[0].at[i].id, id))
			return &a->standing[0].at[i];
	return NULL;
}

static bool is_like(const struct standing *x, const struct standing *y)
{
	return str_eq(x->subject, y->subject) && str_eq(x->words, y->words);
}

/* Ids go by where an action stands: what is answered is the like of it, the nth of those alike. */
static void answer_the_like(struct attack *a, struct event *ev)
{
	const struct standing *old = standing_by_id(a, value_as_str(ev->fields[0]));
	size_t nth = 0;
	for (const struct standing *x = a->standing[0].at; old && x < old; x++)
		nth += is_like(x, old);
	for (size_t i = 0; old && i < a->standing[1].n; i++) {
		const struct standing *new = &a->standing[1].at[i];
		if (!is_like(new, old) || nth--)
			continue;
		char *hex = arena_alloc(&a->chance.arena, 2 * sizeof(new->id.b));
		hash_hex(new->id.b, sizeof(new->id.b), hex);
		ev->fields[0] = value_str(TYPE_TEXT, (struct str){hex, 2 * sizeof(new->id.b)});
		return;
	}
}

static void one_event(struct attack *a)
{
	struct event ev = by_chance_next(&a->chance, &a->stream[0]), carried;
	note_late(a, &ev);
	a->refused += !feed(a, 0, &ev);
	if (!a->other)
		return;
	bool known = by_chance_carry(&a->chance, a->other, &ev, &carried);
	if (known && (ev.type == EVENT_APPROVED || ev.type == EVENT_DECLINED))
		answer_the_like(a, &carried);
	if (known)
		(void)feed(a, 1, &carried);
	else
		buf_str(&a->said[1], STR("there is no such event\n"));
	compare(a, &ev);
}

static void begin(struct attack *a, int side, const struct rulebook *rb, stream_sink *sink)
{
	struct stream *s = &a->stream[side];
	stream_init(s, rb, sink, a);
	s->any_order = a->chance.any_order;
	s->reader = (struct amend_reader){by_chance_corrects, &a->chance};
	s->watch = a->other ? NULL : on_again;
}

static size_t one_history(struct attack *a, size_t most)
{
	size_t n = 0;
	a->chance.any_order = !a->chance.any_order;
	if (!by_chance_begin(&a->chance))
		return most;
	a->owing.n = a->standing[0].n = a->standing[1].n = 0;
	begin(a, 0, a->rb, a->other ? on_old : on_decision);
	if (a->other)
		begin(a, 1, a->other, on_new);
	for (;
	     n < (a->chance.any_order ? HISTORY_ANY_ORDER : HISTORY) && n < most && a->failed < 10;
	     n++)
		one_event(a);
	stream_release(&a->stream[0]);
	if (a->other)
		stream_release(&a->stream[1]);
	return n;
}

/* ---- the whole ---- */

static const struct rulebook *load(struct loaded *l, const char *path)
{
	struct buf why = {0};
	if (load_rulebook(l, path, &why)) {
		load_report(l, &why, false, false);
		fprintf(stderr, "attack: %s: %.*s\n", path, (int)why.len, why.p);
		exit(2);
	}
	buf_release(&why);
	return l->rb;
}

static size_t proved(const struct attack *a)
{
	size_t n = 0;
	for (size_t i = 0; i < a->proofs.n; i++)
		n += a->proofs.at[i].verdict != PROOF_OPEN;
	for (size_t i = 0; i < a->debts.n; i++)
		n += a->debts.at[i].sum.bounded;
	for (size_t i = 0; i < a->funds.n; i++)
		n += !a->funds.at[i].falls;
	return n;
}

int main(int argc, char **argv)
{
	static struct attack a;
	static struct loaded l[2];
	if (argc < 4 || sodium_init() < 0) {
		fprintf(stderr, "usage: attack RULEBOOK EVENTS SEED [OTHER]\n");
		return 2;
	}
	size_t events = strtoull(argv[2], NULL, 10), n = 0;
	a.rb = load(&l[0], argv[1]);
	a.other = argc > 4 ? load(&l[1], argv[4]) : NULL;
	by_chance_init(&a.chance, a.rb, strtoull(argv[3], NULL, 10));
	proofs_find(&a.proofs, a.rb);
	debts_find(&a.debts, a.rb);
	overdraws_find(&a.funds, a.rb);
	while (n < events && a.failed < 10)
		n += one_history(&a, events - n);
	printf(
	    "%zu events, %zu refused, %zu with outcomes, %zu on funds, at most %lld.%02lld owed, "
	    "%zu decided again with %zu hits; %zu hits, %zu proved, %zu failed\n",
	    n, a.refused, a.came, a.drew, (long long)a.owed / 100, (long long)a.owed % 100, a.again,
	    a.hits_again, a.hits, a.other ? 0 : proved(&a), a.failed);
	by_chance_release(&a.chance);
	proofs_release(&a.proofs);
	debts_release(&a.debts);
	overdraws_release(&a.funds);
	vec_release(&a.owing);
	vec_release(&a.standing[0]);
	vec_release(&a.standing[1]);
	buf_release(&a.said[0]);
	buf_release(&a.said[1]);
	load_release(&l[0]);
	load_release(&l[1]);
	return a.failed != 0;
}
