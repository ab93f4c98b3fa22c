/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /v1/disclosures: who saw what is confidential of which case, for auditors. Names, never
 * values.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"

#define LIST_MOST  1000u
#define LIST_USUAL 100u

struct listing {
	struct daemon *d;
	size_t n;
};

static void put_text(struct buf *b, struct str member, struct str text)
{
	buf_str(b, member);
	buf_json(b, text);
}

/* null: the records of the case were destroyed. */
static void put_list(struct buf *b, struct str member, struct str json)
{
	buf_str(b, member);
	buf_str(b, json.len ? json : STR("null"));
}

/* Of a share: for whom, and whether anything was shown. */
static void put_share(struct buf *b, const struct ledger_disclosure *w)
{
	put_text(b, STR(",\"share\":"), w->share);
	put_text(b, STR(",\"partner\":"), w->partner);
	buf_str(b, w->allowed ? STR(",\"allowed\":true") : STR(",\"allowed\":false"));
	put_list(b, STR(",\"reasons\":"), w->reasons);
}

static bool on_disclosure(void *arg, const struct ledger_disclosure_row *row)
{
	struct listing *l = arg;
	struct buf *b = &l->d->text;
	const struct ledger_disclosure *w = &row->what;
	buf_str(b, l->n++ ? STR(",{\"number\":") : STR("{\"number\":"));
	buf_i64(b, (int64_t)row->number);
	buf_str(b, STR(",\"at\":\""));
	time_text(b, l->d->rb->zone, w->at_us);
	put_text(b, STR("\",\"asker\":"), w->asker);
	put_text(b, STR(",\"route\":"), w->route);
	put_text(b, STR(",\"case\":"), row->case_id);
	put_text(b, STR(",\"county\":"), w->county);
	put_text(b, STR(",\"policy\":"), row->policy);
	put_list(b, STR(",\"fields\":"), w->fields);
	if (w->share.len)
		put_share(b, w);
	buf_char(b, '}');
	return true;
}

void get_disclosures(struct call *c)
{
	struct daemon *d = c->d;
	const struct str names[] = {STR("case"), STR("after"), STR("limit")};
	uint64_t after = 0, limit = LIST_USUAL, reached;
	struct str case_id = {0};
	struct listing l = {.d = d};
	if (!call_only(c, names, 3) || !call_number(c, names[1], INT64_MAX, &after) ||
	    !call_number(c, names[2], LIST_MOST, &limit))
		return;
	if (http_query_find(c->http, names[0], &case_id) && !case_id.len) {
		call_problem(c, PROBLEM_QUERY, "case is the id of a case");
		return;
	}
	buf_clear(&d->text);
	buf_str(&d->text, STR("{\"disclosures\":["));
	if (ledger_disclosures(daemon_reader(d), case_id, after, limit, c->token->counties,
			       c->token->n, &reached, on_disclosure, &l)) {
		call_ledger_failed(c);
		return;
	}
	buf_str(&d->text, STR("],\"after\":"));
	buf_i64(&d->text, (int64_t)reached);
	buf_char(&d->text, '}');
	call_json(c, 200, buf_view(&d->text));
}
