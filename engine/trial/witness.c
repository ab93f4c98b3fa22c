/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial/witness_internal.h"

/* ---- the search ---- */

/* Several in a row are as much as two lines: one event and a wait come first. */
static size_t cost(const struct letter *l)
{
	return l->times > 1 ? 2 : 1;
}

static bool shows_in(struct search *s, struct history_tried *h, int64_t rounds)
{
	h->rounds = (uint32_t)rounds;
	if (history_shows(s, h))
		return true;
	h->rounds = 1;
	return false;
}

/* A history that makes the case owe something, and the second time, too, comes again so often that
 * it is enough, as far as one year has room. */
static bool comes_again(struct search *s, struct history_tried *h)
{
	int64_t each = history_day(h, 1, 0) - history_day(h, 0, 0);
	int64_t once = s->cents, most = (int64_t)WITNESS_ROUNDS / each;
	if (s->wanted->what != WANTED_DEBT || once <= 0 || most < 2)
		return false;
	if (shows_in(s, h, 2))
		return true;
	int64_t more = s->cents - once;
	if (more <= 0)
		return false;
	int64_t rounds = 3 + (s->wanted->cents - s->cents) / more;
	return rounds <= most && shows_in(s, h, rounds);
}

/* One more line; true: found. Only histories that cost exactly `n` more are looked at, since all
 * cheaper ones were before. */
static bool extend(struct search *s, struct history_tried *h, size_t n)
{
	const struct alphabet *a = &s->alphabet;
	size_t at = h->n++;
	bool found = false;
	for (size_t i = 0; !found && i < a->nletters; i++) {
		const struct letter *l = &a->letters.at[i];
		/* To be asked is enough for a share. */
		if (l->event == NONE &&
		    (at ? h->lines[at - 1].letter->event == NONE : a->partner == NONE))
			continue;
		if (s->likely && !l->likely)
			continue;
		size_t gaps = a->ngaps < ALPHABET_NEAR ? a->ngaps : ALPHABET_NEAR;
		for (size_t g = 0; !found && g < (at ? gaps : 1); g++) {
			if ((l->event == NONE && at && !a->gaps[g]) || cost(l) > n)
				continue;
			h->lines[at] = (struct line){l, at ? a->gaps[g] : 0, l->times};
			if (!s->left)
				break;
			if (cost(l) < n)
				found = extend(s, h, n - cost(l));
			else
				found = history_shows(s, h) || comes_again(s, h);
		}
	}
	if (!found)
		h->n = at;
	return found;
}

/* All histories of one cost. */
static bool look_at(struct search *s, struct history_tried *h, size_t n)
{
	const struct alphabet *a = &s->alphabet;
	size_t starts = a->nstarts < ALPHABET_FIRST ? a->nstarts : ALPHABET_FIRST;
	for (size_t p = 0; p < a->people.n; p++) {
		if (s->likely && !a->people.at[p].likely)
			continue;
		for (size_t d = 0; d < starts; d++) {
			*h = (struct history_tried){
			    .start = a->starts[d], .self = a->people.at[p], .rounds = 1};
			if (extend(s, h, n))
				return true;
			if (!s->left)
				return false;
		}
	}
	return false;
}

/* All of one cost are more than there is work for soon: those of likely cases and events have some
 * of their own. */
static bool look_at_likely(struct search *s, struct history_tried *h, size_t n, size_t *work)
{
	size_t left = s->left;
	s->left = *work;
	s->likely = true;
	bool found = s->left && look_at(s, h, n);
	s->likely = false;
	*work = s->left;
	s->left = left;
	return found;
}

/* What somebody owes adds up over long histories: they are looked at with a day from event to event
 * first, which leaves the work for more of them. */
static bool look_plainly(struct search *s, struct history_tried *h)
{
	size_t left = s->left, gaps = s->alphabet.ngaps;
	bool found = false;
	s->left = left / 2;
	s->alphabet.ngaps = 1;
	for (size_t n = 1; !found && n <= WITNESS_LINES && s->left; n++)
		found = look_at(s, h, n);
	s->alphabet.ngaps = gaps;
	s->left += left - left / 2;
	return found;
}

/* Settings are tried by the hundred, each with little work. */
static bool goes_further(struct search *s)
{
	bool tells = s->wanted->what == WANTED_BLOCK || s->wanted->what == WANTED_DEBT;
	if (s->wanted->work || !tells)
		return false;
	s->exhausted = s->left;
	s->left = WITNESS_WORK;
	s->further = true;
	return true;
}

