/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/trust.h"

#include "daemon/wire/load.h"
#include "daemon/wire/manifest.h"
#include "daemon/serve/daemon.h"

bool trust_load(const char *path, struct trust *out, struct buf *why)
{
	struct buf text = {0}, what = {0};
	enum status st = load_file(path, MINISIGN_KEY_FILE_BYTES, &text, &what);
	if (!st && (st = minisign_keys_read(buf_view(&text), &out->keys, &what)))
		buf_fmt(why, "%s is no file of trusted keys: ", path);
	buf_str(why, buf_view(&what));
	buf_release(&text);
	buf_release(&what);
	return !st;
}

bool trust_check(const struct trust *t, const struct rulebook *rb, struct str signature,
		 struct minisign_seal *out, struct buf *why)
{
	struct buf manifest = {0}, what = {0};
	*out = (struct minisign_seal){0};
	if (!t->keys.n)
		return true;
	if (!signature.len) {
		buf_c(why, "the policy is not signed, and this daemon takes signed ones only");
		return false;
	}
	manifest_text(&manifest, rb);
	bool good = minisign_verify(&t->keys, signature, buf_view(&manifest), out, &what);
	if (!good)
		buf_fmt(why, "the signature of the policy does not hold: " STR_FMT,
			STR_ARG(buf_view(&what)));
	buf_release(&manifest);
	buf_release(&what);
	return good;
}

struct looking {
	const struct trust *t;
	struct str manifest;
	bool good;
};

static bool on_signature(void *arg, const struct ledger_signature *s)
{
	struct looking *l = arg;
	struct minisign_seal seal;
	struct buf why = {0};
	l->good = minisign_verify(&l->t->keys, s->text, l->manifest, &seal, &why);
	buf_release(&why);
	return !l->good;
}

bool trust_recorded(struct daemon *d, const struct trust *t, uint32_t number,
		    const struct rulebook *rb, struct buf *why)
{
	struct buf manifest = {0};
	if (!t->keys.n)
		return true;
	manifest_text(&manifest, rb);
	struct looking l = {.t = t, .manifest = buf_view(&manifest)};
	if (ledger_signatures(daemon_reader(d), number, on_signature, &l))
		buf_str(why, ledger_reader_error(d->reader));
	else if (!l.good)
		buf_fmt(why, "the version %s is not signed by a key that is trusted here",
			rb->version);
	buf_release(&manifest);
	return l.good;
}

void trust_reload(struct daemon *d)
{
	struct trust fresh = {0};
	buf_clear(&d->why);
	if (!d->config.trusted_key)
		return;
	if (trust_load(d->config.trusted_key, &fresh, &d->why) &&
	    trust_recorded(d, &fresh, d->policy, d->rb, &d->why)) {
		d->trust = fresh;
		d->keys_failed = false;
		return;
	}
	d->keys_failed = true;
	log_line(&d->log, LOG_ERROR, "keys-failed", "s", "reason", buf_view(&d->why), NULL);
}
