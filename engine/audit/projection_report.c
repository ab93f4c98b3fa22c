/* SPDX-License-Identifier: Apache-2.0
 *
 * What a projection comes to, for people and as JSON.
 */
#include "engine/audit/projection_internal.h"

#include "engine/audit/wording.h"
#include "engine/case/json_write.h"

#define BAR_WIDTH  40
#define LABEL_WIDE 32

/* ---- groups: all sums of one fund or line ---- */

static bool same_group(const struct projection_sum *a, const struct projection_sum *b)
{
	return a->kind == b->kind && a->index == b->index;
}

/* The end of the group that begins at `from`. */
static size_t group_end(const struct projection_result *r, size_t from)
{
	size_t to = from + 1;
	while (to < r->sums.n && same_group(&r->sums.at[from], &r->sums.at[to]))
		to++;
	return to;
}

static void group_words(struct buf *b, const struct rulebook *rb, const struct projection_sum *s)
{
	static const struct str what[] = {[SUM_PAID] = STR_INIT("paid from "),
					  [SUM_ASSESSED] = STR_INIT("assessed as "),
					  [SUM_UNFUNDED] = STR_INIT("unfunded from ")};
	buf_str(b, what[s->kind]);
	if (s->index == NONE)
		buf_str(b, STR("no fund"));
	else
		buf_str(b, (s->kind == SUM_ASSESSED ? rb->lines : rb->funds)[s->index].name);
}

struct month {
	int32_t first;
	int64_t cents;
	uint64_t n;
};

struct months {
	VEC(struct month) at; /* in order */
	int64_t most, cents;
	uint64_t n;
};

static void add_month(struct months *m, const struct projection_sum *s)
{
	size_t i = 0;
	while (i < m->at.n && m->at.at[i].first < s->month)
		i++;
	if (i == m->at.n || m->at.at[i].first != s->month) {
		(void)vec_push(&m->at);
		memmove(&m->at.at[i + 1], &m->at.at[i], (m->at.n - 1 - i) * sizeof(*m->at.at));
		m->at.at[i] = (struct month){.first = s->month};
	}
	m->at.at[i].cents += s->cents;
	m->at.at[i].n += s->n;
	m->cents += s->cents;
	m->n += s->n;
	if (m->at.at[i].cents > m->most)
		m->most = m->at.at[i].cents;
}

static struct months months_of(const struct projection_result *r, size_t from, size_t to)
{
	struct months m = {0};
	for (size_t i = from; i < to; i++)
		add_month(&m, &r->sums.at[i]);
	return m;
}

/* ---- text ---- */

static void money_column(struct buf *b, int64_t cents)
{
	struct buf text = {0};
	money_text(&text, cents);
	if (text.len < 18)
		buf_pad(b, ' ', 18 - text.len);
	buf_str(b, buf_view(&text));
	buf_release(&text);
}

static void label(struct buf *b, struct str s)
{
	buf_str(b, s);
	if (s.len < LABEL_WIDE)
		buf_pad(b, ' ', LABEL_WIDE - s.len);
}

/* A bar is never empty, so that a small month is seen too. */
static void bar(struct buf *b, int64_t cents, int64_t most)
{
	int64_t n = 0;
	if (cents > 0 && most > 0 && money_ratio(cents, BAR_WIDTH, most, ROUND_HALF_UP, &n))
		n = 0;
	buf_str(b, STR("  "));
	buf_pad(b, '#', (size_t)(cents > 0 && n < 1 ? 1 : n));
}

static void times_words(struct buf *b, uint64_t n)
{
	buf_fmt(b, "%llu %s", (unsigned long long)n, n == 1 ? "time" : "times");
}

static void group_text(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		       size_t from, size_t to)
{
	struct months m = months_of(r, from, to);
	struct buf words = {0};
	group_words(&words, rb, &r->sums.at[from]);
	buf_char(b, '\n');
	label(b, buf_view(&words));
	money_column(b, m.cents);
	buf_str(b, STR("  "));
	times_words(b, m.n);
	buf_char(b, '\n');
	for (size_t i = 0; i < m.at.n; i++) {
		buf_clear(&words);
		buf_str(&words, STR("  "));
		day_text(&words, m.at.at[i].first);
		words.len -= 3; /* the month alone */
		label(b, buf_view(&words));
		money_column(b, m.at.at[i].cents);
		bar(b, m.at.at[i].cents, m.most);
		buf_char(b, '\n');
	}
	vec_release(&m.at);
	buf_release(&words);
}

static void head_words(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	const struct projection *p = r->projection;
	buf_str(b, p->name);
	if (p->base.title.len)
		buf_fmt(b, " \"" STR_FMT "\"", STR_ARG(p->base.title));
	buf_fmt(b, " in " STR_FMT, STR_ARG(rb->counties[p->base.county].name));
}

