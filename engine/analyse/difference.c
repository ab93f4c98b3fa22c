/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/difference.h"

#include "engine/analyse/alike.h"
#include "engine/analyse/regroup.h"

/* Differences of provisions that may be none when they are looked at together. */
struct doubt {
	enum change change;
	const struct thing *of[2]; /* NULL: not there */
	size_t grouped[2];         /* in the regrouping; SIZE_MAX: not there */
};

struct finding {
	struct differences *d;
	struct map seen;         /* what a difference is, in all its words -> index */
	struct map amounts_seen; /* likewise of amounts */
	struct map alike_seen;   /* texts of two provisions -> are they alike? */
	struct asker *asker;     /* of the new one */
	uint16_t in[2];          /* the county, in both */
	bool same_vocabulary;    /* there */
	struct str county;
	VEC(struct doubt) doubts;
	struct buf key;
};

static void add_county(struct arena *a, struct str **list, size_t *n, size_t most, struct str name)
{
	if (!*list)
		*list = arena_array(a, most, sizeof(**list));
	(*list)[(*n)++] = name;
}

/* ---- things ---- */

/* Counties that adopted a provision on different days have the same difference, unless the days are
 * what is different. */
static void key_of(struct buf *key, enum change change, const struct thing *old,
		   const struct thing *new)
{
	bool days = old && new && !str_eq(old->days, new->days);
	buf_clear(key);
	buf_fmt(key, "%d %d ", (int)change, (int)(new ? new->meant : old->meant));
	buf_json(key, new ? new->name : old->name);
	buf_json(key, old ? old->name : new->name);
	for (int i = 0; i < 2; i++) {
		const struct thing *t = i ? new : old;
		if (!t)
			continue;
		buf_json(key, t->text);
		buf_json(key, t->said[0]);
		buf_json(key, t->said[1]);
		buf_json(key, days ? t->days : STR(""));
	}
}

static void note(struct finding *f, enum change change, const struct thing *old,
		 const struct thing *new)
{
	struct differences *d = f->d;
	const struct thing *one = new ? new : old;
	key_of(&f->key, change, old, new);
	uint32_t at = map_get(&f->seen, buf_view(&f->key));
	if (at == MAP_NONE) {
		at = (uint32_t)d->n;
		map_put(&f->seen, arena_str(&d->arena, buf_view(&f->key)), at);
		*vec_push(d) = (struct difference){
		    .change = change,
		    .meant = one->meant,
		    .name = arena_str(&d->arena, one->name),
		    .block = {old ? old->block : NO_BLOCK, new ? new->block : NO_BLOCK},
		    .from = old && new && old->from < new->from ? old->from : one->from,
		    .span = {old ? old->span : (struct span){0},
			     new ? new->span : (struct span){0}},
		};
	}
	struct difference *x = &d->at[at];
	add_county(&d->arena, &x->counties, &x->ncounties, d->rb[1]->ncounties + 1u, f->county);
}

static int order(const struct thing *a, const struct thing *b)
{
	if (a->meant != b->meant)
		return a->meant < b->meant ? -1 : 1;
	return str_cmp(a->name, b->name);
}

/* Written differently, may they decide alike? Asked once of the same two texts. */
static bool is_alike(struct finding *f, const struct thing *old, const struct thing *new)
{
	struct block_at at[2] = {{f->d->rb[0], f->in[0], old->block},
				 {f->d->rb[1], f->in[1], new->block}};
	if (old->meant != MEANT_BLOCK || !f->same_vocabulary)
		return false;
	buf_clear(&f->key);
	buf_json(&f->key, old->text);
	buf_json(&f->key, new->text);
	uint32_t known = map_get(&f->alike_seen, buf_view(&f->key));
	if (known != MAP_NONE)
		return known;
	struct str key = arena_str(&f->d->arena, buf_view(&f->key));
	known = blocks_alike(f->asker, &at[0], &at[1]);
	map_put(&f->alike_seen, key, known);
	f->d->alike += known;
	return known;
}

