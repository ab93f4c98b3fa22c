/* SPDX-License-Identifier: Apache-2.0
 *
 * The sums of points that belong together, and the report as text and as JSON.
 */
#include "engine/trial/coverage_internal.h"
#include "engine/explain/wording.h"
#include "engine/case/json_write.h"

/* ---- groups ---- */

/* Of a point that is missing its name in JSON, and the sum that it is a part of. */
static const struct {
	struct str name;
	enum coverage_group group;
} kinds[] = {
    [COVER_REACHED] = {STR_INIT("not-reached"), GROUP_PROVISIONS},
    [COVER_APPLIED] = {STR_INIT("not-applied"), GROUP_PROVISIONS},
    [COVER_ELSEWHERE] = {STR_INIT("step-never-elsewhere"), GROUP_STEPS},
    [COVER_YES] = {STR_INIT("met-never-decided"), GROUP_CONDITIONS},
    [COVER_NO] = {STR_INIT("not-met-never-decided"), GROUP_CONDITIONS},
    [COVER_ROW] = {STR_INIT("row-not-reached"), GROUP_ROWS},
    [COVER_ANSWERED] = {STR_INIT("never-in-time"), GROUP_DEADLINES},
    [COVER_RAN_OUT] = {STR_INIT("never-ran-out"), GROUP_DEADLINES},
    [COVER_APPROVED] = {STR_INIT("never-approved"), GROUP_PROPOSALS},
    [COVER_DECLINED] = {STR_INIT("never-declined"), GROUP_PROPOSALS},
    [COVER_LIMIT] = {STR_INIT("limit-not-reached"), GROUP_LIMITS},
    [COVER_CHECKED] = {STR_INIT("never-checked"), GROUP_NEVERS},
    [COVER_OVERRIDES] = {STR_INIT("never-overrode"), GROUP_OVERRIDES},
    [COVER_ITEM] = {STR_INIT("never-paid"), GROUP_SCHEDULES},
    [COVER_LAST] = {STR_INIT("last-not-reached"), GROUP_SCHEDULES},
    [COVER_HELD] = {STR_INIT("never-held"), GROUP_SCHEDULES},
    [COVER_SHARED] = {STR_INIT("share-not-seen"), GROUP_SHARES},
    [COVER_NOT_SHARED] = {STR_INIT("share-not-refused"), GROUP_SHARES},
    [COVER_FUNDED] = {STR_INIT("fund-not-drawn-on"), GROUP_FUNDS},
    [COVER_UNFUNDED] = {STR_INIT("fund-never-short"), GROUP_FUNDS},
    [COVER_WARNED] = {STR_INIT("fund-never-warned"), GROUP_FUNDS},
    [COVER_PLACE] = {STR_INIT("place-not-taken"), GROUP_PLACES},
    [COVER_WAITING] = {STR_INIT("place-never-waited-for"), GROUP_PLACES},
    [COVER_FOUND] = {STR_INIT("place-never-found"), GROUP_PLACES},
    [COVER_SEAT] = {STR_INIT("docket-not-used"), GROUP_MEETINGS},
    [COVER_FULL] = {STR_INIT("docket-never-full"), GROUP_MEETINGS},
};

static const struct {
	struct str name, words;
} groups[GROUPS] = {
    [GROUP_PROVISIONS] = {STR_INIT("provisions"), STR_INIT("provisions that applied")},
    [GROUP_CONDITIONS] = {STR_INIT("conditions"), STR_INIT("answers of comparisons that decided")},
    [GROUP_STEPS] = {STR_INIT("steps"), STR_INIT("steps kept from being entered")},
    [GROUP_ROWS] = {STR_INIT("rows"), STR_INIT("rows of tables that were reached")},
    [GROUP_DEADLINES] = {STR_INIT("deadlines"), STR_INIT("deadlines met, and run out")},
    [GROUP_PROPOSALS] = {STR_INIT("proposals"), STR_INIT("proposals approved, and declined")},
    [GROUP_LIMITS] = {STR_INIT("limits"), STR_INIT("limits that were reached")},
    [GROUP_SCHEDULES] = {STR_INIT("schedules"), STR_INIT("schedules: paid, held, to the end")},
    [GROUP_NEVERS] = {STR_INIT("nevers"), STR_INIT("prohibitions that were checked")},
    [GROUP_OVERRIDES] = {STR_INIT("overrides"), STR_INIT("provisions that were overridden")},
    [GROUP_SHARES] = {STR_INIT("shares"), STR_INIT("shares shown, and refused")},
    [GROUP_FUNDS] = {STR_INIT("funds"), STR_INIT("funds: paid from, warned, run out")},
    [GROUP_PLACES] = {STR_INIT("places"), STR_INIT("places taken, waited for, found")},
    [GROUP_MEETINGS] = {STR_INIT("meetings"), STR_INIT("meetings that had a seat, and none")},
};

struct str coverage_group_words(enum coverage_group g)
{
	return groups[g].words;
}

