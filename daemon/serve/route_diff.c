/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /v1/policies/V/diff?against=W: what a version changes, in its texts and in what it means.
 * Both rulebooks are compared in every county, which takes a while: a job.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/version_view.h"
#include "daemon/wire/difference_words.h"
#include "engine/base/line_diff.h"

struct comparison {
	struct job job;
	struct reply *reply;
	struct rulebook *old, *new;
	struct buf json;
};

/* ---- aside ---- */

static size_t put_file(struct buf *b, size_t n, const struct source *old, const struct source *new)
{
	struct buf diff = {0};
	if (old && new &&str_eq(old->text, new->text))
		return n;
	line_diff(&diff, old ? old->text : STR(""), new ? new->text : STR(""));
	buf_c(b, n ? ",{\"name\":" : "{\"name\":");
	buf_json(b, old ? old->name : new->name);
	buf_fmt(b, ",\"change\":\"%s\",\"lines\":", !old ? "added" : new ? "changed" : "removed");
	buf_json(b, buf_view(&diff));
	buf_char(b, '}');
	buf_release(&diff);
	return n + 1;
}

static void put_files(struct buf *b, const struct rulebook *old, const struct rulebook *new)
{
	size_t n = 0;
	buf_c(b, ",\"files\":[");
	for (uint32_t i = 0; i < old->nsources; i++)
		n = put_file(b, n, &old->sources[i], rulebook_source(new, old->sources[i].name));
	for (uint32_t i = 0; i < new->nsources; i++)
		if (!rulebook_source(old, new->sources[i].name))
			n = put_file(b, n, NULL, &new->sources[i]);
	buf_char(b, ']');
}

static void put_meaning(struct buf *b, const struct rulebook *old, const struct rulebook *new)
{
	struct differences d = {0};
	differences_find(&d, old, new);
	buf_fmt(b, ",\"same\":%s,\"amounts\":[", differences_matter(&d) ? "false" : "true");
	for (size_t i = 0; i < d.amounts.n; i++) {
		buf_c(b, i ? "," : "");
		amount_change_json(b, &d, &d.amounts.at[i]);
	}
	buf_c(b, "],\"differences\":[");
	for (size_t i = 0; i < d.n; i++) {
		buf_c(b, i ? "," : "");
		difference_json(b, &d, &d.at[i]);
		buf_char(b, '}');
	}
	buf_c(b, "]}");
	differences_release(&d);
}

static void compare(struct job *j)
{
	struct comparison *x = (struct comparison *)j;
	put_files(&x->json, x->old, x->new);
	put_meaning(&x->json, x->old, x->new);
}

/* ---- on the loop ---- */

static void comparison_free(struct comparison *x)
{
	rulebook_unref(x->old);
	rulebook_unref(x->new);
	buf_release(&x->json);
	mem_free(x);
}

static void on_compared(struct daemon *d, struct job *j)
{
	struct comparison *x = (struct comparison *)j;
	(void)d;
	if (job_ran(j))
		reply_give(x->reply, 0, 200, buf_view(&x->json));
	else
		call_problem(x->reply->call, PROBLEM_BUSY, "no thread could be started for it");
	comparison_free(x);
}

/* A reference; NULL: answered. */
static struct rulebook *take_rulebook(struct call *c, uint32_t number)
{
	struct daemon *d = c->d;
	struct version v;
	if (!versions_get(d, number, &v))
		return rulebook_ref(v.rb);
	log_line(&d->log, LOG_ERROR, "version-unreadable", "s", "reason", buf_view(&d->why), NULL);
	call_problem(c, PROBLEM_LEDGER, "the log of the daemon says why");
	return NULL;
}

/* The version of `against`, or the one in force. False: answered. */
static bool take_against(struct call *c, struct ledger_policy_info *out)
{
	struct daemon *d = c->d;
	struct str name = str_from(d->rb->version);
	http_query_find(c->http, STR("against"), &name);
	if (!ledger_find_version(daemon_reader(d), name, out)) {
		out->version = arena_str(&c->http->arena, out->version);
		return true;
	}
	call_problem(c, PROBLEM_QUERY, "against is a version that the ledger has");
	return false;
}

void get_diff(struct call *c)
{
	struct daemon *d = c->d;
	struct ledger_policy_info p, other;
	const struct str names[] = {STR("against")};
	if (!call_only(c, names, 1) || !version_named(c, &p) || !take_against(c, &other))
		return;
	if (!jobs_have_room(d)) {
		call_problem(c, PROBLEM_BUSY,
			     "the daemon is trying versions; ask again in a moment");
		return;
	}
	struct comparison *x = mem_alloc(sizeof(*x));
	x->old = take_rulebook(c, other.number);
	x->new = x->old ? take_rulebook(c, p.number) : NULL;
	if (!x->new) {
		comparison_free(x);
		return;
	}
	buf_c(&x->json, "{\"version\":");
	buf_json(&x->json, p.version);
	buf_c(&x->json, ",\"against\":");
	buf_json(&x->json, other.version);
	x->reply = reply_new(c, 1, false);
	reply_close(x->reply);
	x->job = (struct job){.work = compare, .done = on_compared};
	jobs_begin(d, &x->job);
}
