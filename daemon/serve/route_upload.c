/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/policies: a version comes in. It is compiled and tried aside; when it stands its trial
 * it is recorded with its texts. It is not in force: that takes an approval by another person and
 * an activation.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/intake.h"
#include "daemon/serve/trial.h"
#include "daemon/serve/version_view.h"
#include "engine/base/limits.h"

#include <stdlib.h>

#define NAME_BYTES_MOST 255 /* of a source: a path inside the rulebook */

struct upload {
	struct job job;
	struct reply *reply;
	struct str who, signature; /* in the request's arena */
	struct minisign_seal seal; /* its comment, too */
	struct trial trial;
	bool known; /* the ledger had it already */
};

/* ---- the sources ---- */

static bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != 0x7f && c != '\\';
}

/* A relative path of plain parts that ends in .way: what a folder could hold. */
static bool name_is_fine(struct str name)
{
	struct str end = STR(".way");
	if (name.len <= end.len || name.len > NAME_BYTES_MOST ||
	    !str_eq((struct str){name.p + name.len - end.len, end.len}, end))
		return false;
	size_t part = 0;
	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && name.p[i] != '/') {
			if (!is_plain(name.p[i]))
				return false;
			continue;
		}
		if (i == part || name.p[part] == '.') /* empty, hidden, . and .. */
			return false;
		part = i + 1;
	}
	return true;
}

static bool refuse(struct call *c, const char *what)
{
	call_problem(c, PROBLEM_BODY, "%s", what);
	return false;
}

static bool only_members(const struct json *o, const char *a, const char *b)
{
	for (const struct json *m = json_first(o); m; m = json_next(o, m))
		if (!str_eq(m->name, str_from(a)) && !str_eq(m->name, str_from(b)))
			return false;
	return true;
}

