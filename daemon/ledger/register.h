/* SPDX-License-Identifier: Apache-2.0
 *
 * The register: what was done with the versions of the policy, by whom and when. Nothing in it is
 * ever changed; a version is in force because the rows say so.
 *
 *     struct ledger_register reg = {0};
 *     if (ledger_register_load(reader, &reg)) ... the ledger cannot be read ...
 *     uint32_t number = ledger_register_at(&reg, at_us);   // which version decides at that instant
 *     ledger_register_release(&reg);
 *
 * In force at an instant is the version of the activation that begins last at or before it, the
 * later row of two that begin at one. An activation counts unless, before it began, its version was
 * retired or the activation was refused. Since none begins before it was made, what was in force at
 * a past instant never changes. The first activation holds for all time before it, too.
 */
#ifndef WAYMARK_LEDGER_REGISTER_H
#define WAYMARK_LEDGER_REGISTER_H

#include "daemon/ledger/ledger.h"
#include "engine/base/vec.h"

/* X(constant, word in the table, word in a sentence) */
#define LEDGER_ACTS(X)                                                                             \
	X(ACT_UPLOADED, "uploaded")                                                                \
	X(ACT_APPROVED, "approved")                                                                \
	X(ACT_ACTIVATED, "activated") /* from an instant, its own or a later one */                \
	X(ACT_REFUSED, "refused")     /* the activation from that instant: cases would not fit */  \
	X(ACT_RETIRED, "retired")     /* not to be activated any more */                           \
	X(ACT_SHADOWED, "shadowed")   /* runs beside the version in force */                       \
	X(ACT_UNSHADOWED, "unshadowed")

enum ledger_act_kind {
#define X(constant, word) constant,
	LEDGER_ACTS(X)
#undef X
};

struct ledger_act {
	uint64_t number; /* of the row, from 1; ignored when it is recorded */
	int64_t at_us;
	uint32_t policy; /* its number in the ledger */
	enum ledger_act_kind kind;
	int64_t from_us; /* activated, refused; else 0 */
	struct str who;  /* a token's name; empty: the operator, through the folder of policies */
	bool counts;     /* an activation that holds; set when the register is loaded */
	uint64_t after_seq; /* the last event on record before it: ledger_register_place */
};
#define ACT_UNPLACED UINT64_MAX /* it is older than the log */

struct str ledger_act_word(enum ledger_act_kind kind);

/* Adds a row to the unit; the text is copied. The policy is in the ledger, or submitted before. */
void ledger_unit_act(struct ledger_unit *u, const struct ledger_act *act);

/* A signature of a version; the texts are copied. */
struct ledger_signature {
	int64_t at_us;
	uint32_t policy;
	struct str key, comment, text;
};
void ledger_unit_signature(struct ledger_unit *u, const struct ledger_signature *s);
/* Those of one version, in the order in which they were recorded. */
typedef bool ledger_on_signature(void *arg, const struct ledger_signature *s);
enum status ledger_signatures(struct ledger_reader *r, uint32_t policy, ledger_on_signature *on,
			      void *arg);

struct ledger_register {
	struct arena arena;
	VEC(struct ledger_act) acts; /* in order of number */
};

/* `out` is empty, or what was loaded before. On failure it is as it was. */
enum status ledger_register_load(struct ledger_reader *r, struct ledger_register *out);
void ledger_register_release(struct ledger_register *reg);
/* Finds out by the log between which events each act stands: what dates say, the clock has said.
 * Reads the log once through. */
enum status ledger_register_place(struct ledger_reader *r, struct ledger_register *reg);

/* Of acts in order; pure. 0: there is no activation. */
uint32_t ledger_register_at(const struct ledger_register *reg, int64_t at_us);
/* The activation that is in force at an instant; NULL: there is none. */
const struct ledger_act *ledger_register_act_at(const struct ledger_register *reg, int64_t at_us);
/* When the next activation after an instant begins; TIME_NEVER: none is planned. */
int64_t ledger_register_next(const struct ledger_register *reg, int64_t after_us);
/* The latest act of these kinds (bits, 1u << kind) on a version; NULL: there is none. */
const struct ledger_act *ledger_register_last(const struct ledger_register *reg, uint32_t policy,
					      unsigned kinds);

/* Whether the person who holds a token uploaded the version, and so must neither approve nor
 * activate it. The part of a token's name before the first dot is the person: ana.author and
 * ana.approve are one. */
bool ledger_register_is_by(const struct ledger_register *reg, uint32_t policy, struct str token);
/* Whether somebody who did not upload it has approved it. */
bool ledger_register_is_approved(const struct ledger_register *reg, uint32_t policy);
/* Whether it is or was in force at or before an instant. */
bool ledger_register_was_in_force(const struct ledger_register *reg, uint32_t policy,
				  int64_t at_us);

#endif
