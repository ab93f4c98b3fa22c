/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/lines.h"
#include "daemon/commands/prove_report.h"
#include "engine/explain/wording.h"

static const char *json_verdict(const struct prove_report *r, size_t i)
{
	if (r->proofs.at[i].verdict != PROOF_OPEN)
		return "proved";
	return r->tried[i].witness.found ? "breach" : "open";
}

static void json_place(struct buf *b, const struct rulebook *rb, struct span span)
{
	buf_str(b, STR(",\"file\":"));
	buf_json(b, rb->sources[span.source].name);
	buf_fmt(b, ",\"line\":%u", rulebook_line(rb, span));
}

static void json_promise(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	const struct proof *p = &r->proofs.at[i];
	struct buf text = {0};
	prove_words(&text, rb, p->block);
	buf_str(b, STR("{\"says\":"));
	buf_json(b, buf_view(&text));
	buf_str(b, STR(",\"name\":"));
	buf_json(b, rb->blocks[p->block].name);
	buf_str(b, STR(",\"program\":"));
	buf_json(b, rb->programs[rb->blocks[p->block].program].name);
	json_place(b, rb, rb->blocks[p->block].span);
	buf_fmt(b, ",\"counties\":%zu,\"verdict\":\"%s\",\"because\":", p->counties,
		json_verdict(r, i));
	buf_clear(&text);
	prove_because(&text, r, i);
	buf_json(b, buf_view(&text));
	if (r->tried[i].witness.found) {
		buf_str(b, STR(",\"county\":"));
		buf_json(b, rb->counties[p->county].name);
		lines_json(b, "history", r->tried[i].witness.history);
		lines_json(b, "came", r->tried[i].witness.came[1]);
	}
	buf_char(b, '}');
	buf_release(&text);
}

static void json_debt(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	const struct debt *d = &r->debts.at[i];
	struct buf text = {0};
	buf_str(b, STR("{\"kind\":"));
	buf_json(b, rb->kinds[d->kind].name);
	if (d->sum.bounded) {
		buf_str(b, STR(",\"most\":"));
		money_json(b, d->sum.most);
	} else {
		prove_sum_words(&text, rb, &d->sum);
		buf_str(b, STR(",\"because\":"));
		buf_json(b, buf_view(&text));
	}
	buf_str(b, STR(",\"county\":"));
	buf_json(b, rb->counties[d->sum.county].name);
	if (r->asks_debts) {
		buf_str(b, STR(",\"verdict\":"));
		buf_json(b, str_from(prove_debt_verdict(r, i)));
	}
	if (r->owing[i].witness.found) {
		buf_str(b, STR(",\"owes\":"));
		money_json(b, r->owing[i].witness.cents);
		lines_json(b, "history", r->owing[i].witness.history);
		lines_json(b, "came", r->owing[i].witness.came[1]);
	}
	buf_char(b, '}');
	buf_release(&text);
}

static void json_fund(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	const struct witness *w = &r->overdrawn[i].witness;
	struct buf text = {0};
	buf_str(b, STR("{\"name\":"));
	buf_json(b, rb->funds[r->funds.at[i].fund].name);
	buf_str(b, STR(",\"verdict\":"));
	buf_json(b, str_from(prove_fund_verdict(r, i)));
	prove_fund_because(&text, r, i);
	buf_str(b, STR(",\"because\":"));
	buf_json(b, buf_view(&text));
	if (w->found) {
		buf_str(b, STR(",\"county\":"));
		buf_json(b, rb->counties[r->funds.at[i].county].name);
		buf_str(b, STR(",\"over\":"));
		money_json(b, w->cents);
		lines_json(b, "history", w->history);
		lines_json(b, "came", w->came[1]);
	}
	buf_char(b, '}');
	buf_release(&text);
}

static void json_undecided(struct buf *b, const struct rulebook *rb, const struct undecided *u)
{
	struct buf text = {0};
	prove_undecided_words(&text, rb, u);
	buf_str(b, STR("{\"what\":"));
	buf_json(b, buf_view(&text));
	buf_str(b, STR(",\"file\":"));
	buf_json(b, rb->sources[u->span.source].name);
	buf_fmt(b, ",\"line\":%u}", rulebook_line(rb, u->span));
	buf_release(&text);
}

static void json_end(struct buf *b, const struct rulebook *rb, const struct open_end *e)
{
	struct buf text = {0};
	prove_end_words(&text, rb, e);
	buf_str(b, STR("{\"what\":"));
	buf_json(b, buf_view(&text));
	json_place(b, rb, prove_end_span(rb, e));
	buf_str(b, STR(",\"why\":"));
	buf_json(b, str_from(prove_end_why(e)));
	buf_char(b, '}');
	buf_release(&text);
}

void prove_json(struct buf *b, const struct prove_report *r)
{
	const struct rulebook *rb = r->loaded->rb;
	buf_fmt(b, "{\"proved\":%s,\"promises\":[", prove_is_fine(r) ? "true" : "false");
	for (size_t i = 0; i < r->proofs.n; i++) {
		buf_c(b, i ? "," : "");
		json_promise(b, r, i);
	}
	buf_str(b, STR("],\"debts\":["));
	for (size_t i = 0; i < r->debts.n; i++) {
		buf_c(b, i ? "," : "");
		json_debt(b, r, i);
	}
	buf_str(b, STR("],\"funds\":["));
	for (size_t i = 0; i < r->funds.n; i++) {
		buf_c(b, i ? "," : "");
		json_fund(b, r, i);
	}
	buf_fmt(b, "],\"referrals\":{\"all\":%zu,\"open\":%zu},\"waits\":[", r->ends.referrals,
		prove_open_referrals(r));
	for (size_t i = 0; i < r->ends.n; i++) {
		buf_c(b, i ? "," : "");
		json_end(b, rb, &r->ends.at[i]);
	}
	buf_c(b, "],\"undecided\":[");
	for (size_t i = 0; i < r->undecided.n; i++) {
		buf_c(b, i ? "," : "");
		json_undecided(b, rb, &r->undecided.at[i]);
	}
	buf_fmt(b, "],\"locked\":{\"same\":%zu,\"differ\":[", r->locked);
	for (size_t i = 0; i < r->unequal.n; i++) {
		const struct unequal *u = &r->unequal.at[i];
		struct buf text = {0};
		source_words(&text, rb, rb->blocks[u->block].span);
		buf_fmt(b, "%s{\"what\":", i ? "," : "");
		buf_json(b, buf_view(&text));
		buf_str(b, STR(",\"counties\":["));
		buf_json(b, rb->counties[u->county[0]].name);
		buf_char(b, ',');
		buf_json(b, rb->counties[u->county[1]].name);
		buf_str(b, STR("]}"));
		buf_release(&text);
	}
	buf_str(b, STR("]}}\n"));
}