static void differs(struct finding *f, enum change change, const struct thing *old,
		    const struct thing *new)
{
	const struct thing *one = old ? old : new;
	if (one->meant == MEANT_BLOCK && f->same_vocabulary)
		*vec_push(&f->doubts) = (struct doubt){change, {old, new}, {SIZE_MAX, SIZE_MAX}};
	else
		note(f, change, old, new);
}

/* Split or put together without a change? */
static void settle_doubts(struct finding *f)
{
	struct regrouping r = {
	    .asker = f->asker, .rb = {f->d->rb[0], f->d->rb[1]}, .county = {f->in[0], f->in[1]}};
	for (size_t i = 0; i < f->doubts.n; i++) {
		struct doubt *x = &f->doubts.at[i];
		for (int side = 0; side < 2; side++) {
			if (!x->of[side])
				continue;
			x->grouped[side] = r.blocks.n;
			*vec_push(&r.blocks) =
			    (struct grouped){.side = side, .block = x->of[side]->block};
		}
	}
	regroup(&r);
	for (size_t i = 0; i < f->doubts.n; i++) {
		const struct doubt *x = &f->doubts.at[i];
		bool alike = true;
		for (int side = 0; side < 2; side++)
			alike = alike && (!x->of[side] || r.blocks.at[x->grouped[side]].alike);
		note(f, alike ? CHANGE_REGROUPED : x->change, x->of[0], x->of[1]);
	}
	f->doubts.n = 0;
	regrouping_release(&r);
}

static void compare_pair(struct finding *f, const struct thing *old, const struct thing *new)
{
	bool same = str_eq(old->text, new->text);
	if (!same && str_eq(old->days, new->days))
		same = is_alike(f, old, new);
	if (!same || !str_eq(old->days, new->days))
		differs(f, CHANGE_MEANING, old, new);
	else if (!str_eq(old->said[0], new->said[0]) || !str_eq(old->said[1], new->said[1]))
		note(f, CHANGE_SAID, old, new);
}

/* ---- names ---- */

struct lonely {
	const struct thing *at;
	bool paired;
};

struct lonely_things {
	struct lonely *at;
	size_t n, cap;
};

/* A prohibition's name is what it says; it cannot have another. */
static bool is_renamed(const struct thing *old, const struct thing *new)
{
	return old->meant == MEANT_BLOCK &&
	       new->meant == MEANT_BLOCK &&str_eq(old->text, new->text) &&
	       str_eq(old->days, new->days) && !str_eq(old->text, old->name);
}

static void pair_up(struct finding *f, struct lonely_things *gone, struct lonely_things *come)
{
	for (size_t i = 0; i < gone->n; i++) {
		for (size_t k = 0; k < come->n && !gone->at[i].paired; k++) {
			if (come->at[k].paired || !is_renamed(gone->at[i].at, come->at[k].at))
				continue;
			gone->at[i].paired = come->at[k].paired = true;
			note(f, CHANGE_RENAMED, gone->at[i].at, come->at[k].at);
		}
	}
	for (size_t i = 0; i < gone->n; i++)
		if (!gone->at[i].paired)
			differs(f, CHANGE_REMOVED, gone->at[i].at, NULL);
	for (size_t k = 0; k < come->n; k++)
		if (!come->at[k].paired)
			differs(f, CHANGE_ADDED, NULL, come->at[k].at);
}

/* Both in the same order; of several with one name (a program's own block and a county's, before
 * and after a day) the first goes with the first. */
static void compare(struct finding *f, const struct meaning *old, const struct meaning *new)
{
	struct lonely_things gone = {0}, come = {0};
	size_t i = 0, j = 0;
	while (i < old->n || j < new->n) {
		int o = i == old->n ? 1 : j == new->n ? -1 : order(&old->at[i], &new->at[j]);
		if (o < 0)
			*vec_push(&gone) = (struct lonely){&old->at[i++], false};
		else if (o > 0)
			*vec_push(&come) = (struct lonely){&new->at[j++], false};
		else
			compare_pair(f, &old->at[i++], &new->at[j++]);
	}
	pair_up(f, &gone, &come);
	vec_release(&gone);
	vec_release(&come);
}

