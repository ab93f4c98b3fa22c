/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/folder.h"

#include "daemon/wire/load.h"
#include "daemon/wire/manifest.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/standing.h"

static enum status give_up(struct folder *f, enum status st)
{
	rulebook_unref(f->rb);
	f->rb = NULL;
	return st;
}

static enum status check_signature(struct folder *f)
{
	struct buf why = {0};
	enum status st = manifest_signature(f->path, &f->signature, &why);
	if (!st && !trust_check(&f->trust, f->rb, buf_view(&f->signature), &f->seal, &why))
		st = STATUS_INVALID;
	if (st) {
		buf_clear(&f->text);
		buf_str(&f->text, buf_view(&why));
	}
	buf_release(&why);
	return st;
}

enum status folder_read(struct folder *f)
{
	struct loaded l = {0};
	enum status st = load_rulebook(&l, f->path, &f->text);
	if (l.sources)
		load_report(&l, &f->text, false, false);
	f->rb = st ? NULL : rulebook_ref(l.rb);
	load_release(&l);
	if (!st)
		st = check_signature(f);
	return st ? give_up(f, st) : STATUS_OK;
}

enum status folder_fits(struct folder *f)
{
	struct standing s = {0};
	standing_look(&s, f->ledger, f->rb, f->known);
	f->looked_at = s.looked_at;
	enum status st = s.why.len ? STATUS_IO : s.unfit ? STATUS_CONFLICT : STATUS_OK;
	if (st) {
		buf_clear(&f->text);
		standing_text(&s, &f->text);
		buf_str(&f->text, buf_view(&s.why));
	}
	standing_release(&s);
	return st ? give_up(f, st) : STATUS_OK;
}

/* ---- what is new ---- */

/* What came through the folder last: 0: nothing did. */
static uint32_t last_brought(const struct ledger_register *reg)
{
	for (size_t i = reg->acts.n; i-- > 0;) {
		const struct ledger_act *a = &reg->acts.at[i];
		if (!a->who.len && (a->kind == ACT_ACTIVATED || a->kind == ACT_UPLOADED))
			return a->policy;
	}
	return 0;
}

void folder_know(struct daemon *d, struct folder *f)
{
	struct version v;
	bool there = !versions_at(d, versions_now(d), &v);
	rulebook_unref(f->known);
	f->known = there ? rulebook_ref(v.rb) : NULL;
}

bool folder_is_news(struct daemon *d, const struct folder *f)
{
	const struct ledger_register *reg = &d->versions.acts;
	uint32_t number = ledger_find_policy(d->ledger, &f->rb->digest);
	return !number ||
	       (number != ledger_register_at(reg, versions_now(d)) && number != last_brought(reg));
}

static bool is_retired(struct daemon *d, struct folder *f, uint32_t number)
{
	if (!ledger_register_last(&d->versions.acts, number, 1u << ACT_RETIRED))
		return false;
	buf_clear(&f->text);
	buf_c(&f->text, "this version was retired; change it, if only in a comment");
	give_up(f, STATUS_CONFLICT);
	return true;
}

bool folder_bring(struct daemon *d, struct folder *f, bool first, bool *waits,
		  void (*landed)(struct daemon *d, struct flight *f))
{
	const struct ledger_register *reg = &d->versions.acts;
	uint32_t number = ledger_find_policy(d->ledger, &f->rb->digest);
	int64_t now = versions_now(d);
	struct ledger_act act = {.at_us = now, .kind = ACT_ACTIVATED, .from_us = now};
	bool news = folder_is_news(d, f);
	*waits = d->config.approval && !first && !ledger_register_is_approved(reg, number) &&
		 !ledger_register_was_in_force(reg, number, now);
	if (news && is_retired(d, f, number))
		return false;
	if (*waits)
		act = (struct ledger_act){.at_us = now, .kind = ACT_UPLOADED};
	return versions_bring(d, f->rb, news ? &act : NULL, buf_view(&f->signature), &f->seal,
			      landed);
}

/* ---- begin and end ---- */

void folder_reset(struct folder *f)
{
	rulebook_unref(f->rb);
	f->rb = NULL;
	rulebook_unref(f->known);
	f->known = NULL;
	f->looked_at = 0;
	f->seal = (struct minisign_seal){0};
	buf_clear(&f->text);
	buf_clear(&f->signature);
}

void folder_release(struct folder *f)
{
	folder_reset(f);
	buf_release(&f->text);
	buf_release(&f->signature);
}
