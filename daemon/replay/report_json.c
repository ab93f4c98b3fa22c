/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/report.h"

#include "engine/values/money.h"
#include "engine/values/zone.h"

static const char *const sides[SIDES] = {"recorded", "candidate"};

static void member(struct buf *b, const char *name, struct str s)
{
	buf_fmt(b, "\"%s\":", name);
	buf_json(b, s);
}

static void more(struct buf *b, const char *name, struct str s)
{
	if (!s.len)
		return;
	buf_char(b, ',');
	member(b, name, s);
}

static void number(struct buf *b, const char *name, uint64_t n)
{
	buf_fmt(b, ",\"%s\":%llu", name, (unsigned long long)n);
}

static void day(struct buf *b, int32_t d)
{
	if (d == DAY_NONE) {
		buf_c(b, "null");
		return;
	}
	buf_char(b, '"');
	day_text(b, d);
	buf_char(b, '"');
}

static void put_head(struct buf *b, const struct replayed *r)
{
	buf_char(b, '{');
	member(b, "candidate", r->version);
	buf_fmt(b, ",\"same\":%s", r->compared.cases.n || r->refusals.n ? "false" : "true");
	number(b, "last", r->last_seq);
	number(b, "events", r->events);
	number(b, "by_itself", r->by_itself);
	number(b, "cases", r->cases);
	number(b, "versions", r->versions);
	buf_fmt(b, ",\"not_compared\":{\"events\":%llu,\"cases\":%llu}",
		(unsigned long long)r->destroyed, (unsigned long long)r->left_out);
}

