/* SPDX-License-Identifier: Apache-2.0
 *
 * What a projection comes to, for programs: JSON and CSV.
 */
#include "engine/trial/projection_internal.h"

#include "engine/case/json_write.h"

/* ---- numbers ---- */

static void json_number(struct buf *b, int64_t n, bool counts)
{
	if (counts)
		buf_i64(b, n);
	else
		money_json(b, n);
}

/* A number; of several runs {"low":…,"high":…}, with what is likely where that is said. */
static void json_span(struct buf *b, const struct projection_result *r, const int64_t *by_run,
		      bool counts)
{
	struct projection_span s = projection_span(r, by_run);
	if (r->nruns == 1) {
		json_number(b, s.low, counts);
		return;
	}
	buf_c(b, "{\"low\":");
	json_number(b, s.low, counts);
	if (r->projection->likely) {
		buf_c(b, ",\"likely\":");
		json_number(b, s.likely, counts);
	}
	buf_c(b, ",\"high\":");
	json_number(b, s.high, counts);
	buf_char(b, '}');
}

static void json_sums(struct buf *b, const struct projection_result *r, const int64_t *cents,
		      const int64_t *n)
{
	buf_c(b, ",\"amount\":");
	json_span(b, r, cents, false);
	buf_c(b, ",\"times\":");
	json_span(b, r, n, true);
}

/* ---- JSON ---- */

static void json_effects(struct buf *b, const struct projection_result *r,
			 const struct projection_group *g)
{
	buf_c(b, ",\"effects\":[");
	for (uint16_t i = 0; i < r->projection->nranges; i++) {
		struct projection_effect e = projection_effect(r, g->cents, i);
		buf_c(b, i ? ",{\"least\":" : "{\"least\":");
		json_number(b, e.least, false);
		buf_c(b, ",\"most\":");
		json_number(b, e.most, false);
		buf_char(b, '}');
	}
	buf_fmt(b, "],\"beyond_corners\":%s", beyond_corners(r, g->cents) ? "true" : "false");
}

static void json_group(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		       const struct projection_group *g)
{
	const struct projection_sum *s = &r->sums.at[g->from];
	buf_c(b, "{\"kind\":");
	json_name(b, sum_kind_name(s->kind));
	if (s->index != NONE) {
		buf_c(b, s->kind == SUM_ASSESSED ? ",\"line\":" : ",\"fund\":");
		json_name(b, group_name(rb, s));
	}
	json_sums(b, r, g->cents, g->n);
	if (r->nruns > 1)
		json_effects(b, r, g);
	buf_c(b, ",\"months\":[");
	for (size_t i = 0; i < g->months.n; i++) {
		buf_c(b, i ? ",{\"month\":" : "{\"month\":");
		json_day(b, g->months.at[i].first);
		json_sums(b, r, g->months.at[i].cents, g->months.at[i].n);
		buf_char(b, '}');
	}
	buf_c(b, "],\"blocks\":[");
	for (size_t i = g->from; i < g->to; i++) {
		buf_c(b, i > g->from ? ",{" : "{");
		json_block_ref(b, rb, r->sums.at[i].block);
		buf_c(b, ",\"month\":");
		json_day(b, r->sums.at[i].month);
		json_sums(b, r, r->sums.at[i].cents, r->sums.at[i].n);
		buf_char(b, '}');
	}
	buf_c(b, "]}");
}

static void json_assumed(struct buf *b, const struct rulebook *rb, const struct projection *p)
{
	bool first = true;
	buf_c(b, ",\"assumed\":[");
	for (uint16_t i = 0; i < p->nassumed; i++) {
		const struct param *param = &rb->params[p->assumed[i].param];
		if (p->assumed[i].n.range != NONE)
			continue;
		buf_c(b, first ? "{\"name\":" : ",{\"name\":");
		json_name(b, param->name);
		buf_c(b, ",\"value\":");
		json_value(b, rb, &param->type, p->assumed[i].value.value);
		buf_char(b, '}');
		first = false;
	}
	buf_char(b, ']');
}

static void json_end(struct buf *b, const struct rulebook *rb, const struct projection *p,
		     uint16_t range, enum measure_end end, const char *name)
{
	struct buf words = {0};
	measure_end_words(&words, rb, p, range, end);
	buf_fmt(b, ",\"%s\":", name);
	buf_json(b, buf_view(&words));
	buf_release(&words);
}

/* Each range, said as in the text; the order is that of the bits of a corner. */
static void json_ranges(struct buf *b, const struct rulebook *rb, const struct projection *p)
{
	struct buf words = {0};
	buf_c(b, ",\"ranges\":[");
	for (uint16_t i = 0; i < p->nranges; i++) {
		buf_clear(&words);
		measure_words(&words, rb, p, i);
		buf_c(b, i ? ",{\"of\":" : "{\"of\":");
		buf_json(b, buf_view(&words));
		buf_fmt(b, ",\"line\":%u", rulebook_line(rb, measure_span(p, i)));
		json_end(b, rb, p, i, END_LOW, "low");
		if (p->likely)
			json_end(b, rb, p, i, END_LIKELY, "likely");
		json_end(b, rb, p, i, END_HIGH, "high");
		buf_char(b, '}');
	}
	buf_char(b, ']');
	buf_release(&words);
}

