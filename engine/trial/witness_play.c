/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial/witness_internal.h"

#include "engine/case/across.h"

#define NOON 720

static int32_t days_until(const struct history_tried *h, size_t line)
{
	int32_t days = 0;
	for (size_t i = 0; i <= line; i++)
		days += (i ? h->lines[i].gap : 0) + h->lines[i].times - 1;
	return days;
}

int32_t history_day(const struct history_tried *h, uint32_t round, size_t line)
{
	int32_t each = days_until(h, h->n - 1) + 1;
	return h->start + (int32_t)round * each + days_until(h, line);
}

/* Missing, where the other has nothing like it. */
static struct value carry_value(const struct rulebook *from, const struct type *t,
				const struct rulebook *to, const struct type *u, struct value v)
{
	struct value out;
	return across_value(from, t, v, to, u, &out) ? out : value_missing(u->kind);
}

struct playing {
	struct search *s;
	int side;
	const struct rulebook *home, *rb;
	uint16_t county;
	struct stream stream;
	struct arena arena;
	size_t line; /* under way */
	bool last;   /* it is the last one */
	struct str self;
	uint32_t round;
	int32_t year; /* first day of that in which the case owes `owed` */
	int64_t owed;
	struct str subject; /* whose event it is */
};

static void give(struct playing *p, const struct person *x)
{
	const struct case_kind *from = &p->home->kinds[x->kind];
	uint16_t kind = rulebook_kind(p->rb, from->name);
	if (kind == NONE)
		return;
	struct case_state *cs = case_new(p->rb, x->id, kind, p->county);
	for (uint16_t i = 0; i < from->nfacts; i++) {
		uint16_t f = fact_index(&p->rb->kinds[kind], from->facts[i].name);
		if (f != NONE)
			case_set_fact(p->rb, cs, f,
				      carry_value(p->home, &from->facts[i].type, p->rb,
						  &p->rb->kinds[kind].facts[f].type, x->facts[i]));
	}
	stream_add(&p->stream, cs);
}

/* False: this rulebook has no such event. */
static bool make_event(struct playing *p, const struct letter *l, int32_t day, struct event *ev)
{
	const struct event_type *from = &p->home->events[l->event];
	struct buf id = {0};
	*ev = (struct event){.source = STR("scenario"), .county = p->county, .day = day};
	ev->type = rulebook_event(p->rb, from->name);
	if (ev->type == NONE)
		return false;
	const struct event_type *type = &p->rb->events[ev->type];
	ev->fields = arena_array(&p->arena, type->nfields + 1u, sizeof(*ev->fields));
	for (uint16_t i = 0; i < type->nfields; i++) {
		uint16_t f = field_index(from, type->fields[i].name);
		ev->fields[i] = value_missing(type->fields[i].type.kind);
		if (f != NONE)
			ev->fields[i] = carry_value(p->home, &from->fields[f].type, p->rb,
						    &type->fields[i].type, l->fields[f]);
		if (ev->fields[i].known)
			ev->given |= UINT64_C(1) << i;
	}
	buf_fmt(&id, "%zu on %d of ", p->line, (int)day);
	buf_str(&id, p->subject);
	ev->id = arena_str(&p->arena, buf_view(&id));
	buf_release(&id);
	ev->time = zone_instant(p->rb->zone, day, NOON + (int32_t)p->line);
	ev->key = ev->digest = event_key(ev->source, ev->id);
	return true;
}

/* ---- what it shows ---- */

/* Does it draw on what cases share, by its name? */
static bool draws_on(const struct playing *p, const struct outcome *o)
{
	const struct wanted *w = p->s->wanted;
	const struct rulebook *rb = p->rb;
	switch (w->pot) {
	case POT_FUND:
		return o->fund != NONE && str_eq(rb->funds[o->fund].name, w->name);
	case POT_CAPACITY:
		return (o->action == ACTION_ENROL || o->action == ACTION_RELEASE) &&
		       str_eq(rb->capacities[o->name].name, w->name);
	case POT_DOCKET:
		return o->action == ACTION_PLACE && str_eq(rb->dockets[o->name].name, w->name);
	case POT_NONE:
	case POT_KINDS:
		break;
	}
	return false;
}