/* ---- amounts ---- */

static struct str program_name(const struct rulebook *rb, const struct param *p)
{
	return p->program == NONE ? STR("") : rb->programs[p->program].name;
}

static uint16_t same_param(const struct rulebook *rb, const struct rulebook *from, uint16_t param)
{
	const struct param *p = &from->params[param];
	for (uint16_t i = 0; i < rb->nparams; i++)
		if (str_eq(rb->params[i].name, p->name) &&
		    str_eq(program_name(rb, &rb->params[i]), program_name(from, p)))
			return i;
	return NONE;
}

static void values_text(struct buf *b, const struct rulebook *rb, uint16_t county, uint16_t param)
{
	if (param == NONE)
		return;
	meant_type(b, rb, &rb->params[param].type);
	meant_param(b, &(struct within){rb, county, NONE, NONE}, param);
}

/* An old one and a new one of the same name; NONE for one that is not there. */
static void compare_values(struct finding *f, const uint16_t county[2], const uint16_t param[2])
{
	struct differences *d = f->d;
	struct buf *key = &f->key;
	const struct rulebook *named = d->rb[param[1] == NONE ? 0 : 1];
	const struct param *p = &named->params[param[1] == NONE ? param[0] : param[1]];
	buf_clear(key);
	values_text(key, d->rb[0], county[0], param[0]);
	size_t half = key->len;
	values_text(key, d->rb[1], county[1], param[1]);
	struct str all = buf_view(key);
	if (str_eq((struct str){all.p, half}, (struct str){all.p + half, all.len - half}))
		return;
	buf_fmt(key, " %zu ", half);
	buf_json(key, program_name(named, p));
	buf_json(key, p->name);
	uint32_t at = map_get(&f->amounts_seen, buf_view(key));
	if (at == MAP_NONE) {
		at = (uint32_t)d->amounts.n;
		map_put(&f->amounts_seen, arena_str(&d->arena, buf_view(key)), at);
		struct amount_change *x = vec_push(&d->amounts);
		*x = (struct amount_change){.program = program_name(named, p), .name = p->name};
		for (int i = 0; i < 2; i++) {
			if (param[i] == NONE)
				continue;
			x->param[i] = &d->rb[i]->params[param[i]];
			x->values[i] = &d->rb[i]->counties[county[i]].values[param[i]];
		}
	}
	struct amount_change *x = &d->amounts.at[at];
	add_county(&d->arena, &x->counties, &x->ncounties, d->rb[1]->ncounties + 1u, f->county);
}

static bool adopts(const struct rulebook *rb, uint16_t county, uint16_t program)
{
	for (uint16_t i = 0; i < rb->counties[county].nadopts; i++)
		if (rb->counties[county].adopts[i].program == program)
			return true;
	return false;
}

/* A figure of a program decides nothing in a county that does not have the program. */
static bool is_used(const struct rulebook *rb, uint16_t county, uint16_t param)
{
	uint16_t program = param == NONE ? NONE : rb->params[param].program;
	return param != NONE && (program == NONE || adopts(rb, county, program));
}

static void compare_amounts(struct finding *f, const uint16_t county[2])
{
	const struct rulebook *old = f->d->rb[0], *new = f->d->rb[1];
	for (uint16_t i = 0; i < new->nparams; i++) {
		uint16_t was = same_param(old, new, i);
		if (is_used(old, county[0], was) || is_used(new, county[1], i))
			compare_values(f, county, (uint16_t[2]){was, i});
	}
	for (uint16_t i = 0; i < old->nparams; i++)
		if (same_param(new, old, i) == NONE && is_used(old, county[0], i))
			compare_values(f, county, (uint16_t[2]){i, NONE});
}

/* ---- counties ---- */