static bool look(struct search *s, struct history_tried *h)
{
	if (s->wanted->what == WANTED_DEBT && look_plainly(s, h))
		return true;
	size_t likely = s->left / 2;
	for (size_t n = 1; n <= WITNESS_LINES && (s->left || likely); n++)
		if (look_at_likely(s, h, n, &likely) || (s->left && look_at(s, h, n)))
			return true;
	return goes_further(s) && explore(s, h);
}

/* ---- smaller ---- */

static bool try_without(struct search *s, struct history_tried *h, size_t line)
{
	struct history_tried less = *h;
	for (size_t i = line; i + 1 < less.n; i++)
		less.lines[i] = less.lines[i + 1];
	if (!line && h->n > 1) /* the days of what follows stay */
		less.start = history_day(h, 0, 1) - h->lines[1].times + 1;
	else if (line + 1 < h->n)
		less.lines[line].gap += h->lines[line].gap + h->lines[line].times - 1;
	less.n--;
	/* what a crowd has had before is the first event */
	if (!less.n || (!line && s->wanted->setting.crowd) || !history_shows(s, &less))
		return false;
	*h = less;
	return true;
}

/* One fewer: what follows comes a day sooner; or the first, or the last, of them is left out and
 * all others stay where they are. */
static bool one_fewer(struct search *s, struct history_tried *h, size_t line, int which)
{
	struct history_tried less = *h;
	less.lines[line].times--;
	if (which == 1 && line)
		less.lines[line].gap++;
	else if (which == 1)
		less.start++;
	else if (which == 2 && line + 1 < h->n)
		less.lines[line + 1].gap++;
	if (!history_shows(s, &less))
		return false;
	*h = less;
	return true;
}

static void fewer_times(struct search *s, struct history_tried *h, size_t line)
{
	for (int which = 0; which < 3 && h->lines[line].times > 1;)
		which = one_fewer(s, h, line, which) ? 0 : which + 1;
}

static void plainer_person(struct search *s, struct history_tried *h)
{
	const struct case_kind *k = &s->wanted->rb[s->home]->kinds[h->self.kind];
	struct value *facts = arena_array(&s->alphabet.arena, k->nfacts + 1u, sizeof(*facts));
	for (uint16_t i = 0; i < k->nfacts; i++)
		facts[i] = h->self.facts[i];
	for (uint16_t i = 0; i < k->nfacts; i++) {
		struct history_tried less = *h;
		struct value was = facts[i];
		if (value_eq(was, k->facts[i].initial))
			continue;
		facts[i] = k->facts[i].initial;
		less.self.facts = facts;
		if (history_shows(s, &less))
			*h = less;
		else
			facts[i] = was;
	}
}

static void fewer_rounds(struct search *s, struct history_tried *h)
{
	while (h->rounds > 1) {
		h->rounds--;
		if (history_shows(s, h))
			continue;
		h->rounds++;
		return;
	}
}

void history_shrink(struct search *s, struct history_tried *h)
{
	fewer_rounds(s, h);
	for (size_t i = h->n; i-- > 0;)
		if (!try_without(s, h, i))
			fewer_times(s, h, i);
	plainer_person(s, h);
	history_shows(s, h); /* what it shows is at hand again */
}

/* ---- from outside ---- */

static void keep(struct witness *w, const struct search *s, const struct history_tried *h)
{
	struct buf b = {0};
	history_words(&b, s, h);
	w->history = arena_str(&w->arena, buf_view(&b));
	history_told(w, s, h);
	for (int i = s->wanted->rb[0] ? 0 : 1; i < 2; i++) {
		buf_clear(&b);
		if (s->shown[i].unknown)
			buf_str(&b, STR("refused, for it knows no such event\n"));
		else if (s->shown[i].refused)
			buf_str(&b, STR("refused\n"));
		else if (!s->shown[i].all.len)
			buf_str(&b, STR("nothing\n"));
		buf_str(&b, s->shown[i].refused ? STR("") : buf_view(&s->shown[i].all));
		w->came[i] = arena_str(&w->arena, buf_view(&b));
	}
	buf_release(&b);
}

/* Whose cases it is about; a prohibition may be about every kind. */
static uint16_t kind_of(const struct rulebook *rb, uint32_t block)
{
	uint16_t kind = rb->blocks[block].case_kind;
	if (kind != NONE)
		return kind;
	for (uint32_t i = 0; i < rb->nblocks; i++)
		if (rb->blocks[i].program == rb->blocks[block].program &&
		    rb->blocks[i].case_kind != NONE && rb->blocks[i].nparts)
			return rb->blocks[i].case_kind;
	return 0;
}

