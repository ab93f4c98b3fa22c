/* SPDX-License-Identifier: Apache-2.0
 *
 * One byte of flags for each part, and for each instruction of each condition; instructions that
 * are no comparisons keep none.
 */
#include "engine/audit/coverage.h"

#include "engine/audit/wording.h"
#include "engine/case/json_write.h"

enum { SEEN_CONSIDERED = 1, SEEN_APPLIED = 2 };
enum { SEEN_YES = 1, SEEN_NO = 2 };

struct coverage {
	const struct rulebook *rb;
	uint8_t *parts;          /* by part */
	uint32_t *part_code;     /* by part: where its condition's flags begin */
	uint32_t *never_code;    /* by never */
	uint8_t *overrides;      /* by precedence, of a block only the first one's: as parts */
	uint32_t *override_code; /* by precedence; all those of a block share their flags */
	uint8_t *branches;       /* by instruction */
	bool **rows;             /* by table, row: something went by it */
	bool *shares;            /* by share: somebody saw it */
};

/* The condition of an `overrides` is one, for however many events it is asked: those of a block
 * stand side by side. */
static uint16_t first_of_block(const struct rulebook *rb, uint32_t i)
{
	while (i > 0 && rb->precedences[i - 1].block == rb->precedences[i].block)
		i--;
	return (uint16_t)i;
}

struct coverage *coverage_new(const struct rulebook *rb)
{
	struct coverage *c = mem_alloc(sizeof(*c));
	uint32_t n = 0;
	c->rb = rb;
	c->parts = mem_alloc(rb->nparts + 1u);
	c->part_code = mem_alloc((rb->nparts + 1u) * sizeof(*c->part_code));
	c->never_code = mem_alloc((rb->nnevers + 1u) * sizeof(*c->never_code));
	for (uint32_t i = 0; i < rb->nparts; n += rb->parts[i++].when.n)
		c->part_code[i] = n;
	for (uint32_t i = 0; i < rb->nnevers; n += rb->nevers[i++].when.n)
		c->never_code[i] = n;
	c->overrides = mem_alloc(rb->nprecedences + 1u);
	c->override_code = mem_alloc((rb->nprecedences + 1u) * sizeof(*c->override_code));
	for (uint16_t i = 0; i < rb->nprecedences; i++) {
		bool own = first_of_block(rb, i) == i;
		c->override_code[i] = own ? n : c->override_code[i - 1];
		n += own ? rb->precedences[i].when.n : 0;
	}
	c->branches = mem_alloc(n + 1u);
	c->shares = mem_alloc(rb->nshares + 1u);
	c->rows = mem_alloc((rb->ntables + 1u) * sizeof(*c->rows));
	for (uint16_t i = 0; i < rb->ntables; i++)
		c->rows[i] = mem_alloc(rb->tables[i].nrows + 1u);
	return c;
}

void coverage_free(struct coverage *c)
{
	if (!c)
		return;
	mem_free(c->parts);
	mem_free(c->part_code);
	mem_free(c->never_code);
	mem_free(c->overrides);
	mem_free(c->override_code);
	mem_free(c->branches);
	for (uint16_t i = 0; i < c->rb->ntables; i++)
		mem_free(c->rows[i]);
	mem_free(c->rows);
	mem_free(c->shares);
	mem_free(c);
}

static uint8_t *flags_of(const struct coverage *c, const struct considered *seen)
{
	switch (seen->what) {
	case SUBJECT_NEVER:
		return c->branches + c->never_code[seen->index];
	case SUBJECT_OVERRIDE:
		return c->branches + c->override_code[seen->index];
	case SUBJECT_PART:
		break;
	}
	return c->branches + c->part_code[seen->index];
}