static void lonely_county(struct differences *d, enum change change, const struct county *c)
{
	struct difference *x = vec_push(d);
	*x = (struct difference){.change = change, .county = true, .name = c->name};
	x->block[0] = x->block[1] = NO_BLOCK;
	x->from = c->first_day;
	x->span[change == CHANGE_ADDED] = c->span;
}

/* Kinds of case and events stand first. */
static bool is_same_vocabulary(const struct meaning *old, const struct meaning *new)
{
	for (size_t i = 0; i < old->n || i < new->n; i++) {
		bool more = i < old->n && old->at[i].meant <= MEANT_EVENT;
		if (more != (i < new->n &&new->at[i].meant <= MEANT_EVENT))
			return false;
		if (!more)
			return true;
		if (!str_eq(old->at[i].name, new->at[i].name) ||
		    !str_eq(old->at[i].text, new->at[i].text))
			return false;
	}
	return true;
}

static void compare_county(struct finding *f, uint16_t old, uint16_t new)
{
	struct meaning m[2] = {{0}};
	f->county = f->d->rb[1]->counties[new].name;
	meaning_read(&m[0], f->d->rb[0], old);
	meaning_read(&m[1], f->d->rb[1], new);
	f->in[0] = old;
	f->in[1] = new;
	f->same_vocabulary = is_same_vocabulary(&m[0], &m[1]);
	compare(f, &m[0], &m[1]);
	settle_doubts(f);
	compare_amounts(f, (uint16_t[2]){old, new});
	meaning_release(&m[0]);
	meaning_release(&m[1]);
	f->d->common++;
}

void differences_find(struct differences *d, const struct rulebook *old, const struct rulebook *new)
{
	struct finding f = {.d = d, .asker = asker_new(new)};
	d->rb[0] = old;
	d->rb[1] = new;
	for (uint16_t c = 0; c < old->ncounties; c++)
		if (rulebook_county(new, old->counties[c].name) == NONE)
			lonely_county(d, CHANGE_REMOVED, &old->counties[c]);
	for (uint16_t c = 0; c < new->ncounties; c++) {
		uint16_t before = rulebook_county(old, new->counties[c].name);
		if (before == NONE)
			lonely_county(d, CHANGE_ADDED, &new->counties[c]);
		else
			compare_county(&f, before, c);
	}
	asker_free(f.asker);
	vec_release(&f.doubts);
	map_release(&f.alike_seen);
	map_release(&f.seen);
	map_release(&f.amounts_seen);
	buf_release(&f.key);
}

void differences_release(struct differences *d)
{
	arena_release(&d->arena);
	vec_release(&d->amounts);
	vec_release(d);
}

/* What a case has open of it is found again by the block's name. */
static bool goes_by_name(const struct rulebook *rb, const struct action *at, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		if (at[i].may || at[i].notherwise || action_competes(rb, &at[i]))
			return true;
	return false;
}

static bool remembers(const struct rulebook *rb, const struct block *b)
{
	for (uint32_t i = b->first_part; i < b->first_part + b->nparts; i++)
		if (goes_by_name(rb, rb->parts[i].actions, rb->parts[i].nactions))
			return true;
	return b->nlimits || b->kind == BLOCK_SCHEDULE || block_has_steps(b->kind) ||
	       b->kind == BLOCK_ALWAYS;
}

int difference_side(const struct difference *x)
{
	return x->change != CHANGE_REMOVED &&
	       (x->change != CHANGE_REGROUPED || x->block[1] != NO_BLOCK);
}

bool difference_matters(const struct differences *d, const struct difference *x)
{
	int side = difference_side(x);
	if (x->change == CHANGE_RENAMED || x->change == CHANGE_REGROUPED)
		return remembers(d->rb[side], &d->rb[side]->blocks[x->block[side]]);
	return x->change != CHANGE_SAID;
}

bool differences_matter(const struct differences *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (difference_matters(d, &d->at[i]))
			return true;
	return false;
}
