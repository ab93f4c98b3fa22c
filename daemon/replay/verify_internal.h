/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WAYMARK_REPLAY_VERIFY_INTERNAL_H
#define WAYMARK_REPLAY_VERIFY_INTERNAL_H

#include "daemon/replay/gone.h"
#include "daemon/replay/verify.h"
#include "daemon/ledger/register.h"
#include "daemon/wire/event_read.h"
#include "daemon/wire/load.h"
#include "engine/base/map.h"
#include "engine/base/vec.h"
#include "engine/decide/decide.h"

struct replay;

struct replay_version {
	struct replay *replay;
	uint32_t number;
	struct loaded loaded;
	struct decider decider;
};

struct replay_case {
	struct str id; /* owned */
	struct case_state *cs;
	struct replay_version *version; /* in force at its last event */
	struct case_state *carried;     /* the same, as a later version sees it; or NULL */
	struct replay_version *carried_to;
	uint64_t last_seq;
	bool differs; /* told; or it cannot be gone on with */
	bool passed;  /* it rests on what was destroyed: what it drew is taken as recorded */
};

struct replay {
	const struct replay_config *config;
	struct replay_report *report;
	struct ledger_reader *reader, *past; /* of the walk; of everything else */
	struct json_doc *doc, *other;
	struct event_reader events;
	VEC(struct replay_version *) versions;
	struct ledger_register acts;
	uint64_t in_force;                  /* the last activation that surely was; 0: none */
	VEC(const struct ledger_act *) may; /* be in force at this event, the newest first */
	size_t taken;                       /* of these */
	bool trying, differs;               /* whether it comes out under that one */
	uint64_t seq;                       /* of this event */
	int64_t received_us;
	VEC(struct replay_case) cases;
	struct map by_id;
	struct pots pots;
	struct gone gone;
	bool unsure;        /* this event asked for a case that was destroyed or passed */
	struct arena arena; /* of one event */
	struct buf json, what, path;
	uint64_t of; /* events in all */
	enum status failed;
	struct buf *why;
};

/* ---- verify_versions.c ---- */

/* NULL: r->failed, and r->why says why. */
struct replay_version *replay_version(struct replay *r, uint32_t number);
/* An act takes effect when it has landed, a moment after it is dated: what was decided in between
 * went by the version before. So it is not always known which version was in force when an event of
 * that time was decided: this gives the newest that agrees with what is known, and replay_or the
 * one before; NULL: no other, and the newest is taken again. Of events in order. */
struct replay_version *replay_in_force(struct replay *r, const struct ledger_event *e,
				       int64_t time);
bool replay_is_unsure(const struct replay *r);
struct replay_version *replay_or(struct replay *r);
/* The one that decides what occurs at an instant, and since when the one in force is so. */
uint32_t replay_deciding(struct replay *r, const struct replay_version *in_force, int64_t instant);
int64_t replay_since(struct replay *r);
void replay_release_versions(struct replay *r);

/* ---- verify_cases.c ---- */

struct replay_case *replay_find(struct replay *r, struct str id); /* NULL: none */
struct replay_case *replay_add(struct replay *r, struct str id, struct case_state *cs,
			       struct replay_version *v);
/* A case of its own that stands as c does; its state is to be freed. False: it cannot be read. */
bool replay_copy(struct replay *r, const struct replay_case *c, struct replay_case *out);
/* The case stands under the version from now on. False: it does not fit; r->what says why. */
bool replay_carry(struct replay *r, struct replay_case *c, struct replay_version *v);
/* How a version sees other cases. */
const struct case_state *replay_look(void *arg, uint16_t kind, struct str id);
void replay_release(struct replay *r);

/* Takes what the event drew as it is recorded; its case (NULL: it was destroyed) is not compared
 * from now on. */
void replay_pass(struct replay *r, struct replay_case *c, uint64_t seq);

/* ---- verify_late.c ---- */

/* An event for which its case's history is decided again. On STATUS_OK the case is as decided again
 * and `decided` was called; else r->what says why not. */
enum status replay_late(struct replay *r, struct replay_case *c, struct replay_version *v,
			const struct event *ev, const struct ledger_event *e,
			void (*decided)(struct replay *r, struct replay_version *v,
					const struct decision *d, const struct ledger_event *e));

#endif
