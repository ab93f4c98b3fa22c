/* SPDX-License-Identifier: Apache-2.0
 *
 * What a ledger has of one case, and deciding it again: its history, the versions of the policy
 * that decided it, and the cases that it may ask about. One case after another, if need be.
 *
 *     struct record r = {0};
 *     if (!record_open(&r, "ledger.db")) {
 *             st = record_read(&r, id, 0);             // up to that decision; 0: all
 *             if (!st)
 *                     st = record_decide(&r, watch, &w);
 *     }
 *     record_close(&r);
 */
#ifndef WAYMARK_REPLAY_RECORD_H
#define WAYMARK_REPLAY_RECORD_H

#include "daemon/ledger/register.h"
#include "daemon/wire/load.h"
#include "engine/audit/redecide.h"

struct record_version;
struct record {
	struct ledger_reader *reader;
	struct json_doc *doc;
	struct str case_id;
	uint64_t last;    /* its history up to that decision; 0: all */
	uint32_t policy;  /* that decided last */
	int64_t received; /* when the last one was decided: the versions were as they were then */
	int64_t until;    /* instant up to which time has passed for the case */
	int32_t day;      /* the same in the policy's zone */
	struct history history;
	struct ledger_register acts; /* as it was when the record was opened */
	VEC(struct record_version *) versions;
	const struct rulebook *home;    /* of the cases below */
	VEC(struct case_state *) cases; /* others, as they are now */
	enum status fault;              /* some version cannot be had */
	struct buf why;
	struct arena arena; /* of the case */
};

enum status record_open(struct record *r, const char *ledger);
void record_close(struct record *r);

/* Reads the history of a case, up to that decision; 0: all of it. */
enum status record_read(struct record *r, struct str case_id, uint64_t last);
/* Decides what was read again, in the order in which things occurred. `prepare` is told what does
 * it before it begins, to set its `watch`. On failure r->why says why. */
enum status record_decide(struct record *r, void (*prepare)(void *arg, struct redecision *again),
			  void *arg);
/* NULL: it cannot be had, and r->fault says why. */
const struct rulebook *record_version(struct record *r, uint32_t number);
/* As the daemon had it when it decided: what was dated after that went by the version in force. A
 * `reigns.at`. */
const struct rulebook *record_in_force(void *record, int64_t instant);
/* A case as it is now, under r->home. A `world.find`: what a decision has read of other cases is
 * recorded with it, so that only what it might have read comes from here. */
const struct case_state *record_find(void *record, uint16_t kind, struct str id);
/* Forgets the cases found, for another home. */
void record_settle(struct record *r, const struct rulebook *home);
/* The case itself as it is now, under a version; the caller's. */
enum status record_case(struct record *r, const struct rulebook *rb, struct case_state **out);

#endif
