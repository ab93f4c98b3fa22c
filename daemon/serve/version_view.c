/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/version_view.h"

#include "daemon/serve/daemon.h"

/* ---- what state it is in ---- */

/* The activation that is still to come, or NULL. */
static const struct ledger_act *planned(const struct ledger_register *acts, uint32_t number,
					int64_t now)
{
	for (int64_t at = now; (at = ledger_register_next(acts, at)) != TIME_NEVER;) {
		const struct ledger_act *a = ledger_register_act_at(acts, at);
		if (a->policy == number)
			return a;
	}
	return NULL;
}

struct standing_of {
	const char *state;
	const struct ledger_act *from; /* the activation that is in force or to come, or NULL */
};

static struct standing_of state_of(struct daemon *d, uint32_t number)
{
	const struct ledger_register *acts = &d->versions.acts;
	int64_t now = versions_now(d);
	const struct ledger_act *in_force = ledger_register_act_at(acts, now);
	if (in_force && in_force->policy == number)
		return (struct standing_of){"in-force", in_force};
	const struct ledger_act *next = planned(acts, number, now);
	if (next)
		return (struct standing_of){"planned", next};
	if (ledger_register_last(acts, number, 1u << ACT_RETIRED))
		return (struct standing_of){"retired", NULL};
	if (ledger_register_was_in_force(acts, number, now))
		return (struct standing_of){"former", NULL};
	return (struct standing_of){
	    ledger_register_is_approved(acts, number) ? "approved" : "uploaded", NULL};
}

/* ---- the view ---- */

static void put_time(struct daemon *d, struct buf *b, const char *name, int64_t at)
{
	buf_fmt(b, "\"%s\":\"", name);
	time_text(b, d->rb->zone, at);
	buf_char(b, '"');
}

static void put_act(struct daemon *d, struct buf *b, const struct ledger_act *a)
{
	buf_str(b, STR("{\"act\":"));
	buf_json(b, ledger_act_word(a->kind));
	buf_char(b, ',');
	put_time(d, b, "at", a->at_us);
	if (a->from_us) {
		buf_char(b, ',');
		put_time(d, b, "from", a->from_us);
	}
	buf_str(b, STR(",\"by\":"));
	if (a->who.len)
		buf_json(b, a->who);
	else
		buf_str(b, STR("null"));
	buf_char(b, '}');
}

struct listing {
	struct daemon *d;
	struct buf *b;
	size_t n;
};

static bool on_signature(void *arg, const struct ledger_signature *s)
{
	struct listing *l = arg;
	buf_str(l->b, l->n++ ? STR(",{") : STR("{"));
	put_time(l->d, l->b, "at", s->at_us);
	buf_str(l->b, STR(",\"key\":"));
	buf_json(l->b, s->key);
	buf_str(l->b, STR(",\"comment\":"));
	buf_json(l->b, s->comment);
	buf_char(l->b, '}');
	return true;
}

/* Signatures that cannot be read are left out: what is in force does not rest on this view. */
static void put_signatures(struct daemon *d, uint32_t number, struct buf *b)
{
	struct listing l = {.d = d, .b = b};
	buf_str(b, STR("],\"signatures\":["));
	ledger_signatures(daemon_reader(d), number, on_signature, &l);
}

void version_put(struct daemon *d, const struct ledger_policy_info *p, struct buf *b)
{
	const struct ledger_register *acts = &d->versions.acts;
	struct standing_of s = state_of(d, p->number);
	size_t n = 0;
	buf_str(b, STR("{\"version\":"));
	buf_json(b, p->version);
	buf_char(b, ',');
	put_time(d, b, "recorded", p->recorded_us);
	buf_fmt(b, ",\"in_force\":%s,\"state\":\"%s\"",
		ledger_register_at(acts, versions_now(d)) == p->number ? "true" : "false", s.state);
	if (s.from) {
		buf_char(b, ',');
		put_time(d, b, "from", s.from->from_us);
	}
	buf_str(b, STR(",\"acts\":["));
	for (size_t i = 0; i < acts->acts.n; i++) {
		if (acts->acts.at[i].policy != p->number)
			continue;
		buf_str(b, n++ ? STR(",") : STR(""));
		put_act(d, b, &acts->acts.at[i]);
	}
	put_signatures(d, p->number, b);
	buf_str(b, STR("]}"));
}

bool version_named(struct call *c, struct ledger_policy_info *out)
{
	struct daemon *d = c->d;
	enum status st = ledger_find_version(daemon_reader(d), call_part(c, 2), out);
	if (!st) {
		out->version = arena_str(&c->http->arena, out->version);
		return true;
	}
	if (st == STATUS_NOT_FOUND) {
		call_problem(c, PROBLEM_NOT_FOUND, "the ledger has no version of that name");
		return false;
	}
	log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
		 ledger_reader_error(d->reader), NULL);
	call_problem(c, PROBLEM_LEDGER, "the log of the daemon says why");
	return false;
}