void coverage_sums(const struct coverage *c, struct coverage_sum out[GROUPS])
{
	for (enum coverage_group g = 0; g < GROUPS; g++)
		out[g] = (struct coverage_sum){0};
	for (size_t i = 0; i < c->points.n; i++) {
		struct coverage_sum *s = &out[kinds[c->points.at[i].kind].group];
		if (c->points.at[i].kind == COVER_REACHED || !coverage_wanted(c, i))
			continue; /* what is reached counts where it applies */
		s->of++;
		s->seen += c->seen[i] > 0;
		s->came += c->came[i] > 0;
	}
}

/* ---- all of it ---- */

static void sums_text(struct buf *b, const struct coverage *c)
{
	struct coverage_sum sums[GROUPS];
	coverage_sums(c, sums);
	buf_c(b, "covered by scenarios:\n");
	for (enum coverage_group g = 0; g < GROUPS; g++) {
		const struct coverage_sum *s = &sums[g];
		if (!s->of)
			continue;
		buf_fmt(b, "  %-36.*s %zu of %zu", STR_ARG(groups[g].words), s->seen, s->of);
		if (g == GROUP_CONDITIONS && s->came != s->seen)
			buf_fmt(b, " (%zu came)", s->came);
		buf_char(b, '\n');
	}
}

static void gap_text(struct buf *b, const struct coverage *c, size_t point)
{
	struct coverage_weight w = coverage_weight(c, point);
	coverage_gap_words(b, c, point);
	buf_char(b, '\n');
	if (w.cases) {
		buf_c(b, "  in the record: ");
		weight_words(b, w);
		buf_char(b, '\n');
	}
	if (c->possible[point].example.len)
		buf_fmt(b, "  it would where " STR_FMT "\n", STR_ARG(c->possible[point].example));
}

void coverage_text(struct buf *b, const struct coverage *c)
{
	struct arena a = {0};
	const uint32_t *gaps;
	size_t n = coverage_gaps(c, &a, &gaps);
	for (size_t i = 0; i < n; i++)
		gap_text(b, c, gaps[i]);
	arena_release(&a);
	sums_text(b, c);
}

/* ---- as JSON ---- */

static struct str kind_name(const struct coverage *c, size_t point)
{
	enum coverage_kind kind = c->points.at[point].kind;
	if (!c->came[point] && kind == COVER_YES)
		return STR("never-met");
	if (!c->came[point] && kind == COVER_NO)
		return STR("never-not-met");
	return kinds[kind].name;
}

static void gap_json(struct buf *b, const struct coverage *c, size_t point)
{
	const struct rulebook *rb = c->rb;
	const struct coverage_point *p = &c->points.at[point];
	const struct block *block = coverage_block(c, p);
	struct buf words = {0};
	buf_str(b, STR("{\"kind\":"));
	json_name(b, kind_name(c, point));
	if (block) {
		buf_char(b, ',');
		json_block_ref(b, rb, (uint32_t)(block - rb->blocks));
	}
	if (p->of == OF_PART) {
		buf_str(b, STR(",\"part\":"));
		json_name(b, rb->parts[p->index].label);
	}
	buf_str(b, STR(",\"file\":"));
	buf_json(b, rb->sources[p->span.source].name);
	buf_fmt(b, ",\"line\":%u,\"text\":", rulebook_line(rb, p->span));
	coverage_gap_words(&words, c, point);
	buf_json(b, buf_view(&words));
	if (c->history) {
		struct coverage_weight w = coverage_weight(c, point);
		buf_fmt(b, ",\"recorded\":{\"cases\":%llu,\"money\":", (unsigned long long)w.cases);
		money_json(b, w.cents);
		buf_char(b, '}');
	}
	if (c->possible[point].example.len) {
		buf_str(b, STR(",\"where\":"));
		buf_json(b, c->possible[point].example);
	}
	buf_char(b, '}');
	buf_release(&words);
}

static void sums_json(struct buf *b, const struct coverage *c)
{
	struct coverage_sum sums[GROUPS];
	coverage_sums(c, sums);
	for (enum coverage_group g = 0; g < GROUPS; g++) {
		buf_c(b, g ? "," : "");
		json_name(b, groups[g].name);
		buf_fmt(b, ":{\"of\":%zu,\"seen\":%zu", sums[g].of, sums[g].seen);
		if (g == GROUP_CONDITIONS)
			buf_fmt(b, ",\"came\":%zu", sums[g].came);
		buf_char(b, '}');
	}
}

void coverage_json(struct buf *b, const struct coverage *c)
{
	struct arena a = {0};
	const uint32_t *gaps;
	size_t n = coverage_gaps(c, &a, &gaps);
	buf_str(b, STR("{\"covered\":{"));
	sums_json(b, c);
	buf_str(b, STR("},\"gaps\":["));
	for (size_t i = 0; i < n; i++) {
		buf_c(b, i ? "," : "");
		gap_json(b, c, gaps[i]);
	}
	buf_str(b, STR("]}"));
	arena_release(&a);
}