static bool take_source(struct call *c, const struct json *e, struct arena *a, struct source *out)
{
	const struct json *name = json_get(e, STR("name")), *text = json_get(e, STR("text"));
	if (!name || name->kind != JSON_TEXT || !text || text->kind != JSON_TEXT ||
	    !only_members(e, "name", "text"))
		return refuse(
		    c, "each of the sources is {\"name\":\"programs/x.way\",\"text\":\"…\"}");
	if (!name_is_fine(name->text))
		return refuse(c, "the name of a source is its path inside the rulebook, such as "
				 "programs/x.way");
	*out = (struct source){arena_str(a, name->text), arena_str(a, text->text)};
	return true;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

/* Absent: empty. */
static bool take_signature(struct call *c, const struct json *root, struct str *out)
{
	const struct json *v = json_get(root, STR("signature"));
	if (v && v->kind != JSON_TEXT)
		return refuse(c, "signature is the text of the file manifest.minisig");
	if (v && !c->d->trust.keys.n)
		return refuse(c, "this daemon has no trusted keys, so it cannot check a signature: "
				 "leave it out, or start it with --trusted-key");
	*out = v ? arena_str(&c->http->arena, v->text) : STR("");
	return true;
}

static bool take_sources(struct call *c, const struct json *root, struct loaded *l)
{
	const struct json *list = root ? json_get(root, STR("sources")) : NULL;
	if (!list || list->kind != JSON_ARRAY || !list->n || list->n > LIMIT_SOURCES ||
	    !only_members(root, "sources", "signature"))
		return refuse(c,
			      "send {\"sources\":[{\"name\":\"programs/x.way\",\"text\":\"…\"}]}, "
			      "all files of the rulebook");
	l->sources = arena_array(&l->arena, list->n, sizeof(*l->sources));
	for (const struct json *e = json_first(list); e; e = json_next(list, e))
		if (!take_source(c, e, &l->arena, &l->sources[l->n++]))
			return false;
	qsort(l->sources, l->n, sizeof(*l->sources), by_name);
	for (size_t i = 1; i < l->n; i++)
		if (str_eq(l->sources[i - 1].name, l->sources[i].name))
			return refuse(c, "two of the sources have one name");
	return true;
}

/* ---- answers ---- */

static void upload_free(struct upload *u)
{
	trial_release(&u->trial);
	mem_free(u);
}

static void put_members(struct buf *b, const struct trial *t)
{
	buf_str(b, STR("\"diagnostics\":"));
	buf_str(b, buf_view(&t->diagnostics));
	buf_fmt(b, ",\"passed\":%zu,\"failed\":%zu,\"todo\":%zu,\"scenarios\":", t->passed,
		t->failed, t->todo);
	buf_str(b, buf_view(&t->scenarios));
	buf_str(b, STR(",\"projections\":"));
	buf_str(b, buf_view(&t->projections));
}

static void give_refusal(struct upload *u)
{
	static const struct problem problems[] = {
	    [TRIAL_ERRORS] = {PROBLEM_POLICY_ERRORS,
			      .detail = STR_INIT("the policy has errors: see diagnostics, as "
						 "`waymark check --json` gives them")},
	    [TRIAL_FAILED] = {PROBLEM_SCENARIOS,
			      .detail = STR_INIT("see scenarios and projections: what was "
						 "expected, and what came")},
	    [TRIAL_STOPPED] = {PROBLEM_BUSY,
			       .detail = STR_INIT("the daemon ends; send it again when it has "
						  "started")},
	};
	struct problem p = problems[u->trial.verdict];
	struct buf members = {0}, b = {0};
	if (u->trial.verdict != TRIAL_STOPPED)
		put_members(&members, &u->trial);
	p.members = buf_view(&members);
	problem_json(&b, &p);
	reply_give(u->reply, 0, problem_status(p.kind), buf_view(&b));
	buf_release(&members);
	buf_release(&b);
}

static void give_entry(struct daemon *d, struct upload *u)
{
	const struct rulebook *rb = u->trial.loaded.rb;
	struct ledger_policy_info p;
	struct buf b = {0};
	if (versions_load(d) || ledger_find_version(daemon_reader(d), str_from(rb->version), &p)) {
		call_problem(u->reply->call, PROBLEM_LEDGER, "the log of the daemon says why");
		return;
	}
	version_put(d, &p, &b);
	b.len--; /* the closing brace */
	buf_fmt(&b, ",\"sources\":%u,\"programs\":%u,\"counties\":%u,\"blocks\":%u,", rb->nsources,
		rb->nprograms, rb->ncounties, rb->nblocks);
	put_members(&b, &u->trial);
	buf_char(&b, '}');
	reply_give(u->reply, 0, u->known ? 200 : 201, buf_view(&b));
	buf_release(&b);
}

static void on_landed(struct daemon *d, struct flight *f)
{
	struct upload *u = f->arg;
	if (f->unit->status)
		flight_lost(d, &(struct waiter){.reply = u->reply});
	else
		give_entry(d, u);
	upload_free(u);
}

/* ---- the way ---- */

static bool has_uploaded(struct daemon *d, uint32_t number, struct str who)
{
	const struct ledger_register *acts = &d->versions.acts;
	for (size_t i = 0; i < acts->acts.n; i++) {
		const struct ledger_act *a = &acts->acts.at[i];
		if (a->policy == number && a->kind == ACT_UPLOADED && str_eq(a->who, who))
			return true;
	}
	return false;
}

/* False: answered. */
static bool is_signed(struct daemon *d, struct upload *u)
{
	struct buf why = {0}, b = {0};
	bool good = trust_check(&d->trust, u->trial.loaded.rb, u->signature, &u->seal, &why);
	if (!good) {
		problem_json(&b, &(struct problem){PROBLEM_SIGNATURE, .detail = buf_view(&why)});
		reply_give(u->reply, 0, problem_status(PROBLEM_SIGNATURE), buf_view(&b));
		upload_free(u);
	}
	buf_release(&why);
	buf_release(&b);
	return good;
}

static void on_tried(struct daemon *d, struct job *j)
{
	struct upload *u = (struct upload *)j;
	struct rulebook *rb = u->trial.loaded.rb;
	if (!job_ran(j))
		u->trial.verdict = TRIAL_STOPPED;
	if (u->trial.verdict != TRIAL_PASSED) {
		give_refusal(u);
		upload_free(u);
		return;
	}
	if (!is_signed(d, u))
		return;
	uint32_t number = ledger_find_policy(d->ledger, &rb->digest);
	struct ledger_act act = {.at_us = versions_now(d), .kind = ACT_UPLOADED, .who = u->who};
	bool again = number && has_uploaded(d, number, u->who);
	u->known = number;
	struct flight *f =
	    versions_bring(d, rb, again ? NULL : &act, u->signature, &u->seal, on_landed);
	if (f) {
		f->arg = u;
		return;
	}
	give_entry(d, u);
	upload_free(u);
}

static void try_it(struct job *j)
{
	struct upload *u = (struct upload *)j;
	trial_run(&u->trial, j);
}

void post_policies(struct call *c)
{
	struct daemon *d = c->d;
	const struct json *root;
	if (!call_only(c, NULL, 0) || !intake_document(c, &root))
		return;
	if (!jobs_have_room(d)) {
		call_problem(c, PROBLEM_BUSY,
			     "the daemon is trying other versions; send it again in a moment");
		return;
	}
	struct upload *u = mem_alloc(sizeof(*u));
	if (!call_has_room(c, 1) || !take_sources(c, root, &u->trial.loaded) ||
	    !take_signature(c, root, &u->signature)) {
		upload_free(u);
		return;
	}
	u->who = arena_str(&c->http->arena, c->token->name);
	u->reply = reply_new(c, 1, false);
	reply_close(u->reply);
	u->job = (struct job){.work = try_it, .done = on_tried};
	jobs_begin(d, &u->job);
}