static const struct dated *assumed_value(const struct projection *p, uint16_t i)
{
	return &p->values[p->assumed[i]].at[0];
}

static void assumed_text(struct buf *b, const struct rulebook *rb, const struct projection *p)
{
	for (uint16_t i = 0; i < p->nassumed; i++) {
		const struct param *param = &rb->params[p->assumed[i]];
		buf_str(b, STR("assuming that "));
		buf_str(b, param->name);
		buf_str(b, STR(" is "));
		policy_value_text(b, rb, &param->type, assumed_value(p, i)->value);
		buf_char(b, '\n');
	}
}

static void total_words(struct buf *b, const struct rulebook *rb, const struct total *t)
{
	struct str text = rulebook_text(rb, t->span);
	if (str_starts(text, STR("expect ")))
		text = (struct str){text.p + 7, text.len - 7};
	buf_str(b, text);
}

static void came_words(struct buf *b, const struct total *t, int64_t came)
{
	if (t->kind == TOTAL_COUNT)
		times_words(b, (uint64_t)came);
	else
		money_text(b, came);
}

/* What a sum is made up of, block by block. */
static void made_of(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		    const struct total *t)
{
	for (size_t i = 0, to; i < r->sums.n; i = to) {
		struct months m = {0};
		for (to = i; to < r->sums.n && same_group(&r->sums.at[i], &r->sums.at[to]) &&
			     r->sums.at[to].block == r->sums.at[i].block;
		     to++)
			if (total_takes(rb, t, &r->sums.at[to]))
				add_month(&m, &r->sums.at[to]);
		if (m.n) {
			buf_str(b, STR("        "));
			block_words(b, &rb->blocks[r->sums.at[i].block]);
			buf_str(b, STR(": "));
			money_text(b, m.cents);
			buf_str(b, STR(", "));
			times_words(b, m.n);
			buf_str(b, STR(" — "));
			place_words(b, rb, rb->blocks[r->sums.at[i].block].span);
			buf_char(b, '\n');
		}
		vec_release(&m.at);
	}
}

static void check_text(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		       uint16_t i)
{
	const struct total *t = &r->projection->totals[i];
	buf_str(b, STR("    "));
	place_words(b, rb, t->span);
	buf_str(b, STR("  expected "));
	total_words(b, rb, t);
	buf_str(b, STR(", came "));
	came_words(b, t, r->checks[i].came);
	buf_char(b, '\n');
	made_of(b, rb, r, t);
}

static void trouble_text(struct buf *b, const struct projection_result *r)
{
	if (r->refused)
		buf_fmt(b, "    %llu event%s refused or stopped; the first one: " STR_FMT "\n",
			(unsigned long long)r->refused, r->refused == 1 ? " was" : "s were",
			STR_ARG(r->refusal));
	if (r->overflow)
		buf_str(b, STR("    a sum leaves the range of exact amounts\n"));
}

void projection_failures(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r)
{
	if (!r->failed)
		return;
	buf_str(b, STR("failed: projection "));
	head_words(b, rb, r);
	buf_str(b, STR(" — "));
	place_words(b, rb, r->projection->span);
	buf_char(b, '\n');
	trouble_text(b, r);
	for (uint16_t i = 0; i < r->projection->ntotals; i++)
		if (!r->checks[i].met)
			check_text(b, rb, r, i);
}

void projection_text(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	head_words(b, rb, r);
	buf_fmt(b, ": %llu cases, %llu events, %llu decisions, until ",
		(unsigned long long)r->cases, (unsigned long long)r->events,
		(unsigned long long)r->decisions);
	day_text(b, r->projection->until);
	buf_char(b, '\n');
	assumed_text(b, rb, r->projection);
	for (size_t i = 0, to; i < r->sums.n; i = to) {
		to = group_end(r, i);
		group_text(b, rb, r, i, to);
	}
	if (r->projection->ntotals)
		buf_char(b, '\n');
	for (uint16_t i = 0; i < r->projection->ntotals; i++) {
		if (!r->checks[i].met)
			continue;
		buf_str(b, STR("as expected: "));
		total_words(b, rb, &r->projection->totals[i]);
		buf_char(b, '\n');
	}
	projection_failures(b, rb, r);
}

/* ---- JSON ---- */

