/* SPDX-License-Identifier: Apache-2.0
 *
 * What `waymark prove` has found, and saying it.
 *
 *     struct prove_report r = {.loaded = &loaded};     // asks_debts, too, where that is asked
 *     prove_find(&r);
 *     prove_html(&page, &r, NULL);             // sections only
 *     prove_release(&r);
 */
#ifndef WAYMARK_COMMANDS_PROVE_REPORT_H
#define WAYMARK_COMMANDS_PROVE_REPORT_H

#include "daemon/wire/load.h"
#include "engine/analyse/debts.h"
#include "engine/analyse/endings.h"
#include "engine/analyse/undecided.h"
#include "engine/analyse/overdraw.h"
#include "engine/analyse/proof.h"
#include "engine/trial/witness.h"

/* Beside a proof. */
struct tried {
	bool searched;
	struct witness witness;
};

/* A locked provision that two counties do not have alike. */
struct unequal {
	uint32_t block;
	uint16_t county[2];
	uint16_t param; /* that it reads, and that is not locked; NONE: it is something else */
};

struct prove_report {
	struct loaded *loaded;
	struct proofs proofs;
	struct tried *tried;   /* by proof */
	bool asks_debts;       /* can a case owe more than: */
	int64_t owe_more_than; /* cents, in one year */
	struct debts debts;
	struct tried *owing; /* by debt */
	struct overdraws funds;
	struct tried *overdrawn; /* by fund */
	struct open_ends ends;
	struct undecideds undecided;
	VEC(struct unequal) unequal;
	size_t locked;                 /* locked provisions that were compared */
	size_t proved, breached, open; /* of all that was asked */
	struct buf scenarios;
};

/* The rulebook is loaded without an error. */
void prove_find(struct prove_report *r);
void prove_release(struct prove_report *r);       /* what prove_find has made */
bool prove_is_fine(const struct prove_report *r); /* all is proved */

const char *prove_fund_verdict(const struct prove_report *r, size_t i);
void prove_fund_because(struct buf *b, const struct prove_report *r, size_t i);
/* What a never or always says, on one line. */
void prove_words(struct buf *b, const struct rulebook *rb, uint32_t block);
/* proved, can be hit, can be broken, not decided */
const char *prove_verdict(const struct prove_report *r, size_t i);
void prove_because(struct buf *b, const struct prove_report *r, size_t i);
/* What keeps a promise, or what stands in the way of knowing. */
void prove_kept_words(struct buf *b, const struct rulebook *rb, const struct promised *k);
void prove_unkept_words(struct buf *b, const struct rulebook *rb, const struct promised *k);
/* What a sum comes to, or what stands in the way of knowing. */
void prove_sum_words(struct buf *b, const struct rulebook *rb, const struct sum *sum);
/* proved, can owe more, not decided; where nothing was asked: at most, no bound */
const char *prove_debt_verdict(const struct prove_report *r, size_t i);
void prove_end_words(struct buf *b, const struct rulebook *rb, const struct open_end *e);
const char *prove_end_why(const struct open_end *e);
size_t prove_open_referrals(const struct prove_report *r); /* without an ending */
struct span prove_end_span(const struct rulebook *rb, const struct open_end *e);
/* What cannot be decided, and what follows: rule X: `count of … in last …`; then it does not apply
 */
void prove_undecided_words(struct buf *b, const struct rulebook *rb, const struct undecided *u);
void prove_unequal_words(struct buf *b, const struct rulebook *rb, const struct unequal *u);

void prove_text(struct buf *b, const struct prove_report *r);
/* {"proved":…,"promises":[{"says","name","program","file","line","counties","verdict":"proved"|"breach"|
 * "open","because","county","history":[…],"came":[…]}],"debts":[{"kind","most"|"because","county",
 * "verdict","owes","history":[…],"came":[…]}],"funds":[{"name","verdict","because","county","over","history":[…],"came":[…]}],"referrals":{"all","open"},"waits":[{"what","file","line","why"}],"undecided":[{"what","file","line"}],
 * "locked":{"same":…,"differ":[{"what","counties":[…]}]}} */
void prove_json(struct buf *b, const struct prove_report *r);
/* Sections for people who read no policies. Beside what was so before a change, what is still so is
 * told in short; NULL: there is no change. */
void prove_html(struct buf *b, const struct prove_report *r, const struct prove_report *before);

#endif