static bool is_ours(const struct playing *p, const struct outcome *o)
{
	/* How much is paid has other grounds: a fund shows by what it does not pay, or warns of. */
	if (p->s->wanted->what == WANTED_SHARED)
		return draws_on(p, o) &&
		       (p->s->wanted->pot != POT_FUND || o->unfunded || o->action == ACTION_NOTIFY);
	uint32_t block = p->s->wanted->block[p->side];
	uint32_t own = p->rb->parts[o->part].block;
	return block != UINT32_MAX && p->rb->blocks[own].first == p->rb->blocks[block].first;
}

/* Was it our prohibition? */
static void note_refusal(struct playing *p, const struct refusal *r)
{
	struct shown *shown = &p->s->shown[p->side];
	uint32_t block = p->s->wanted->block[p->side];
	shown->breached = shown->breached || (block != UINT32_MAX && r->block == block &&
					      str_eq(str_from(r->slug), STR("breaks-never")));
}

/* Years follow each other; the dearest one stays. */
static void note_owed(struct playing *p, const struct decision *d)
{
	int32_t year = day_period_start(d->event.day, UNIT_YEARS);
	if (!str_eq(d->event.subject, p->self))
		return;
	if (year != p->year)
		p->owed = 0;
	p->year = year;
	for (size_t i = 0; i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		if (o->action == ACTION_ASSESS && !o->proposal && !outcome_withheld(o))
			p->owed += o->cents;
	}
	if (p->owed > p->s->cents)
		p->s->cents = p->owed;
}

static void on_decision(void *arg, const struct decision *d, uint64_t seq)
{
	struct playing *p = arg;
	struct shown *shown = &p->s->shown[p->side];
	(void)seq;
	if (p->s->wanted->what == WANTED_DEBT)
		note_owed(p, d);
	if (!p->last)
		return;
	for (size_t i = 0; i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		if (outcome_withheld(o))
			continue;
		size_t start = shown->all.len;
		expectation_words(&shown->all, p->rb, o, d->event.day);
		buf_char(&shown->all, '\n');
		shown->drawn += draws_on(p, o) && o->action != ACTION_NOTIFY;
		if (!is_ours(p, o))
			continue;
		shown->broken = shown->broken || o->action == ACTION_BROKEN;
		buf_bytes(&shown->ours, shown->all.p + start, shown->all.len - start);
	}
	if (d->stopped.slug) {
		shown->refused = true;
		note_refusal(p, &d->stopped);
	}
}

/* As in scenarios, the outcome that is approved goes by the name of its block. */
static void name_to_proposal(struct playing *p, struct event *ev)
{
	const struct case_state *cs = stream_case(&p->stream, ev->subject);
	uint16_t field = field_index(&p->rb->events[ev->type], STR("outcome"));
	for (size_t i = cs ? cs->proposals.n : 0; i-- > 0;) {
		const struct proposal *x = &cs->proposals.at[i];
		if (!str_eq(p->rb->blocks[p->rb->parts[x->part].block].name,
			    value_as_str(ev->fields[field])))
			continue;
		char *hex = arena_alloc(&p->arena, 2 * sizeof(x->outcome.b));
		hash_hex(x->outcome.b, sizeof(x->outcome.b), hex);
		ev->fields[field] =
		    value_str(TYPE_TEXT, (struct str){hex, 2 * sizeof(x->outcome.b)});
		p->s->shown[p->side].approved++;
		return;
	}
}

static void play_event(struct playing *p, const struct letter *l, int32_t day)
{
	struct event ev;
	struct refusal no = {0};
	bool known = make_event(p, l, day, &ev), ok = known;
	if (ok) {
		ev.subject = p->subject;
		ev.kind = rulebook_kind(p->rb, p->home->kinds[p->s->alphabet.kind].name);
		stream_until(&p->stream, ev.time);
		if (ev.type == EVENT_APPROVED)
			name_to_proposal(p, &ev);
		ok = event_check(p->rb, &ev, &p->arena, &no);
	}
	if (ok) {
		struct stream_answer a = stream_feed(&p->stream, &ev);
		ok = a.status == STATUS_OK;
		if (p->last && a.refusal)
			note_refusal(p, a.refusal);
	}
	if (!ok && p->last)
		p->s->shown[p->side].refused = true;
	if (!known && p->last)
		p->s->shown[p->side].unknown = true;
}