static void add_condition(struct coverage *c, const struct considered *seen)
{
	struct arena a = {0};
	const struct condition *cond =
	    condition_read(&a, reading_code(c->rb, seen), seen->seen, seen->nseen);
	uint8_t *flags = flags_of(c, seen);
	for (size_t i = 0; i < cond->n; i++) {
		if (!cond->terms[i].is_leaf)
			continue;
		enum answer came_out = term_answer(&cond->terms[i]);
		if (came_out == ANSWER_YES)
			flags[i] |= SEEN_YES;
		if (came_out == ANSWER_NO)
			flags[i] |= SEEN_NO;
	}
	arena_release(&a);
}

static void add_row(struct coverage *c, const struct trace_entry *e)
{
	const struct table *t = &c->rb->tables[e->part];
	for (uint16_t i = 0; i < t->nrows; i++)
		if (t->rows[i].span.off == e->span.off && t->rows[i].span.source == e->span.source)
			c->rows[e->part][i] = true;
}

void coverage_add(struct coverage *c, const struct decision *d, const struct trace *t)
{
	for (size_t i = 0; i < t->entries.n; i++)
		if (t->entries.at[i].kind == TRACE_ROW)
			add_row(c, &t->entries.at[i]);
	struct considered seen;
	for (size_t i = 0; reading_next(t, &i, &seen);) {
		uint8_t flags = SEEN_CONSIDERED;
		if (seen.result == RESULT_APPLIES)
			flags |= SEEN_APPLIED;
		if (seen.what == SUBJECT_PART)
			c->parts[seen.index] |= flags;
		else if (seen.what == SUBJECT_OVERRIDE)
			c->overrides[first_of_block(c->rb, seen.index)] |= flags;
		if (reading_code(c->rb, &seen)->n)
			add_condition(c, &seen);
	}
	for (size_t i = 0; d && i < d->n; i++)
		c->parts[d->outcomes[i].part] |= SEEN_CONSIDERED | SEEN_APPLIED;
}

void coverage_shared(struct coverage *c, const struct share *s)
{
	c->shares[s - c->rb->shares] = true;
}

/* ---- what is missing ---- */

static void report_branch(struct coverage_report *out, struct coverage_gap gap, bool seen)
{
	out->branches++;
	out->seen += seen ? 1u : 0u;
	if (!seen)
		*vec_push(&out->gaps) = gap;
}

/* Of a never only whether it was ever checked and held: that it is met is what a right policy does
 * not let happen. */
static void report_condition(struct coverage_report *out, const struct code *code,
			     const uint8_t *flags, struct coverage_gap gap)
{
	struct arena a = {0};
	const struct condition *cond = condition_read(&a, code, NULL, 0);
	for (size_t i = 0; i < cond->n; i++) {
		if (!cond->terms[i].is_leaf)
			continue;
		gap.span = cond->terms[i].in->span;
		gap.kind = GAP_NEVER_YES;
		if (gap.what != SUBJECT_NEVER)
			report_branch(out, gap, flags[i] & SEEN_YES);
		gap.kind = GAP_NEVER_NO;
		report_branch(out, gap, flags[i] & SEEN_NO);
	}
	arena_release(&a);
}

/* A provision, or what overrides others: was it reached, and did it apply? */
static void report_provision(struct coverage_report *out, const struct code *when,
			     const uint8_t *branches, uint8_t flags, struct coverage_gap gap)
{
	size_t gaps = out->gaps.n;
	out->parts++;
	out->applied += flags & SEEN_APPLIED ? 1u : 0u;
	report_condition(out, when, branches, gap);
	if (flags & SEEN_APPLIED)
		return;
	if (!(flags & SEEN_CONSIDERED))
		out->gaps.n = gaps; /* its comparisons are missing for the same reason */
	gap.kind = flags & SEEN_CONSIDERED ? GAP_NOT_APPLIED : GAP_NOT_CONSIDERED;
	*vec_push(&out->gaps) = gap;
}

static void report_part(const struct coverage *c, uint32_t i, struct coverage_report *out)
{
	const struct part *p = &c->rb->parts[i];
	report_provision(out, &p->when, c->branches + c->part_code[i], c->parts[i],
			 (struct coverage_gap){.index = i, .span = p->span});
}

