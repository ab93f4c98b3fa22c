/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/replays, GET /v1/replays/N: what a version would have decided of all that is recorded.
 */
#include "daemon/replay/report.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/intake.h"
#include "engine/page/html.h"

#include <stdio.h>
#include <string.h>

#define VERSION_BYTES 16

/* ---- on its thread ---- */

static void on_progress(void *arg, uint64_t done, uint64_t of)
{
	struct replay_job *r = arg;
	atomic_store(&r->of, of);
	atomic_store(&r->done, done);
}

static bool is_to_stop(void *arg)
{
	return job_is_to_stop(arg);
}

static void work(struct job *j)
{
	struct replay_job *r = (struct replay_job *)j;
	struct candidate_config config = {.path = r->ledger,
					  .rb = r->rb,
					  .on_progress = on_progress,
					  .is_to_stop = is_to_stop,
					  .arg = r};
	struct replayed out = {.version = STR("")};
	r->status = candidate_replay(&config, &out, &r->why);
	if (!r->status) {
		replayed_json(&r->json, &out);
		html_begin(&r->html, STR("What a rulebook would have decided"));
		replay_html(&r->html, &out, r->rb);
		html_end(&r->html);
	}
	replayed_release(&out);
}

/* ---- on the loop ---- */

static void replay_free(struct replay_job *r)
{
	if (!r)
		return;
	rulebook_unref(r->rb);
	buf_release(&r->json);
	buf_release(&r->html);
	buf_release(&r->why);
	mem_free(r);
}

void replays_release(struct daemon *d)
{
	for (size_t i = 0; i < REPLAYS_KEPT; i++)
		replay_free(d->replays.kept[i]);
	d->replays = (struct replays){.last = 0};
}

static void on_done(struct daemon *d, struct job *j)
{
	struct replay_job *r = (struct replay_job *)j;
	bool fine = job_ran(j) && !r->status;
	r->state = fine ? REPLAY_DONE : REPLAY_FAILED;
	if (fine)
		return;
	if (!r->why.len)
		buf_c(&r->why, job_ran(j) ? "the daemon is about to end"
					  : "no thread could be started for it");
	log_line(&d->log, LOG_ERROR, "replay-failed", "s", "reason", buf_view(&r->why), NULL);
}

static struct replay_job *begin(struct daemon *d, struct rulebook *rb)
{
	struct replays *all = &d->replays;
	struct replay_job *r = mem_alloc(sizeof(*r));
	replay_free(all->kept[REPLAYS_KEPT - 1]);
	memmove(&all->kept[1], &all->kept[0], (REPLAYS_KEPT - 1) * sizeof(*all->kept));
	all->kept[0] = r;
	r->number = ++all->last;
	r->rb = rulebook_ref(rb);
	r->ledger = d->config.ledger;
	r->job = (struct job){.work = work, .done = on_done};
	jobs_begin(d, &r->job);
	return r;
}

static void put_state(struct buf *b, const struct replay_job *r)
{
	static const char *const states[] = {"running", "done", "failed"};
	buf_fmt(b, "{\"replay\":%llu,\"version\":", (unsigned long long)r->number);
	buf_json(b, (struct str){r->rb->version, sizeof(r->rb->version) - 1});
	buf_fmt(b, ",\"state\":\"%s\",\"done\":%llu,\"of\":%llu", states[r->state],
		(unsigned long long)atomic_load(&r->done), (unsigned long long)atomic_load(&r->of));
	if (r->state == REPLAY_FAILED) {
		buf_c(b, ",\"why\":");
		buf_json(b, buf_view(&r->why));
	} else if (r->state == REPLAY_DONE) {
		buf_c(b, ",\"report\":");
		buf_bytes(b, r->json.p, r->json.len - 1); /* without its end of line */
	}
	buf_char(b, '}');
}

/* The report sums up all counties. */
static bool is_of_all(struct call *c)
{
	if (!c->token->n)
		return true;
	call_problem(c, PROBLEM_COUNTY, "a replay is of all counties: this takes a token for all");
	return false;
}

static bool take_version(struct call *c, const struct json *root, struct version *out)
{
	struct daemon *d = c->d;
	const struct json *v = root && root->n == 1 ? json_get(root, STR("version")) : NULL;
	struct ledger_policy_info info;
	if (!v || v->kind != JSON_TEXT || v->text.len != VERSION_BYTES) {
		call_problem(c, PROBLEM_BODY, "send {\"version\":\"…\"}, 16 hex digits");
		return false;
	}
	enum status st = ledger_find_version(daemon_reader(d), v->text, &info);
	if (!st)
		st = versions_get(d, info.number, out);
	if (st == STATUS_NOT_FOUND)
		call_problem(c, PROBLEM_NOT_FOUND, "the ledger has no such version");
	else if (st)
		call_ledger_failed(c);
	return !st;
}

void post_replays(struct call *c)
{
	struct daemon *d = c->d;
	const struct json *root;
	struct version v;
	char path[48];
	if (!is_of_all(c) || !call_only(c, NULL, 0) || !intake_document(c, &root) ||
	    !take_version(c, root, &v))
		return;
	const struct replay_job *last = d->replays.kept[0];
	if ((last && last->state == REPLAY_RUNS) || !jobs_have_room(d)) {
		call_problem(c, PROBLEM_BUSY,
			     "another replay is running, or versions are being tried; ask again "
			     "when that is done");
		return;
	}
	const struct replay_job *r = begin(d, v.rb);
	snprintf(path, sizeof(path), "/v1/replays/%llu", (unsigned long long)r->number);
	http_header_add(c->http, STR("Location"), str_from(path));
	buf_clear(&d->text);
	put_state(&d->text, r);
	call_json(c, 202, buf_view(&d->text));
}

/* NULL: answered. */
static const struct replay_job *replay_named(struct call *c)
{
	const struct replays *all = &c->d->replays;
	uint64_t number;
	if (number_read(call_part(c, 2), UINT64_MAX, &number))
		for (size_t i = 0; i < REPLAYS_KEPT && all->kept[i]; i++)
			if (all->kept[i]->number == number)
				return all->kept[i];
	call_problem(c, PROBLEM_NOT_FOUND,
		     "there is no such replay; the last %d since the daemon began are kept",
		     REPLAYS_KEPT);
	return NULL;
}

static void give_page(struct call *c, const struct replay_job *r)
{
	switch (r->state) {
	case REPLAY_RUNS:
		call_problem(c, PROBLEM_BUSY, "the replay is running; ask again when it is done");
		return;
	case REPLAY_FAILED:
		call_problem(c, PROBLEM_LEDGER, "the replay failed: " STR_FMT,
			     STR_ARG(buf_view(&r->why)));
		return;
	case REPLAY_DONE:
		call_text(c, STR("text/html; charset=utf-8"), buf_view(&r->html));
		return;
	}
}

void get_replay(struct call *c)
{
	struct daemon *d = c->d;
	const struct str names[] = {STR("format")};
	struct str format = STR("json");
	if (!is_of_all(c) || !call_only(c, names, 1))
		return;
	http_query_find(c->http, names[0], &format);
	if (!str_eq(format, STR("json")) && !str_eq(format, STR("html"))) {
		call_problem(c, PROBLEM_QUERY, "format is json or html");
		return;
	}
	const struct replay_job *r = replay_named(c);
	if (!r)
		return;
	if (str_eq(format, STR("html"))) {
		give_page(c, r);
		return;
	}
	buf_clear(&d->text);
	put_state(&d->text, r);
	call_json(c, 200, buf_view(&d->text));
}
