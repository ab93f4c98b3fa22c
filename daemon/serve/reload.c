/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/reload.h"

#include "daemon/wire/exit_status.h"
#include "daemon/serve/daemon.h"

#include <stdio.h>
#include <unistd.h>

/* A log line is read by people: the first diagnostics are enough, `waymark check` has them all. */
#define LOGGED_BYTES 2000

/* ---- at SIGHUP ---- */

static struct str shortened(const struct buf *b)
{
	struct str s = buf_view(b);
	if (s.len <= LOGGED_BYTES)
		return s;
	s.len = LOGGED_BYTES;
	while (s.len && ((unsigned char)s.p[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

static void read_aside(struct job *j)
{
	struct reload *r = (struct reload *)j;
	folder_read(&r->folder);
}

static void look_aside(struct job *j)
{
	struct reload *r = (struct reload *)j;
	folder_fits(&r->folder);
}

static void keep_old(struct daemon *d)
{
	struct reload *r = &d->reload;
	d->metrics.reloads_failed++;
	buf_clear(&r->failed);
	buf_str(&r->failed, shortened(&r->folder.text));
	log_line(&d->log, LOG_ERROR, "reload-failed", "c", "kept", d->rb->version, "s", "reason",
		 buf_view(&r->failed), NULL);
}

static void taken(struct daemon *d, const char *version)
{
	buf_clear(&d->reload.failed);
	d->metrics.reloads_taken++;
	log_line(&d->log, LOG_INFO, "reloaded", "c", "version", version, "i", "looked_at",
		 (int64_t)d->reload.folder.looked_at, NULL);
}

static void waits(struct daemon *d)
{
	log_line(&d->log, LOG_INFO, "waits-for-approval", "c", "version",
		 d->reload.folder.rb->version, NULL);
}

static void begin(struct daemon *d);

static void finish(struct daemon *d)
{
	struct reload *r = &d->reload;
	folder_reset(&r->folder);
	r->running = false;
	if (r->again)
		begin(d);
}

static void disk_is_full(struct reload *r)
{
	buf_clear(&r->folder.text);
	buf_c(&r->folder.text, "the disk of the ledger is full: no version can be recorded; make "
			       "room, then reload");
}

static void on_landed(struct daemon *d, struct flight *f)
{
	struct reload *r = &d->reload;
	if (f->unit->status) {
		disk_is_full(r);
		keep_old(d);
	} else if (r->waits) {
		waits(d);
		taken(d, d->rb->version);
	} else {
		taken(d, r->folder.rb->version);
	}
	finish(d);
}

static void bring_in(struct daemon *d)
{
	struct reload *r = &d->reload;
	if (r->folder.rb && folder_bring(d, &r->folder, false, &r->waits, on_landed))
		return;
	if (r->folder.rb && r->waits)
		waits(d);
	if (r->folder.rb)
		taken(d, d->rb->version);
	else
		keep_old(d);
	finish(d);
}

static void on_looked(struct daemon *d, struct job *j)
{
	struct reload *r = &d->reload;
	if (!job_ran(j)) {
		buf_clear(&r->folder.text);
		buf_c(&r->folder.text, "the thread that looks at the cases could not be started");
		rulebook_unref(r->folder.rb);
		r->folder.rb = NULL;
	}
	bring_in(d);
}

/* Cases are looked at only for a version that is news: there may be a million of them. */
static void on_read(struct daemon *d, struct job *j)
{
	struct reload *r = &d->reload;
	if (!job_ran(j))
		buf_c(&r->folder.text, "the compiling thread could not be started");
	if (!r->folder.rb || !folder_is_news(d, &r->folder)) {
		bring_in(d);
		return;
	}
	folder_know(d, &r->folder);
	r->job = (struct job){.work = look_aside, .done = on_looked};
	jobs_begin(d, &r->job);
}

static void begin(struct daemon *d)
{
	struct reload *r = &d->reload;
	r->again = false;
	r->running = true;
	r->folder.trust = d->trust;
	r->job = (struct job){.work = read_aside, .done = on_read};
	jobs_begin(d, &r->job);
}

static void reload_tokens(struct daemon *d)
{
	struct tokens fresh = {0};
	buf_clear(&d->why);
	if (tokens_load(&fresh, d->config.ledger, &d->why)) {
		log_line(&d->log, LOG_ERROR, "tokens-failed", "s", "reason", buf_view(&d->why),
			 NULL);
		tokens_release(&fresh);
		return;
	}
	tokens_carry(&fresh, &d->tokens);
	tokens_release(&d->tokens);
	d->tokens = fresh;
	streams_recheck(d);
	log_line(&d->log, LOG_INFO, "tokens", "i", "count", (int64_t)fresh.n, NULL);
}

enum status reload_tls(struct daemon *d)
{
	if (!d->config.tls.certificate)
		return STATUS_OK;
	buf_clear(&d->why);
	enum status st = http_server_tls(d->http, &d->config.tls, &d->why);
	if (st)
		return st;
	int64_t expires = http_server_expires_us(d->http);
	bool over = expires <= d->now_us;
	buf_clear(&d->text);
	time_text(&d->text, zone_utc(), expires);
	log_line(&d->log, over ? LOG_ERROR : LOG_INFO, over ? "certificate-expired" : "certificate",
		 "s", "expires", buf_view(&d->text), NULL);
	return STATUS_OK;
}

void reload_ask(struct daemon *d)
{
	reload_tokens(d);
	trust_reload(d);
	if (reload_tls(d))
		log_line(&d->log, LOG_ERROR, "certificate-failed", "s", "reason", buf_view(&d->why),
			 "c", "kept", "the certificate that was in use", NULL);
	if (d->reload.running)
		d->reload.again = true;
	else
		begin(d);
}

/* ---- at start ---- */

static void on_recorded(struct daemon *d, struct flight *f)
{
	if (f->unit->status)
		disk_is_full(&d->reload);
	d->reload.running = f->unit->status != STATUS_OK;
}

/* The version that the register says. False: there is none, it does not compile any more, or no
 * trusted key has signed it. */
static bool from_register(struct daemon *d)
{
	struct version v;
	while (!versions_look_first(d))
		;
	buf_clear(&d->why);
	uint32_t number = ledger_register_at(&d->versions.acts, versions_now(d));
	if (!number || versions_get_trusted(d, number, &v))
		return false;
	daemon_policy(d, rulebook_ref(v.rb), v.number);
	return true;
}

/* Errors go out as the compiler words them, for whoever starts the daemon by hand; warnings are
 * left to `waymark check`. */
static int not_started(struct daemon *d, const struct buf *why)
{
	fprintf(stderr,
		STR_FMT "%swaymark serve: not started, because the policies in %s cannot be in "
			"force\n",
		STR_ARG(buf_view(why)), why->len && why->p[why->len - 1] != '\n' ? "\n" : "",
		d->config.policies);
	return d->commit.full ? EXIT_ENVIRONMENT : EXIT_NOT_FINE;
}

static int bad_key(struct daemon *d)
{
	fprintf(stderr, "waymark serve: " STR_FMT "\n", STR_ARG(buf_view(&d->why)));
	return EXIT_NOT_FINE;
}

int reload_read(struct daemon *d)
{
	struct reload *r = &d->reload;
	if (d->config.trusted_key && !trust_load(d->config.trusted_key, &d->trust, &d->why))
		return bad_key(d);
	r->folder = (struct folder){
	    .path = d->config.policies, .ledger = d->config.ledger, .trust = d->trust};
	enum status st = folder_read(&r->folder);
	/* With errors, the version that the ledger has in force goes on; a wrong path is a slip of
	 * whoever starts the daemon, and no ledger is made for either. */
	if (!st || (st == STATUS_INVALID && access(d->config.ledger, F_OK) == 0))
		return EXIT_FINE;
	return not_started(d, &r->folder.text);
}

/* False: the text says why the folder's version stays out. Nothing else happens meanwhile. */
static bool bring_in_first(struct daemon *d)
{
	struct reload *r = &d->reload;
	bool first = !d->versions.acts.acts.n;
	if (!r->folder.rb)
		return false;
	if (!first && folder_is_news(d, &r->folder)) {
		folder_know(d, &r->folder);
		if (folder_fits(&r->folder))
			return false;
	}
	if (!folder_bring(d, &r->folder, first, &r->waits, on_recorded))
		return r->folder.rb != NULL;
	ledger_flush(d->ledger);
	while (ledger_in_flight(d->ledger))
		ev_run(d->loop, EVRUN_ONCE);
	return !r->running && !versions_load(d);
}

int reload_first(struct daemon *d)
{
	struct reload *r = &d->reload;
	bool ok = bring_in_first(d);
	if (ok)
		versions_keep(d, ledger_find_policy(d->ledger, &r->folder.rb->digest),
			      r->folder.rb);
	if (!from_register(d)) {
		if (!ok) /* neither does */
			buf_fmt(&r->folder.text, "\n" STR_FMT, STR_ARG(buf_view(&d->why)));
		return not_started(d, ok ? &d->why : &r->folder.text);
	}
	if (!ok)
		keep_old(d);
	else if (r->waits)
		waits(d);
	finish(d);
	return EXIT_FINE;
}

void reload_release(struct daemon *d)
{
	folder_release(&d->reload.folder);
	buf_release(&d->reload.failed);
}