static void report_override(const struct coverage *c, uint16_t i, struct coverage_report *out)
{
	const struct precedence *p = &c->rb->precedences[i];
	struct coverage_gap gap = {.what = SUBJECT_OVERRIDE, .index = i, .span = p->span};
	const uint8_t *branches = c->branches + c->override_code[i];
	if (first_of_block(c->rb, i) != i)
		return;
	if (p->standing)
		report_provision(out, &p->when, branches, c->overrides[i], gap);
	else
		report_condition(out, &p->when, branches, gap);
}

static void report_rows(const struct coverage *c, uint16_t table, struct coverage_report *out)
{
	const struct table *t = &c->rb->tables[table];
	out->rows += t->nrows;
	for (uint16_t i = 0; i < t->nrows; i++) {
		out->reached += c->rows[table][i];
		if (!c->rows[table][i])
			*vec_push(&out->gaps) = (struct coverage_gap){
			    .kind = GAP_ROW, .index = table, .span = t->rows[i].span};
	}
}

static void report_share(const struct coverage *c, uint16_t i, struct coverage_report *out)
{
	const struct block *block = &c->rb->blocks[c->rb->shares[i].block];
	out->parts++;
	out->applied += c->shares[i];
	if (!c->shares[i])
		*vec_push(&out->gaps) =
		    (struct coverage_gap){.kind = GAP_SHARE, .index = i, .span = block->span};
}

void coverage_report(const struct coverage *c, struct coverage_report *out)
{
	*out = (struct coverage_report){0};
	for (uint32_t i = 0; i < c->rb->nparts; i++)
		report_part(c, i, out);
	for (uint16_t i = 0; i < c->rb->nprecedences; i++)
		report_override(c, i, out);
	for (uint16_t i = 0; i < c->rb->nnevers; i++)
		report_condition(out, &c->rb->nevers[i].when, c->branches + c->never_code[i],
				 (struct coverage_gap){.what = SUBJECT_NEVER, .index = i});
	for (uint16_t i = 0; i < c->rb->ntables; i++)
		report_rows(c, i, out);
	for (uint16_t i = 0; i < c->rb->nshares; i++)
		report_share(c, i, out);
}

void coverage_report_release(struct coverage_report *r)
{
	vec_release(&r->gaps);
}

static void gap_subject(struct buf *b, const struct rulebook *rb, const struct coverage_gap *g)
{
	if (g->kind == GAP_ROW) {
		buf_fmt(b, "table " STR_FMT, STR_ARG(rb->blocks[rb->tables[g->index].block].name));
		return;
	}
	if (g->kind == GAP_SHARE) {
		block_words(b, &rb->blocks[rb->shares[g->index].block]);
		return;
	}
	switch (g->what) {
	case SUBJECT_NEVER:
		source_words(b, rb, rb->blocks[rb->nevers[g->index].block].span);
		return;
	case SUBJECT_OVERRIDE:
		block_words(b, &rb->blocks[rb->precedences[g->index].block]);
		return;
	case SUBJECT_PART:
		part_words(b, rb, g->index);
		return;
	}
}

static uint32_t gap_block(const struct rulebook *rb, const struct coverage_gap *g)
{
	if (g->kind == GAP_ROW)
		return rb->tables[g->index].block;
	if (g->kind == GAP_SHARE)
		return rb->shares[g->index].block;
	switch (g->what) {
	case SUBJECT_NEVER:
		return rb->nevers[g->index].block;
	case SUBJECT_OVERRIDE:
		return rb->precedences[g->index].block;
	case SUBJECT_PART:
		break;
	}
	return rb->parts[g->index].block;
}