static void put_lacks(struct buf *b, const struct replayed *r)
{
	static const char *const of[] = {"event", "field", "fact"};
	buf_c(b, ",\"asks\":[");
	for (size_t i = 0; i < r->lacks.n; i++) {
		const struct replay_lack *l = &r->lacks.at[i];
		buf_fmt(b, "%s{\"%s\":", i ? "," : "", of[l->of]);
		buf_json(b, l->name);
		more(b, l->of == LACKS_FIELD ? "of_event" : "of_kind", l->inside);
		buf_fmt(b, ",\"optional\":%s,\"before\":%s", l->optional ? "true" : "false",
			l->before ? "true" : "false");
		number(b, "events", l->events);
		buf_char(b, '}');
	}
	buf_c(b, "],\"unknown\":[");
	for (size_t i = 0, n = 0; i < r->types.n; i++) {
		if (r->types.at[i].known)
			continue;
		buf_c(b, n++ ? ",{" : "{");
		member(b, "event", r->types.at[i].type);
		number(b, "events", r->types.at[i].n);
		buf_char(b, '}');
	}
	buf_c(b, "],\"refused\":[");
	for (size_t i = 0; i < r->refusals.n; i++) {
		const struct replay_refusal *x = &r->refusals.at[i];
		buf_c(b, i ? ",{" : "{");
		member(b, "event", x->type);
		more(b, "type", x->slug);
		more(b, "where", x->where);
		number(b, "events", x->n);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void put_counts(struct buf *b, const struct compared *c)
{
	buf_fmt(b, ",\"affected\":{\"cases\":%zu", c->cases.n);
	number(b, "newly_with_benefit", c->newly);
	number(b, "no_longer_with_benefit", c->no_longer);
	buf_c(b, "},\"outcomes\":{\"recorded\":");
	buf_i64(b, (int64_t)c->standing[SIDE_RECORDED]);
	number(b, "candidate", c->standing[SIDE_CANDIDATE]);
	number(b, "same", c->same);
	for (int k = 0; k < OUTCOME_CHANGES; k++) {
		buf_char(b, ',');
		buf_json(b, difference_kind_name((enum difference_kind)k));
		buf_fmt(b, ":%llu", (unsigned long long)c->changes[k]);
	}
	buf_c(b, "},\"provisions\":[");
	for (size_t i = 0; i < c->provisions.n; i++) {
		const struct compared_provision *p = &c->provisions.at[i];
		buf_c(b, i ? ",{" : "{");
		member(b, "block", p->block);
		more(b, "program", p->program);
		more(b, "kind", p->kind);
		more(b, "name", p->name);
		number(b, "added", p->changes[OUTCOME_ADDED]);
		number(b, "removed", p->changes[OUTCOME_REMOVED]);
		number(b, "changed", p->changes[OUTCOME_CHANGED]);
		number(b, "cases", p->cases);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void put_sums(struct buf *b, const struct compared_money *m)
{
	for (int side = 0; side < SIDES; side++) {
		buf_fmt(b, ",\"%s\":{\"amount\":", sides[side]);
		money_json(b, m->cents[side]);
		number(b, "n", m->n[side]);
		buf_char(b, '}');
	}
}

static void put_money(struct buf *b, const struct compared *c)
{
	buf_c(b, ",\"money\":[");
	for (size_t i = 0; i < c->money.n; i++) {
		const struct compared_money *m = &c->money.at[i];
		buf_c(b, i ? ",{" : "{");
		member(b, "what", said_money_name(m->money));
		more(b, "fund", m->fund);
		more(b, "county", m->county);
		more(b, "program", m->program);
		buf_c(b, ",\"month\":\"");
		day_text(b, m->month);
		b->len -= 3; /* 2026-07 */
		buf_char(b, '"');
		put_sums(b, m);
		buf_char(b, '}');
	}
	buf_fmt(b, "],\"overflow\":%s,\"funds\":[", c->overflow ? "true" : "false");
	for (size_t i = 0; i < c->funds.n; i++) {
		const struct compared_fund *f = &c->funds.at[i];
		buf_c(b, i ? ",{" : "{");
		member(b, "fund", f->fund);
		more(b, "county", f->county);
		buf_c(b, ",\"runs_out\":{\"recorded\":");
		day(b, f->day[SIDE_RECORDED]);
		buf_c(b, ",\"candidate\":");
		day(b, f->day[SIDE_CANDIDATE]);
		buf_c(b, "}}");
	}
	buf_char(b, ']');
}

static void put_side(struct buf *b, const struct compared *c, const struct compared_outcome *o,
		     int side)
{
	if (o->label[side] == NONE_SUCH)
		return;
	const struct compared_label *l = &c->labels.at[o->label[side]];
	buf_fmt(b, ",\"%s\":{", sides[side]);
	member(b, "kind", l->kind);
	more(b, "name", l->name);
	more(b, "program", l->program);
	more(b, "block", l->block);
	more(b, "fund", l->fund);
	if (o->cents[side]) {
		buf_c(b, ",\"amount\":");
		money_json(b, o->cents[side]);
	}
	buf_c(b, ",\"day\":");
	day(b, o->day[side]);
	buf_char(b, '}');
}

static void put_outcomes(struct buf *b, const struct compared *c, const struct compared_case *x)
{
	buf_c(b, ",\"outcomes\":[");
	for (size_t i = 0; i < x->n; i++) {
		const struct compared_outcome *o = &c->outcomes.at[x->first + i];
		buf_c(b, i ? ",{" : "{");
		member(b, "change", difference_kind_name(o->kind));
		number(b, "seq", o->seq);
		for (int side = 0; side < SIDES; side++)
			put_side(b, c, o, side);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void put_cases(struct buf *b, const struct replayed *r)
{
	if (!r->ids)
		return;
	buf_c(b, ",\"differing\":[");
	for (size_t i = 0; i < r->compared.cases.n; i++) {
		const struct compared_case *x = &r->compared.cases.at[i];
		buf_c(b, i ? ",{" : "{");
		member(b, "case", r->ids[i]);
		for (int side = 0; side < SIDES; side++)
			buf_fmt(b, ",\"benefit_%s\":%s", sides[side],
				x->benefit[side] ? "true" : "false");
		put_outcomes(b, &r->compared, x);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

void replayed_json(struct buf *b, const struct replayed *r)
{
	put_head(b, r);
	put_lacks(b, r);
	put_counts(b, &r->compared);
	put_money(b, &r->compared);
	put_cases(b, r);
	buf_c(b, "}\n");
}

/* ---- CSV ---- */

static void cell(struct buf *b, struct str s)
{
	buf_str(b, s); /* names of a policy need no quotes */
	buf_char(b, ',');
}

void replayed_csv(struct buf *b, const struct replayed *r)
{
	buf_c(b, "what,fund,county,program,month,recorded,recorded_n,candidate,candidate_n\r\n");
	for (size_t i = 0; i < r->compared.money.n; i++) {
		const struct compared_money *m = &r->compared.money.at[i];
		cell(b, said_money_name(m->money));
		cell(b, m->fund);
		cell(b, m->county);
		cell(b, m->program);
		day_text(b, m->month);
		b->len -= 3; /* 2026-07 */
		for (int side = 0; side < SIDES; side++) {
			buf_char(b, ',');
			money_plain(b, m->cents[side]);
			buf_fmt(b, ",%llu", (unsigned long long)m->n[side]);
		}
		buf_c(b, "\r\n");
	}
}