/* `watched`: what its last event brings is what it shows. */
static void play_line(struct playing *p, const struct history_tried *h, size_t i, bool watched)
{
	const struct line *line = &h->lines[i];
	int32_t day = history_day(h, p->round, i);
	p->line = i;
	if (line->letter->event == NONE) {
		p->last = watched;
		stream_until_day(&p->stream, day);
		return;
	}
	for (uint16_t k = 0; k < line->times; k++) {
		p->last = watched && k + 1 == line->times;
		play_event(p, line->letter, day - line->times + 1 + k);
	}
}

/* ---- how it begins ---- */

/* What others have drawn on a fund. */
static void spend(struct playing *p, int32_t day)
{
	const struct setting *at = &p->s->wanted->setting;
	for (uint16_t i = 0; at->fund.len && i < p->rb->nfunds; i++) {
		const struct budget *b = fund_budget(p->rb, i);
		if (!b || !str_eq(p->rb->funds[i].name, at->fund))
			continue;
		struct draw gone = {.pot = POT_FUND,
				    .index = i,
				    .from = budget_year(b, day),
				    .committed = at->spent};
		pots_draw(&p->stream.pots, p->rb, p->county, &gone);
	}
}

struct str crowd_id(struct arena *a, struct str like, uint32_t n)
{
	struct buf id = {0};
	buf_str(&id, like);
	buf_fmt(&id, "_before_%u", (unsigned)n + 1);
	struct str s = arena_str(a, buf_view(&id));
	buf_release(&id);
	return s;
}

/* Others like the case have had its first event on its day. */
static void play_crowd(struct playing *p, const struct history_tried *h)
{
	for (uint32_t i = 0; i < p->s->wanted->setting.crowd; i++) {
		struct person other = h->self;
		other.id = p->subject = crowd_id(&p->arena, h->self.id, i);
		give(p, &other);
		if (h->lines[0].letter->event != NONE)
			play_event(p, h->lines[0].letter, h->start);
	}
	p->subject = h->self.id;
}

/* ---- the whole ---- */

/* How much more of the fund is gone than its budget, on the day of a line. */
static void note_overdraft(struct playing *p, int32_t day)
{
	for (uint16_t i = 0; i < p->rb->nfunds; i++) {
		const struct budget *b = fund_budget(p->rb, i);
		if (!b || !str_eq(p->rb->funds[i].name, p->s->wanted->name))
			continue;
		struct pot key = pot_key(p->rb, p->county, POT_FUND, i, budget_year(b, day));
		const struct pot *pot = pots_find(&p->stream.pots, &key);
		if (pot)
			p->s->cents =
			    pot->reserved + pot->committed - budget_on(p->rb, p->county, b, day);
	}
}

/* Whether partners would be shown the case now. */
static void note_shares(struct playing *p, int32_t day)
{
	uint32_t block = p->s->wanted->block[p->side];
	const struct case_state *cs = stream_case(&p->stream, p->self);
	if (block == UINT32_MAX || p->rb->blocks[block].kind != BLOCK_SHARE || !cs)
		return;
	for (size_t i = 0; i < p->s->alphabet.others.n; i++) {
		const struct person *x = &p->s->alphabet.others.at[i];
		share_words(&p->s->shown[p->side].ours, &p->stream.decider, cs, block, x->id, day);
	}
	buf_str(&p->s->shown[p->side].all, buf_view(&p->s->shown[p->side].ours));
}

static void begin(struct playing *p, struct search *s, const struct history_tried *h, int side)
{
	*p = (struct playing){.s = s,
			      .side = side,
			      .home = s->wanted->rb[s->home],
			      .self = h->self.id,
			      .subject = h->self.id,
			      .year = DAY_NONE};
	s->shown[side].approved = 0;
	p->rb = s->wanted->rb[side];
	p->county = s->wanted->county[side];
	stream_init(&p->stream, p->rb, on_decision, p);
	for (size_t i = 0; i < s->alphabet.others.n; i++)
		give(p, &s->alphabet.others.at[i]);
	spend(p, h->start);
	play_crowd(p, h);
	give(p, &h->self);
}

static void end(struct playing *p)
{
	stream_release(&p->stream);
	arena_release(&p->arena);
}

static void shows_nothing(struct shown *shown)
{
	buf_clear(&shown->ours);
	buf_clear(&shown->all);
	shown->refused = shown->broken = shown->breached = shown->unknown = false;
	shown->drawn = 0;
}

