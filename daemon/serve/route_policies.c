/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /v1/policies: the version in force, and every version that the ledger has; one of them, its
 * texts, its graph.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/version_view.h"
#include "engine/policy/graph.h"

struct listing {
	struct daemon *d;
	size_t n;
};

static bool on_policy(void *arg, const struct ledger_policy_info *p)
{
	struct listing *l = arg;
	buf_str(&l->d->text, l->n++ ? STR(",") : STR(""));
	version_put(l->d, p, &l->d->text);
	return true;
}

static void put_programs(struct buf *b, const struct rulebook *rb)
{
	buf_str(b, STR(",\"programs\":["));
	for (uint16_t i = 0; i < rb->nprograms; i++) {
		const struct program *p = &rb->programs[i];
		buf_str(b, i ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json(b, p->name);
		buf_str(b, STR(",\"title\":"));
		buf_json(b, p->title);
		buf_str(b, STR(",\"effective\":\""));
		day_text(b, p->effective);
		buf_str(b, STR("\"}"));
	}
	buf_str(b, STR("],\"counties\":["));
	for (uint16_t i = 0; i < rb->ncounties; i++) {
		buf_str(b, i ? STR(",") : STR(""));
		buf_json(b, rb->counties[i].name);
	}
	buf_char(b, ']');
}

void get_policies(struct call *c)
{
	struct daemon *d = c->d;
	struct listing l = {.d = d};
	struct buf *b = &d->text;
	if (!call_only(c, NULL, 0))
		return;
	buf_clear(b);
	buf_str(b, STR("{\"in_force\":{\"version\":"));
	buf_json(b, str_from(d->rb->version));
	put_programs(b, d->rb);
	buf_str(b, STR("},\"versions\":["));
	if (ledger_policies(daemon_reader(d), on_policy, &l)) {
		call_ledger_failed(c);
		return;
	}
	buf_str(b, STR("]}"));
	call_json(c, 200, buf_view(b));
}

void get_policy(struct call *c)
{
	struct daemon *d = c->d;
	struct ledger_policy_info p;
	if (!call_only(c, NULL, 0) || !version_named(c, &p))
		return;
	buf_clear(&d->text);
	version_put(d, &p, &d->text);
	call_json(c, 200, buf_view(&d->text));
}

static bool on_source(void *arg, struct str name, struct str text)
{
	struct listing *l = arg;
	struct buf *b = &l->d->text;
	buf_str(b, l->n++ ? STR(",{\"name\":") : STR("{\"name\":"));
	buf_json(b, name);
	buf_str(b, STR(",\"text\":"));
	buf_json(b, text);
	buf_char(b, '}');
	return true;
}

void get_source(struct call *c)
{
	struct daemon *d = c->d;
	struct ledger_policy_info p;
	struct listing l = {.d = d};
	if (!call_only(c, NULL, 0) || !version_named(c, &p))
		return;
	buf_clear(&d->text);
	buf_str(&d->text, STR("{\"version\":"));
	buf_json(&d->text, p.version);
	buf_str(&d->text, STR(",\"sources\":["));
	if (ledger_policy_sources(daemon_reader(d), p.number, on_source, &l)) {
		call_ledger_failed(c);
		return;
	}
	buf_str(&d->text, STR("]}"));
	call_json(c, 200, buf_view(&d->text));
}

/* False: answered. */
static bool take_view(struct call *c, const struct rulebook *rb, struct graph_view *view)
{
	struct str county = {0}, program = {0};
	*view = (struct graph_view){NONE, NONE};
	if (http_query_find(c->http, STR("county"), &county))
		view->county = rulebook_county(rb, county);
	if (http_query_find(c->http, STR("program"), &program))
		view->program = rulebook_program(rb, program);
	if (county.p && view->county == NONE)
		call_problem(c, PROBLEM_QUERY, "this version has no such county");
	else if (program.p && view->program == NONE)
		call_problem(c, PROBLEM_QUERY, "this version has no such program");
	else
		return true;
	return false;
}

/* False: answered. */
static bool compiled(struct call *c, uint32_t number, struct version *out)
{
	struct daemon *d = c->d;
	if (!versions_get(d, number, out))
		return true;
	log_line(&d->log, LOG_ERROR, "version-unreadable", "s", "reason", buf_view(&d->why), NULL);
	call_problem(c, PROBLEM_LEDGER, "the log of the daemon says why");
	return false;
}

void get_graph(struct call *c)
{
	struct daemon *d = c->d;
	struct ledger_policy_info p;
	struct version v;
	struct graph_view view;
	const struct str names[] = {STR("county"), STR("program")};
	if (!call_only(c, names, 2) || !version_named(c, &p))
		return;
	if (!compiled(c, p.number, &v))
		return;
	if (!take_view(c, v.rb, &view))
		return;
	buf_clear(&d->text);
	graph_json(&d->text, v.rb, &view);
	call_json(c, 200, buf_view(&d->text));
}
