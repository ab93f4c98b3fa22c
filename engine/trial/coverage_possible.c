/* SPDX-License-Identifier: Apache-2.0
 *
 * May a comparison decide at all? Of each one that did not, it is asked whether there is a case in
 * which it would: the comparison comes out as is wanted, and the condition comes to two different
 * things with a yes and with a no in its place. Where there is none in any county on any day, as
 * for `age >= 18` beside `age >= 16`, nobody can be asked for a scenario; else an example is kept.
 */
#include "engine/analyse/ask.h"
#include "engine/trial/coverage_internal.h"

struct asking {
	struct coverage *c;
	struct asker *asker;
	struct place everywhere;
	struct arena arena; /* of one question */
};

static struct code only(const struct code *code, uint32_t first, uint32_t last)
{
	struct code part = *code;
	part.at = code->at + first;
	part.n = last - first + 1;
	return part;
}

static int32_t first_day(const struct rulebook *rb, const struct block *b)
{
	return b->program == NONE ? DAY_MIN : rb->programs[b->program].effective;
}

/* What the answers lead to, an undecidable condition being taken as what it leads to. */
static void want(const struct condition_shape *s, struct want *to_yes, struct want *to_no)
{
	to_yes->truths = TRUTH_MET | (s->undecided == UNDECIDED_NO ? 0 : TRUTH_UNDECIDABLE);
	to_no->truths = TRUTH_NOT_MET | (s->undecided == UNDECIDED_YES ? 0 : TRUTH_UNDECIDABLE);
}

static struct reply ask_for(struct asking *g, size_t point, const struct block *b,
			    const struct part *part, uint16_t event, const struct code *code)
{
	const struct coverage_point *p = &g->c->points.at[point];
	const struct condition_shape *s = &g->c->conditions.at[p->condition];
	uint32_t first = condition_first(s, p->number);
	bool turned = s->nodes[p->number].turned;
	struct code leaf = only(code, first, p->number);
	struct code to_yes = condition_with(&g->arena, s, code, p->number, !turned);
	struct code to_no = condition_with(&g->arena, s, code, p->number, turned);
	struct want wants[] = {
	    {&leaf, p->kind == COVER_YES ? TRUTH_MET : TRUTH_NOT_MET}, {&to_yes, 0}, {&to_no, 0}};
	struct buf key = {0};
	want(s, &wants[1], &wants[2]);
	struct question q = question_of(b->case_kind, event, first_day(g->c->rb, b), INT32_MAX);
	q.wants = wants;
	q.nwants = 3;
	q.in_step[0] = part;
	buf_fmt(&key, "%zu %u", point, event);
	q.key = buf_view(&key);
	struct reply r = ask(g->asker, &g->everywhere, &q);
	buf_release(&key);
	arena_reset(&g->arena);
	return r;
}

/* A clause may be set off by several events: any of them will do. */
static struct reply ask_parts(struct asking *g, size_t point)
{
	const struct coverage *c = g->c;
	const struct coverage_point *p = &c->points.at[point];
	const struct block *b = &c->rb->blocks[c->rb->parts[p->index].block];
	struct reply best = {.answer = SPACE_NONE};
	for (uint32_t i = b->first_part; i < b->first_part + b->nparts; i++) {
		const struct part *part = &c->rb->parts[i];
		if (c->condition[OF_PART][i] != p->condition || best.answer != SPACE_NONE)
			continue;
		uint16_t event = part->role == PART_OVERDUE ? NONE : part->event;
		best = ask_for(g, point, b, part, event, &part->when);
	}
	return best;
}

static struct reply ask_override(struct asking *g, size_t point)
{
	const struct coverage *c = g->c;
	const struct coverage_point *p = &c->points.at[point];
	struct reply best = {.answer = SPACE_NONE};
	for (uint32_t i = p->index; i < c->rb->nprecedences; i++) {
		const struct precedence *over = &c->rb->precedences[i];
		if (precedence_first(c->rb, i) != p->index || best.answer != SPACE_NONE)
			continue;
		best = ask_for(g, point, &c->rb->blocks[over->block], NULL,
			       over->event == EVENT_DEADLINE ? NONE : over->event, &over->when);
	}
	return best;
}

static struct reply ask_point(struct asking *g, size_t point)
{
	const struct coverage_point *p = &g->c->points.at[point];
	const struct condition_shape *s = &g->c->conditions.at[p->condition];
	if (p->of == OF_PART)
		return ask_parts(g, point);
	if (p->of == OF_OVERRIDE)
		return ask_override(g, point);
	return ask_for(g, point, coverage_block(g->c, p), NULL, NONE, s->code);
}

static void close_point(struct asking *g, size_t point)
{
	struct coverage *c = g->c;
	if (!g->asker) {
		g->asker = asker_new(c->rb);
		g->everywhere = place_everywhere(c->rb, &c->arena);
	}
	struct reply r = ask_point(g, point);
	c->possible[point].never = r.answer == SPACE_NONE;
	if (r.answer == SPACE_EXAMPLE)
		c->possible[point].example = arena_str(&c->arena, r.words);
}

void coverage_close(struct coverage *c)
{
	struct asking g = {.c = c};
	for (size_t i = 0; i < c->points.n; i++) {
		c->possible[i] = (struct possible){0};
		if (c->points.at[i].condition != COVERAGE_NONE && coverage_is_gap(c, i))
			close_point(&g, i);
	}
	asker_free(g.asker);
	arena_release(&g.arena);
}