/* A line whose last event is looked at. */
static void watch_line(struct playing *p, const struct history_tried *h, size_t i)
{
	shows_nothing(&p->s->shown[p->side]);
	play_line(p, h, i, true);
	note_shares(p, history_day(h, p->round, i));
	if (p->s->wanted->what == WANTED_OVERDRAFT)
		note_overdraft(p, history_day(h, p->round, i));
}

static void play(struct search *s, const struct history_tried *h, int side)
{
	struct playing p;
	begin(&p, s, h, side);
	for (size_t i = 0; i < h->n * h->rounds; i++) {
		p.round = (uint32_t)(i / h->n);
		if (i + 1 < h->n * h->rounds)
			play_line(&p, h, i % h->n, false);
		else
			watch_line(&p, h, i % h->n);
	}
	end(&p);
}

static bool has_line(struct str lines, struct str line, size_t least)
{
	size_t n = 0, start = 0;
	for (size_t i = 0; i < lines.len; i++) {
		if (lines.p[i] != '\n')
			continue;
		n += str_eq((struct str){lines.p + start, i - start}, line);
		start = i + 1;
	}
	return n >= least;
}

static bool has_lines(struct str all, struct str lines)
{
	size_t start = 0;
	for (size_t i = 0; i < lines.len; i++) {
		if (lines.p[i] != '\n')
			continue;
		struct str line = {lines.p + start, i - start};
		size_t before = 1;
		for (size_t k = 0, from = 0; k < start; k++) {
			if (lines.p[k] != '\n')
				continue;
			before += str_eq((struct str){lines.p + from, k - from}, line);
			from = k + 1;
		}
		if (!has_line(all, line, before))
			return false;
		start = i + 1;
	}
	return true;
}

/* The same outcomes, in whatever order, whichever provisions they are of. */
static bool is_alike(const struct shown *x, const struct shown *y)
{
	struct str a = buf_view(&x->all), b = buf_view(&y->all);
	return a.len == b.len && has_lines(a, b) && has_lines(b, a);
}

/* Is what was shown last, under both, what is looked for? */
static bool shows(const struct search *s)
{
	const struct shown *x = s->shown, *y = s->shown + 1;
	if (s->wanted->what == WANTED_DEBT || s->wanted->what == WANTED_OVERDRAFT)
		return s->cents > s->wanted->cents;
	if (!s->wanted->rb[0])
		return y->breached || y->broken;
	if (x->approved != y->approved) /* by the name of a block: it was not the same event */
		return false;
	if (s->nameless)
		return x->refused != y->refused || x->broken != y->broken;
	if (x->unknown != y->unknown)
		return x->unknown ? y->ours.len && !y->refused : x->ours.len && !x->refused;
	if (x->refused || y->refused) /* only what both accept shows what the provision does */
		return false;
	if (s->wanted->what == WANTED_SHARED && (!x->drawn || x->drawn != y->drawn))
		return false; /* it was not asked in both */
	return !str_eq(buf_view(&x->ours), buf_view(&y->ours)) && !is_alike(x, y);
}

static void work(struct search *s, size_t lines)
{
	s->tried++;
	lines *= s->each;
	s->left -= s->left < lines ? s->left : lines;
	s->cents = 0;
}

bool history_shows(struct search *s, const struct history_tried *h)
{
	work(s, h->n * h->rounds);
	play(s, h, 1);
	if (s->wanted->rb[0] && s->wanted->what != WANTED_DEBT &&
	    s->wanted->what != WANTED_OVERDRAFT)
		play(s, h, 0);
	return shows(s);
}

size_t history_walk(struct search *s, const struct history_tried *h, struct hash128 *outlines)
{
	struct playing p[2];
	int first = s->wanted->rb[0] ? 0 : 1;
	size_t i = 0, events = 0;
	for (size_t k = 0; k < h->n; k++)
		events += h->lines[k].times;
	work(s, events);
	for (int side = first; side < 2; side++)
		begin(&p[side], s, h, side);
	for (; i < h->n; i++) {
		outlines[i] = (struct hash128){0};
		for (int side = first; side < 2; side++) {
			watch_line(&p[side], h, i);
			outlines[i] = hash_join(
			    outlines[i], case_outline(&s->alphabet, p[side].rb,
						      stream_case(&p[side].stream, h->self.id),
						      history_day(h, 0, i)));
		}
		if (shows(s))
			break;
	}
	for (int side = first; side < 2; side++)
		end(&p[side]);
	return i;
}
