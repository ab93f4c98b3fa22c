/* SPDX-License-Identifier: Apache-2.0
 *
 * The versions of the policy: which one decides, at what instant. The ledger's register says it
 * (ledger/register.h); here are the rulebooks that go with it, compiled again from the texts that
 * the ledger has when somebody asks for them, and the switch of the version in force at the instant
 * from which another one is active.
 *
 *     struct version v;
 *     if (versions_at(d, ev.time, &v)) ... d->why says why not ...
 *     decide under v.rb, stamp with v.number
 *
 * Only what is on disk counts: an act on a version changes nothing here before it has landed.
 *
 * Cases go on after an activation was planned, and may come to stand where the version has no place
 * for them. So all cases are looked at again just before it begins; when some do not fit, the
 * activation is refused for good, and the log says why.
 */
#ifndef WAYMARK_SERVE_VERSIONS_H
#define WAYMARK_SERVE_VERSIONS_H

#include "daemon/ledger/register.h"
#include "daemon/wire/minisign.h"
#include "engine/policy/policy.h"

#include <ev.h>

/* A planned activation is looked at this long before it begins: do all cases still fit? */
#define VERSIONS_LOOK_US  (30 * SECOND_US)
/* When the cases could not be looked at: how long to the next try. */
#define VERSIONS_PAUSE_US (60 * SECOND_US)
/* Rulebooks kept in memory beside the one in force. */
#define VERSIONS_LOADED   16

struct daemon;
struct flight;

struct version {
	uint32_t number; /* in the ledger; 0: none */
	struct rulebook *rb;
};

struct versions {
	struct ledger_register acts;
	struct version loaded[VERSIONS_LOADED]; /* each holds a reference; the latest used first */
	size_t n;
	int64_t wake;  /* when there is something to do; TIME_NEVER: nothing is planned */
	int64_t since; /* from when on the one in force decides; INT64_MIN: it is the first */
	ev_timer timer;
	bool stale;         /* acts have landed since the register was read */
	bool looking;       /* at the cases, for a planned activation */
	uint64_t looked;    /* the act for which all of them fit */
	int64_t look_after; /* a look that failed is not begun again before */
	bool runs;          /* the daemon has started: the version in force may change */
};

/* Reads the register; what is in force stays until versions_turn. STATUS_IO: d->why says why. */
enum status versions_load(struct daemon *d);
/* At start, when an activation began while the daemon was down: looks at the cases now. Returns
 * false when that activation has been refused: there is another one in force. */
bool versions_look_first(struct daemon *d);
/* From now on the version in force changes when its time has come. */
void versions_start(struct daemon *d);
void versions_release(struct daemon *d);

/* The version that decides what occurs at an instant. Its rulebook lives until the next call, but
 * for a reference that the caller takes. STATUS_NOT_FOUND: the register is empty. STATUS_IO, or
 * STATUS_INVALID: its texts do not compile under this program; d->why says why. */
enum status versions_at(struct daemon *d, int64_t at, struct version *out);
/* The same for an event or a deadline: what is dated after now goes by the version in force. */
enum status versions_deciding(struct daemon *d, int64_t at, struct version *out);
/* The version with that number in the ledger, in the same way. */
enum status versions_get(struct daemon *d, uint32_t number, struct version *out);
/* The same; STATUS_CONFLICT: no trusted key has signed it, so it must not be in force. */
enum status versions_get_trusted(struct daemon *d, uint32_t number, struct version *out);
/* Keeps a rulebook that is at hand, so that it need not be compiled again; takes a reference. The
 * ledger has it under this number, on disk. */
void versions_keep(struct daemon *d, uint32_t number, struct rulebook *rb);

/* Submits what is done with the version of a rulebook: its texts when the ledger does not have it
 * yet, an act unless that is NULL (its policy is filled in), a signature that was checked unless it
 * has no key or is on record already. NULL: there was nothing to submit. What follows is in force
 * at the end of the turn of the loop in which it lands. */
struct flight *versions_bring(struct daemon *d, struct rulebook *rb, const struct ledger_act *act,
			      struct str signature, const struct minisign_seal *seal,
			      void (*landed)(struct daemon *d, struct flight *f));
/* An act on a version that the ledger has: act->policy. */
struct flight *versions_act_on(struct daemon *d, const struct ledger_act *act,
			       void (*landed)(struct daemon *d, struct flight *f));
/* The present for acts: the clock, or the instant of the latest act when the clock was set back. */
int64_t versions_now(const struct daemon *d);

/* Reads the register when acts have landed, and puts in force what has come to be. Cheap when there
 * is nothing to do. No decision may be held. */
void versions_turn(struct daemon *d);

#endif
