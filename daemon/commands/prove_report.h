/* SPDX-License-Identifier: Apache-2.0
 *
 * What `waymark prove` has found, and saying it.
 */
#ifndef WAYMARK_COMMANDS_PROVE_REPORT_H
#define WAYMARK_COMMANDS_PROVE_REPORT_H

#include "daemon/wire/load.h"
#include "engine/analyse/endings.h"
#include "engine/analyse/proof.h"
#include "engine/audit/witness.h"

/* Beside a proof. */
struct tried {
	bool searched;
	struct witness witness;
};

/* A locked provision that two counties do not have alike. */
struct unequal {
	uint32_t block;
	uint16_t county[2];
};

struct prove_report {
	struct loaded *loaded;
	struct proofs proofs;
	struct tried *tried; /* by proof */
	struct open_ends ends;
	VEC(struct unequal) unequal;
	size_t locked; /* locked provisions that were compared */
	size_t breached, open;
	struct buf scenarios;
};

/* What a never or always says, on one line. */
void prove_words(struct buf *b, const struct rulebook *rb, uint32_t block);
void prove_text(struct buf *b, const struct prove_report *r);
/* {"proved":…,"promises":[{"says","name","program","file","line","counties","verdict":"proved"|"breach"|
 * "open","because","county","history":[…],"came":[…]}],"waits":[{"what","file","line","why"}],
 * "locked":{"same":…,"differ":[{"what","counties":[…]}]}} */
void prove_json(struct buf *b, const struct prove_report *r);

#endif