static void spell_block(struct search *s)
{
	const struct wanted *w = s->wanted;
	const struct rulebook *home = w->rb[s->home];
	const struct block *k = &home->blocks[w->block[s->home]];
	s->nameless = k->kind == BLOCK_NEVER || k->kind == BLOCK_ALWAYS;
	alphabet_init(&s->alphabet, home, w->county[s->home], kind_of(home, w->block[s->home]));
	for (int i = 0; i < 2; i++)
		if (w->rb[i] && w->block[i] != UINT32_MAX)
			alphabet_cover(&s->alphabet, w->rb[i], w->county[i], w->block[i]);
}

/* A year has most room when the history begins with it. */
static void spell_owing(struct search *s)
{
	const struct wanted *w = s->wanted;
	alphabet_init(&s->alphabet, w->rb[1], w->county[1], w->kind);
	alphabet_cover_action(&s->alphabet, w->rb[1], w->county[1], ACTION_ASSESS, NONE);
	for (size_t i = 0, n = s->alphabet.days.n; i < n; i++) {
		int32_t day = (int32_t)s->alphabet.days.at[i].i;
		alphabet_day(&s->alphabet, day_period_start(day + 366, UNIT_YEARS));
	}
}

static void cover_shared(struct alphabet *a, const struct rulebook *rb, uint16_t county,
			 enum pot_kind pot, struct str name)
{
	for (uint16_t i = 0; pot == POT_FUND && i < rb->nfunds; i++)
		if (str_eq(rb->funds[i].name, name))
			alphabet_cover_fund(a, rb, county, i);
	for (uint16_t i = 0; pot == POT_CAPACITY && i < rb->ncapacities; i++)
		if (str_eq(rb->capacities[i].name, name))
			alphabet_cover_action(a, rb, county, ACTION_ENROL, i);
	for (uint16_t i = 0; pot == POT_DOCKET && i < rb->ndockets; i++)
		if (str_eq(rb->dockets[i].name, name))
			alphabet_cover_action(a, rb, county, ACTION_PLACE, i);
}

static void spell_shared(struct search *s)
{
	const struct wanted *w = s->wanted;
	alphabet_init(&s->alphabet, w->rb[1], w->county[1], w->kind);
	for (int i = 0; i < 2; i++)
		if (w->rb[i])
			cover_shared(&s->alphabet, w->rb[i], w->county[i], w->pot, w->name);
}

/* Deciding an event takes the longer the more parts it touches. */
static size_t work_of_line(const struct wanted *w)
{
	size_t most = 0;
	for (int i = w->rb[0] ? 0 : 1; i < 2; i++)
		for (uint16_t e = 0; e < w->rb[i]->nevents; e++) {
			size_t n = w->rb[i]->counties[w->county[i]].dispatch->n[e];
			most = n > most ? n : most;
		}
	return 1 + most / WITNESS_PARTS;
}

static void spell(struct search *s)
{
	const struct setting *at = &s->wanted->setting;
	switch (s->wanted->what) {
	case WANTED_BLOCK:
		spell_block(s);
		break;
	case WANTED_DEBT:
		spell_owing(s);
		break;
	case WANTED_OVERDRAFT:
	case WANTED_SHARED:
		spell_shared(s);
		break;
	}
	if (at->dated)
		s->alphabet.starts[s->alphabet.nstarts++] = at->day;
	alphabet_close(&s->alphabet);
}

bool witness_find(struct witness *w, const struct wanted *wanted)
{
	struct search s = {.wanted = wanted,
			   .left = wanted->work ? wanted->work : WITNESS_WORK,
			   .each = work_of_line(wanted)};
	struct history_tried h;
	*w = (struct witness){0};
	s.home = wanted->what != WANTED_BLOCK || wanted->block[1] != UINT32_MAX;
	spell(&s);
	w->found = look(&s, &h);
	w->exhausted = !w->found && s.exhausted;
	w->tried = s.tried;
	w->lines = s.further ? WITNESS_LONGEST : WITNESS_LINES;
	if (w->found) {
		history_shrink(&s, &h);
		keep(w, &s, &h);
		w->cents = s.cents;
	}
	for (int i = 0; i < 2; i++) {
		buf_release(&s.shown[i].ours);
		buf_release(&s.shown[i].all);
	}
	alphabet_release(&s.alphabet);
	return w->found;
}

void witness_release(struct witness *w)
{
	arena_release(&w->arena);
}