void coverage_gap_words(struct buf *b, const struct rulebook *rb, const struct coverage_gap *g)
{
	gap_subject(b, rb, g);
	switch (g->kind) {
	case GAP_NOT_CONSIDERED:
		buf_str(b, STR(" was never reached"));
		break;
	case GAP_NOT_APPLIED:
		buf_str(b, STR(" never applied"));
		break;
	case GAP_NEVER_YES:
	case GAP_NEVER_NO:
		buf_str(b, STR(": `"));
		source_words(b, rb, g->span);
		buf_str(b, g->kind == GAP_NEVER_YES ? STR("` was never met")
						    : STR("` was never not met"));
		break;
	case GAP_SHARE:
		buf_str(b, STR(": no scenario expects that a partner may see it"));
		break;
	case GAP_ROW:
		buf_str(b, STR(": no scenario goes by the row `"));
		source_words(b, rb, g->span);
		buf_char(b, '`');
		break;
	}
	buf_str(b, STR(" — "));
	place_words(b, rb, g->span);
}

void coverage_text(struct buf *b, const struct coverage *c)
{
	struct coverage_report r;
	coverage_report(c, &r);
	for (size_t i = 0; i < r.gaps.n; i++) {
		coverage_gap_words(b, c->rb, &r.gaps.at[i]);
		buf_char(b, '\n');
	}
	buf_i64(b, (int64_t)r.applied);
	buf_str(b, STR(" of "));
	buf_i64(b, (int64_t)r.parts);
	buf_str(b, STR(" provisions applied in some scenario, and "));
	buf_i64(b, (int64_t)r.seen);
	buf_str(b, STR(" of "));
	buf_i64(b, (int64_t)r.branches);
	buf_str(b, STR(" answers of their comparisons were seen"));
	if (r.rows)
		buf_fmt(b, "; %zu of %zu rows of tables were reached", r.reached, r.rows);
	buf_char(b, '\n');
	coverage_report_release(&r);
}

static void gap_json(struct buf *b, const struct rulebook *rb, const struct coverage_gap *g)
{
	static const struct str names[] = {
	    [GAP_NOT_CONSIDERED] = STR_INIT("not-reached"),
	    [GAP_NOT_APPLIED] = STR_INIT("not-applied"),
	    [GAP_NEVER_YES] = STR_INIT("never-met"),
	    [GAP_NEVER_NO] = STR_INIT("never-not-met"),
	    [GAP_ROW] = STR_INIT("row-not-reached"),
	    [GAP_SHARE] = STR_INIT("share-not-seen"),
	};
	struct buf words = {0};
	buf_str(b, STR("{\"kind\":"));
	json_name(b, names[g->kind]);
	buf_char(b, ',');
	json_block_ref(b, rb, gap_block(rb, g));
	if (g->what == SUBJECT_PART && g->kind != GAP_ROW && g->kind != GAP_SHARE) {
		buf_str(b, STR(",\"part\":"));
		json_name(b, rb->parts[g->index].label);
	}
	buf_str(b, STR(",\"file\":"));
	buf_json(b, rb->sources[g->span.source].name);
	buf_str(b, STR(",\"line\":"));
	buf_i64(b, rulebook_line(rb, g->span));
	buf_str(b, STR(",\"text\":"));
	coverage_gap_words(&words, rb, g);
	buf_json(b, buf_view(&words));
	buf_char(b, '}');
	buf_release(&words);
}

void coverage_json(struct buf *b, const struct coverage *c)
{
	struct coverage_report r;
	coverage_report(c, &r);
	buf_str(b, STR("{\"parts\":"));
	buf_i64(b, (int64_t)r.parts);
	buf_str(b, STR(",\"applied\":"));
	buf_i64(b, (int64_t)r.applied);
	buf_str(b, STR(",\"branches\":"));
	buf_i64(b, (int64_t)r.branches);
	buf_str(b, STR(",\"seen\":"));
	buf_i64(b, (int64_t)r.seen);
	if (r.rows)
		buf_fmt(b, ",\"rows\":%zu,\"reached\":%zu", r.rows, r.reached);
	buf_str(b, STR(",\"gaps\":["));
	for (size_t i = 0; i < r.gaps.n; i++) {
		if (i)
			buf_char(b, ',');
		gap_json(b, c->rb, &r.gaps.at[i]);
	}
	buf_str(b, STR("]}"));
	coverage_report_release(&r);
}
