/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /v1/reports/deadlines. A job, one at a time: the first one decides every case again, later
 * ones only those of which something has come since.
 */
#include "daemon/replay/deadlines_report.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"
#include "engine/values/calendar.h"

#define NAMED_MOST 10000u /* cases in one answer, a megabyte or two */

struct deadlines_job {
	struct job job;
	struct call *call;
	struct deadlines *all; /* nobody else touches it while `counting` is set */
	struct deadlines_config config;
	struct deadlines_wanted wanted;
	bool html;
	enum status status;
	struct buf text, why;
	struct arena arena; /* of what is wanted */
};

/* ---- on its thread ---- */

static bool is_to_stop(void *arg)
{
	return job_is_to_stop(arg);
}

static enum status find(struct deadlines_job *x, struct deadlines_found *found)
{
	struct ledger_reader *r = NULL;
	enum status st = deadlines_read(x->all, &x->config, &x->why);
	if (!st)
		st = ledger_reader_open(x->config.ledger, &r, &x->why);
	if (!st && (st = deadlines_find(found, x->all, &x->wanted, r)))
		buf_str(&x->why, ledger_reader_error(r));
	ledger_reader_close(r);
	return st;
}

static void work(struct job *j)
{
	struct deadlines_job *x = (struct deadlines_job *)j;
	struct deadlines_found found = {0};
	x->status = find(x, &found);
	if (!x->status && x->html)
		deadlines_page(&x->text, &found, true);
	else if (!x->status)
		deadlines_json(&x->text, &found);
	deadlines_found_release(&found);
}

/* ---- on the loop ---- */

static void job_free(struct deadlines_job *x)
{
	buf_release(&x->text);
	buf_release(&x->why);
	arena_release(&x->arena);
	mem_free(x);
}

static void answer(struct daemon *d, struct deadlines_job *x)
{
	struct call *c = x->call;
	if (!job_ran(&x->job)) {
		call_problem(c, PROBLEM_BUSY, "no thread could be started for it");
	} else if (x->status == STATUS_CONFLICT) {
		call_problem(c, PROBLEM_BUSY, "the daemon is about to end");
	} else if (x->status) {
		log_line(&d->log, LOG_ERROR, "report-failed", "s", "detail", buf_view(&x->why),
			 NULL);
		call_problem(c, PROBLEM_LEDGER, "the log of the daemon says why");
	} else if (x->html) {
		call_text(c, STR("text/html; charset=utf-8"), buf_view(&x->text));
	} else {
		call_json(c, 200, buf_view(&x->text));
	}
}

static void on_counted(struct daemon *d, struct job *j)
{
	struct deadlines_job *x = (struct deadlines_job *)j;
	d->reports.counting = false;
	answer(d, x);
	job_free(x);
}

/* A day of the query. False: answered. */
static bool take_day(struct call *c, const char *name, int32_t without, int32_t *out)
{
	struct str text;
	*out = without;
	if (!http_query_find(c->http, str_from(name), &text) || !day_read(text, out))
		return true;
	call_problem(c, PROBLEM_QUERY, "%s is a day such as 2026-07-02", name);
	return false;
}

/* One of a few words, the first one unless it is said. False: answered. */
static bool take_choice(struct call *c, const char *name, const char *first, const char *other,
			bool *is_other)
{
	struct str text = str_from(first);
	http_query_find(c->http, str_from(name), &text);
	*is_other = str_eq(text, str_from(other));
	if (*is_other || str_eq(text, str_from(first)))
		return true;
	call_problem(c, PROBLEM_QUERY, "%s is %s or %s", name, first, other);
	return false;
}

/* False: answered. */
static bool take_counties(struct call *c, struct deadlines_job *x)
{
	struct str county;
	struct deadlines_wanted *w = &x->wanted;
	if (!http_query_find(c->http, STR("county"), &county)) {
		w->counties = token_counties(c->token, &x->arena);
		w->n = c->token->n;
		return true;
	}
	if (!call_sees(c, county)) {
		call_problem(c, PROBLEM_COUNTY, "this token does not see that county");
		return false;
	}
	struct str *own = arena_alloc(&x->arena, sizeof(*own));
	*own = arena_str(&x->arena, county);
	w->counties = own;
	w->n = 1;
	return true;
}

static bool take_query(struct call *c, struct deadlines_job *x)
{
	struct deadlines_wanted *w = &x->wanted;
	w->most = NAMED_MOST;
	if (!take_day(c, "from", DAY_MIN, &w->from) || !take_day(c, "to", DAY_MAX, &w->to) ||
	    !take_choice(c, "cases", "false", "true", &w->cases) ||
	    !take_choice(c, "format", "json", "html", &x->html))
		return false;
	if (w->from <= w->to)
		return take_counties(c, x);
	call_problem(c, PROBLEM_QUERY, "from is not after to");
	return false;
}

static void begin(struct call *c, struct deadlines_job *x)
{
	struct daemon *d = c->d;
	x->all = &d->reports.deadlines;
	x->config = (struct deadlines_config){
	    .ledger = d->config.ledger, .now_us = d->now_us, .is_to_stop = is_to_stop, .arg = x};
	x->job = (struct job){.work = work, .done = on_counted};
	x->call = c;
	d->reports.counting = true;
	jobs_begin(d, &x->job);
}

void get_deadlines(struct call *c)
{
	static const char *const names[] = {"from", "to", "county", "cases", "format"};
	struct str own[5];
	for (size_t i = 0; i < 5; i++)
		own[i] = str_from(names[i]);
	if (!call_only(c, own, 5))
		return;
	struct deadlines_job *x = mem_alloc(sizeof(*x));
	if (!take_query(c, x)) {
		job_free(x);
	} else if (c->d->reports.counting || !jobs_have_room(c->d)) {
		call_problem(c, PROBLEM_BUSY,
			     "deadlines are being counted, or versions tried; ask again when that "
			     "is done");
		job_free(x);
	} else {
		begin(c, x);
	}
}