/* ["low","high"]: where each range stood; or "likely". */
static void json_corner(struct buf *b, const struct projection *p, uint32_t corner)
{
	if (corner == CORNER_LIKELY) {
		buf_c(b, "\"likely\"");
		return;
	}
	for (uint16_t i = 0; i < p->nranges; i++)
		buf_fmt(b, "%s\"%s\"", i ? "," : "[", corner >> i & 1 ? "high" : "low");
	buf_char(b, ']');
}

static void json_counts(struct buf *b, const struct projection_run *run)
{
	buf_fmt(b, "\"cases\":%lld,\"events\":%lld,\"decisions\":%lld,\"refused\":%lld",
		(long long)run->cases, (long long)run->events, (long long)run->decisions,
		(long long)run->refused);
	if (run->refused) {
		buf_c(b, ",\"refusal\":");
		buf_json(b, run->refusal);
	}
}

static void json_runs(struct buf *b, const struct projection_result *r)
{
	buf_c(b, ",\"runs\":[");
	for (uint32_t i = 0; i < r->nruns; i++) {
		buf_c(b, i ? ",{\"at\":" : "{\"at\":");
		json_corner(b, r->projection, r->runs[i].corner);
		buf_char(b, ',');
		json_counts(b, &r->runs[i]);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void json_check(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		       uint16_t i)
{
	const struct total *t = &r->projection->totals[i];
	bool counts = t->kind == TOTAL_COUNT;
	struct buf words = {0};
	total_words(&words, rb, t);
	buf_c(b, "{\"text\":");
	buf_json(b, buf_view(&words));
	buf_fmt(b, ",\"line\":%u,\"met\":%s,\"expected\":", rulebook_line(rb, t->span),
		r->checks[i].met ? "true" : "false");
	if (t->low == t->high) {
		json_number(b, t->low, counts);
	} else {
		buf_c(b, "{\"low\":");
		json_number(b, t->low, counts);
		buf_c(b, ",\"high\":");
		json_number(b, t->high, counts);
		buf_char(b, '}');
	}
	buf_c(b, ",\"came\":");
	json_span(b, r, r->checks[i].came, counts);
	buf_char(b, '}');
	buf_release(&words);
}

static void json_head(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	const struct projection *p = r->projection;
	buf_c(b, "{\"name\":");
	json_name(b, p->name);
	buf_c(b, ",\"title\":");
	buf_json(b, p->base.title);
	if (r->county == NONE) {
		buf_fmt(b, ",\"counties\":%u", r->ncounties);
	} else {
		buf_c(b, ",\"county\":");
		json_name(b, rb->counties[r->county].name);
	}
	buf_c(b, ",\"file\":");
	buf_json(b, rb->sources[p->span.source].name);
	buf_fmt(b, ",\"line\":%u,\"verdict\":\"%s\"", rulebook_line(rb, p->span),
		r->failed ? "failed" : "passed");
}

void projection_json(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	const struct projection *p = r->projection;
	json_head(b, rb, r);
	if (r->nruns == 1) {
		buf_char(b, ',');
		json_counts(b, &r->runs[0]);
	}
	buf_c(b, ",\"until\":");
	json_day(b, p->until);
	if (p->nassumed)
		json_assumed(b, rb, p);
	if (r->nruns > 1) {
		json_ranges(b, rb, p);
		json_runs(b, r);
	}
	buf_c(b, ",\"money\":[");
	for (size_t i = 0; i < r->sums.n;) {
		struct projection_group g;
		buf_c(b, i ? "," : "");
		group_of(r, i, &g);
		json_group(b, rb, r, &g);
		i = g.to;
		group_release(&g);
	}
	buf_c(b, "],\"expected\":[");
	for (uint16_t i = 0; i < r->nchecks; i++) {
		buf_c(b, i ? "," : "");
		json_check(b, rb, r, i);
	}
	buf_c(b, "]}");
}

/* ---- CSV ---- */

void projection_csv_head(struct buf *b)
{
	buf_c(b, "projection,county,kind,name,program,block,month,low,likely,high,times_low,"
		 "times_likely,times_high\r\n");
}

static void csv_span(struct buf *b, const struct projection_result *r, const int64_t *by_run,
		     bool counts)
{
	struct projection_span s = projection_span(r, by_run);
	const int64_t columns[] = {s.low, s.likely, s.high};
	for (size_t i = 0; i < 3; i++) {
		buf_char(b, ',');
		if (i == 1 && r->nruns > 1 && !r->projection->likely)
			continue;
		if (counts)
			buf_i64(b, columns[i]);
		else
			money_plain(b, columns[i]);
	}
}

/* Names of the vocabulary need no quotes. */
void projection_csv(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	for (size_t i = 0; i < r->sums.n; i++) {
		const struct projection_sum *s = &r->sums.at[i];
		const struct block *block = &rb->blocks[s->block];
		struct str name = group_name(rb, s);
		buf_fmt(b, STR_FMT "," STR_FMT "," STR_FMT "," STR_FMT "," STR_FMT "," STR_FMT ",",
			STR_ARG(r->projection->name), STR_ARG(rb->counties[r->county].name),
			STR_ARG(sum_kind_name(s->kind)), STR_ARG(name),
			STR_ARG(rb->programs[block->program].name), STR_ARG(block->name));
		month_words(b, s->month);
		csv_span(b, r, s->cents, false);
		csv_span(b, r, s->n, true);
		buf_c(b, "\r\n");
	}
}