static void json_group(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		       size_t from, size_t to)
{
	static const struct str kinds[] = {[SUM_PAID] = STR_INIT("paid"),
					   [SUM_ASSESSED] = STR_INIT("assessed"),
					   [SUM_UNFUNDED] = STR_INIT("unfunded")};
	const struct projection_sum *s = &r->sums.at[from];
	struct type money = {.kind = TYPE_MONEY};
	struct months m = months_of(r, from, to);
	buf_str(b, STR("{\"kind\":"));
	json_name(b, kinds[s->kind]);
	if (s->index != NONE) {
		buf_str(b, s->kind == SUM_ASSESSED ? STR(",\"line\":") : STR(",\"fund\":"));
		json_name(b, (s->kind == SUM_ASSESSED ? rb->lines : rb->funds)[s->index].name);
	}
	buf_str(b, STR(",\"amount\":"));
	json_value(b, rb, &money, value_int(TYPE_MONEY, m.cents));
	buf_fmt(b, ",\"times\":%llu,\"months\":[", (unsigned long long)m.n);
	for (size_t i = 0; i < m.at.n; i++) {
		buf_str(b, i ? STR(",{\"month\":") : STR("{\"month\":"));
		json_day(b, m.at.at[i].first);
		buf_str(b, STR(",\"amount\":"));
		json_value(b, rb, &money, value_int(TYPE_MONEY, m.at.at[i].cents));
		buf_fmt(b, ",\"times\":%llu}", (unsigned long long)m.at.at[i].n);
	}
	buf_str(b, STR("],\"blocks\":["));
	for (size_t i = from; i < to; i++) {
		buf_str(b, i > from ? STR(",{") : STR("{"));
		json_block_ref(b, rb, r->sums.at[i].block);
		buf_str(b, STR(",\"month\":"));
		json_day(b, r->sums.at[i].month);
		buf_str(b, STR(",\"amount\":"));
		json_value(b, rb, &money, value_int(TYPE_MONEY, r->sums.at[i].cents));
		buf_fmt(b, ",\"times\":%llu}", (unsigned long long)r->sums.at[i].n);
	}
	buf_str(b, STR("]}"));
	vec_release(&m.at);
}

static void json_assumed(struct buf *b, const struct rulebook *rb, const struct projection *p)
{
	buf_str(b, STR(",\"assumed\":["));
	for (uint16_t i = 0; i < p->nassumed; i++) {
		const struct param *param = &rb->params[p->assumed[i]];
		buf_str(b, i ? STR(",{\"name\":") : STR("{\"name\":"));
		json_name(b, param->name);
		buf_str(b, STR(",\"value\":"));
		json_value(b, rb, &param->type, assumed_value(p, i)->value);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void json_check(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		       uint16_t i)
{
	const struct total *t = &r->projection->totals[i];
	struct buf words = {0};
	struct type type = {.kind = t->kind == TOTAL_COUNT ? TYPE_NUMBER : TYPE_MONEY};
	total_words(&words, rb, t);
	buf_str(b, STR("{\"text\":"));
	buf_json(b, buf_view(&words));
	buf_fmt(b, ",\"line\":%u,\"met\":%s,\"expected\":", rulebook_line(rb, t->span),
		r->checks[i].met ? "true" : "false");
	json_value(b, rb, &type, value_int(type.kind, t->n));
	buf_str(b, STR(",\"came\":"));
	json_value(b, rb, &type, value_int(type.kind, r->checks[i].came));
	buf_char(b, '}');
	buf_release(&words);
}

void projection_json(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	const struct projection *p = r->projection;
	buf_str(b, STR("{\"name\":"));
	json_name(b, p->name);
	buf_str(b, STR(",\"title\":"));
	buf_json(b, p->base.title);
	buf_str(b, STR(",\"county\":"));
	json_name(b, rb->counties[p->base.county].name);
	buf_str(b, STR(",\"file\":"));
	buf_json(b, rb->sources[p->span.source].name);
	buf_fmt(b, ",\"line\":%u,\"verdict\":\"%s\",\"cases\":%llu,\"events\":%llu",
		rulebook_line(rb, p->span), r->failed ? "failed" : "passed",
		(unsigned long long)r->cases, (unsigned long long)r->events);
	buf_fmt(b,
		",\"decisions\":%llu,\"refused\":%llu,\"until\":", (unsigned long long)r->decisions,
		(unsigned long long)r->refused);
	json_day(b, p->until);
	if (r->refused) {
		buf_str(b, STR(",\"refusal\":"));
		buf_json(b, r->refusal);
	}
	if (p->nassumed)
		json_assumed(b, rb, p);
	buf_str(b, STR(",\"money\":["));
	for (size_t i = 0, to; i < r->sums.n; i = to) {
		to = group_end(r, i);
		buf_str(b, i ? STR(",") : STR(""));
		json_group(b, rb, r, i, to);
	}
	buf_str(b, STR("],\"expected\":["));
	for (uint16_t i = 0; i < p->ntotals; i++) {
		buf_str(b, i ? STR(",") : STR(""));
		json_check(b, rb, r, i);
	}
	buf_str(b, STR("]}"));
}
