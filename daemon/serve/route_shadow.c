/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/policies/V/shadow: a version runs beside the one in force, or stops to, with
 * {"on":false}. GET: what it would have decided otherwise.
 */
#include "daemon/ledger/divergence.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/intake.h"
#include "daemon/serve/version_view.h"

#define DIVERGENCES_MOST  1000
#define DIVERGENCES_USUAL 100

/* ---- on and off ---- */

struct switching {
	struct reply *reply;
	struct ledger_policy_info info;
};

static void give_entry(struct daemon *d, struct reply *r, const struct ledger_policy_info *info)
{
	struct buf b = {0};
	if (versions_load(d)) {
		call_problem(r->call, PROBLEM_LEDGER, "the log of the daemon says why");
		return;
	}
	version_put(d, info, &b);
	reply_give(r, 0, 200, buf_view(&b));
	buf_release(&b);
}

static void on_landed(struct daemon *d, struct flight *f)
{
	struct switching *x = f->arg;
	if (f->unit->status)
		flight_lost(d, &(struct waiter){.reply = x->reply});
	else
		give_entry(d, x->reply, &x->info);
}

/* False: answered. */
static bool take_on(struct call *c, const struct json *root, bool *on)
{
	const struct json *v = root && root->n == 1 ? json_get(root, STR("on")) : NULL;
	*on = true;
	if (!root || (root->kind == JSON_OBJECT && !root->n))
		return true;
	if (v && v->kind == JSON_BOOL) {
		*on = v->yes;
		return true;
	}
	call_problem(c, PROBLEM_BODY, "send {\"on\":true}, {\"on\":false}, or nothing to begin");
	return false;
}

void post_shadow(struct call *c)
{
	struct daemon *d = c->d;
	struct ledger_policy_info info;
	const struct json *root;
	bool on;
	if (!call_only(c, NULL, 0) || !intake_document(c, &root) || !version_named(c, &info) ||
	    !take_on(c, root, &on) || !call_has_room(c, 1))
		return;
	uint32_t other = shadow_policy(d);
	if (on && other && other != info.number) {
		call_problem(c, PROBLEM_VERSION_STATE,
			     "another version is in shadow: stop that one first, with "
			     "{\"on\":false}");
		return;
	}
	struct reply *r = reply_new(c, 1, false);
	reply_close(r);
	if (on == (other == info.number)) {
		give_entry(d, r, &info);
		return;
	}
	struct switching *x = arena_alloc(&c->http->arena, sizeof(*x));
	*x = (struct switching){r, info};
	struct ledger_act act = {.at_us = versions_now(d),
				 .policy = info.number,
				 .kind = on ? ACT_SHADOWED : ACT_UNSHADOWED,
				 .who = c->token->name};
	versions_act_on(d, &act, on_landed)->arg = x;
}

/* ---- what it found ---- */

struct listing {
	struct daemon *d;
	size_t n;
};

static void on_divergence(void *arg, const struct ledger_divergence *x)
{
	struct listing *l = arg;
	struct buf *b = &l->d->text;
	buf_fmt(b, "%s{\"number\":%llu,\"at\":\"", l->n++ ? "," : "",
		(unsigned long long)x->number);
	time_text(b, l->d->rb->zone, x->at_us);
	buf_char(b, '"');
	if (x->seq)
		buf_fmt(b, ",\"seq\":%llu", (unsigned long long)x->seq);
	buf_c(b, ",\"county\":");
	buf_json(b, x->county);
	buf_c(b, ",\"kind\":");
	buf_json(b, x->kind);
	if (x->why.len) {
		buf_c(b, ",\"why\":");
		buf_json(b, x->why);
	}
	buf_c(b, ",\"real\":");
	buf_str(b, x->real);
	buf_c(b, ",\"shadow\":");
	buf_str(b, x->shadow);
	buf_char(b, '}');
}

static void put_counts(struct daemon *d, struct buf *b, uint32_t number)
{
	struct shadowing *s = &d->shadow;
	bool on = s->on && s->policy == number;
	struct shadow_counts c = on ? shadow_counts(d) : (struct shadow_counts){0};
	buf_fmt(b, ",\"on\":%s", on ? "true" : "false");
	if (!on)
		return;
	buf_c(b, ",\"since\":\"");
	time_text(b, d->rb->zone, s->since_us);
	buf_fmt(b,
		"\",\"cases\":%llu,\"left_out\":%llu,\"compared\":%llu,\"same\":%llu,"
		"\"different\":%llu,\"refused\":%llu,\"missing\":%llu,\"extra\":%llu,"
		"\"unreadable\":%llu",
		(unsigned long long)c.cases, (unsigned long long)c.left_out,
		(unsigned long long)c.compared, (unsigned long long)c.same,
		(unsigned long long)c.different, (unsigned long long)c.refused,
		(unsigned long long)c.missing, (unsigned long long)c.extra,
		(unsigned long long)c.unreadable);
}

void get_shadow(struct call *c)
{
	struct daemon *d = c->d;
	struct ledger_policy_info info;
	uint64_t after = 0, limit = DIVERGENCES_USUAL;
	struct listing l = {.d = d};
	struct buf *b = &d->text;
	const struct str names[] = {STR("after"), STR("limit")};
	if (!call_only(c, names, 2) || !call_number(c, names[0], INT64_MAX, &after) ||
	    !call_number(c, names[1], DIVERGENCES_MOST, &limit) || !version_named(c, &info))
		return;
	buf_clear(b);
	buf_c(b, "{\"version\":");
	buf_json(b, info.version);
	put_counts(d, b, info.number);
	buf_c(b, ",\"divergences\":[");
	if (ledger_divergences(daemon_reader(d), info.number, after, limit, c->token->counties,
			       c->token->n, &after, on_divergence, &l)) {
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
			 ledger_reader_error(d->reader), NULL);
		call_problem(c, PROBLEM_LEDGER, "the log of the daemon says why");
		return;
	}
	buf_fmt(b, "],\"after\":%llu}", (unsigned long long)after);
	call_json(c, 200, buf_view(b));
}
