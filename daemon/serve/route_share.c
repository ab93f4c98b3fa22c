/* SPDX-License-Identifier: Apache-2.0
 *
 * What a partner may see of a case. Every answer is on record before it goes out, also that nothing
 * is shown: who asked, for which partner, which fields, never what they say.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"
#include "engine/base/limits.h"
#include "engine/case/json.h"
#include "engine/case/json_write.h"
#include "engine/decide/share.h"

struct asked {
	struct call *call;
	const struct case_state *cs;
	uint64_t case_no;
	struct str name, partner;
	int32_t day;
	struct share_answer answer;
};

static bool read_partner(struct call *c, struct str *partner)
{
	if (http_query_find(c->http, STR("partner"), partner) && partner->len &&
	    partner->len <= LIMIT_ID_BYTES && str_is_utf8(*partner))
		return true;
	call_problem(c, PROBLEM_QUERY, "partner is the id of the partner's case, of 1 to %u bytes",
		     LIMIT_ID_BYTES);
	return false;
}

static const struct case_kind *kind_of(const struct asked *a)
{
	return &a->call->d->rb->kinds[a->cs->kind];
}

static void put_fields(struct buf *b, const struct asked *a)
{
	const struct case_kind *k = kind_of(a);
	for (uint16_t i = 0; i < a->answer.share->nfacts; i++) {
		uint16_t fact = a->answer.share->facts[i];
		buf_str(b, i ? STR(",") : STR(""));
		json_name(b, k->facts[fact].name);
		buf_char(b, ':');
		json_value(b, a->call->d->rb, &k->facts[fact].type, a->cs->facts[fact]);
	}
}

/* {"case","share","partner","day","fields":{…},"because":{…}} */
static void put_shared(struct buf *b, const struct asked *a)
{
	const struct rulebook *rb = a->call->d->rb;
	const struct block *block = &rb->blocks[a->answer.share->block];
	buf_str(b, STR("{\"case\":"));
	buf_json(b, a->cs->id);
	buf_str(b, STR(",\"share\":"));
	json_name(b, a->name);
	buf_str(b, STR(",\"partner\":"));
	buf_json(b, a->partner);
	buf_str(b, STR(",\"day\":"));
	json_day(b, a->day);
	buf_str(b, STR(",\"fields\":{"));
	put_fields(b, a);
	buf_str(b, STR("},\"because\":{"));
	json_block_ref(b, rb, a->answer.share->block);
	buf_str(b, STR(",\"file\":"));
	buf_json(b, rb->sources[block->span.source].name);
	buf_fmt(b, ",\"line\":%u", rulebook_line(rb, block->span));
	if (block->cite.len) {
		buf_str(b, STR(",\"cite\":"));
		buf_json(b, block->cite);
	}
	buf_str(b, STR("}}"));
}

static void put_reasons(struct buf *b, const struct asked *a)
{
	buf_char(b, '[');
	for (size_t i = 0; i < a->answer.nreasons; i++) {
		buf_str(b, i ? STR(",") : STR(""));
		buf_json(b, a->answer.reasons[i]);
	}
	buf_char(b, ']');
}

static void put_refused(struct buf *b, const struct asked *a)
{
	struct buf members = {0};
	buf_str(&members, STR("\"reasons\":"));
	put_reasons(&members, a);
	struct problem p = {
	    .kind = PROBLEM_NOT_SHARED,
	    .detail = STR("nothing of the case is shown; see reasons"),
	    .members = buf_view(&members),
	};
	problem_json(b, &p);
	a->call->d->metrics.problems[p.kind]++;
	buf_release(&members);
}

static void put_names(struct buf *b, const struct asked *a)
{
	const struct share *s = a->answer.nreasons ? NULL : a->answer.share;
	buf_char(b, '[');
	for (uint16_t i = 0; s && i < s->nfacts; i++) {
		buf_str(b, i ? STR(",") : STR(""));
		json_name(b, kind_of(a)->facts[s->facts[i]].name);
	}
	buf_char(b, ']');
}

static void disclose(const struct asked *a)
{
	struct call *c = a->call;
	struct daemon *d = c->d;
	struct buf fields = {0}, reasons = {0};
	bool allowed = !a->answer.nreasons;
	buf_clear(&d->text);
	if (allowed)
		put_shared(&d->text, a);
	else
		put_refused(&d->text, a);
	put_names(&fields, a);
	put_reasons(&reasons, a);
	const struct ledger_disclosure what = {
	    .case_no = a->case_no,
	    .at_us = d->now_us,
	    .policy = d->policy,
	    .allowed = allowed,
	    .county = d->rb->counties[a->cs->county].name,
	    .route = call_route(c),
	    .share = a->name,
	    .partner = a->partner,
	    .asker = c->token->name,
	    .fields = buf_view(&fields),
	    .reasons = buf_view(&reasons),
	};
	struct reply *r = reply_new(c, 1, false);
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	ledger_unit_disclosure(u, &what);
	flight_disclose(d, r, u, allowed ? 200 : problem_status(PROBLEM_NOT_SHARED),
			buf_view(&d->text));
	buf_release(&fields);
	buf_release(&reasons);
	reply_close(r);
}

void get_share(struct call *c)
{
	struct daemon *d = c->d;
	const struct str names[] = {STR("partner")};
	struct asked a = {.call = c, .name = call_part(c, 4)};
	if (a.name.len > LIMIT_NAME_BYTES || !str_is_utf8(a.name)) {
		call_problem(c, PROBLEM_NOT_FOUND, "no share can have this name");
		return;
	}
	if (!call_has_room(c, 1))
		return;
	struct case_state *cs = call_case(c, names, 1, &a.case_no);
	if (!cs)
		return;
	if (!read_partner(c, &a.partner)) {
		case_free(d->rb, cs);
		return;
	}
	a.cs = cs;
	a.day = zone_day(d->rb->zone, d->now_us);
	share_decide(&d->decider, cs, a.name, a.partner, a.day, &a.answer);
	disclose(&a);
	case_free(d->rb, cs);
	cases_trim(&d->cases, d->rb);
}
