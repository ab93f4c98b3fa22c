/* SPDX-License-Identifier: Apache-2.0
 *
 * Two decisions of one history, compared by what they say to people: the outcomes as they are
 * recorded, and those under a candidate. Both sides are told outcome by outcome, in any order; what
 * counts is what stands in the end, net of reversals.
 *
 *     struct comparison c = {0};
 *     comparison_say(&c, SIDE_RECORDED, case_no, seq, county, &said);      // each
 *     comparison_say(&c, SIDE_CANDIDATE, case_no, seq, county, &said);     // each
 *     comparison_leave_out(&c, case_no);              // cannot be compared
 *     struct compared r = {0};
 *     comparison_close(&c, &r);
 *     report(&r);
 *     compared_release(&r), comparison_release(&c);
 *
 * Within a case, outcomes that say the same are the same, wherever in the policy they come from. Of
 * the others an outcome of the one side and one of the other are a change when they have the same
 * id (the same event, block and place in it), else when they come from the same provision, in the
 * order of their events; what is left over was added or removed.
 *
 * Memory: about a hundred bytes for each outcome that stands.
 */
#ifndef WAYMARK_AUDIT_COMPARISON_H
#define WAYMARK_AUDIT_COMPARISON_H

#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include "engine/base/map.h"
#include "engine/base/vec.h"
#include "engine/values/calendar.h"

enum side { SIDE_RECORDED, SIDE_CANDIDATE, SIDES };

/* What an outcome counts as in sums of money. */
enum said_money { SAID_NO_MONEY, SAID_PAID, SAID_ASSESSED, SAID_UNFUNDED, SAID_MONEYS };

/* What one outcome says. The texts need to live for the call only. */
struct said {
	struct hash128 id;
	struct hash128 of; /* of a reversal: what it takes back */
	bool reversal;
	bool benefit;           /* the person gets something by it */
	struct hash128 content; /* the same for two outcomes that say the same */
	enum said_money money;
	int64_t cents;
	int32_t day; /* on which it is due, else the day of the event that it follows from */
	struct str program, block, kind, name, fund;
};

/* Where an outcome comes from, and what it is. */
struct compared_label {
	struct str county, program, block, kind, name, fund;
	uint32_t provision; /* index in compared.provisions */
};

struct comparison_entry {
	struct hash128 id;
	uint64_t content;
	int64_t cents;
	int32_t day;
	uint32_t label, case_no, seq;
	uint8_t sides; /* a bit for each on which it stands; 0: on none any more */
	uint8_t money;
	bool benefit, used;
};

struct comparison {
	struct arena arena;
	struct comparison_entry *slots; /* an open hash table by id */
	size_t n, cap;
	VEC(struct compared_label) labels;
	struct map by_label, by_provision;
	uint32_t *recent; /* labels plus 1, by what tells most of them apart */
	uint32_t provisions;
	VEC(uint8_t) left_out; /* by case */
};

void comparison_say(struct comparison *c, enum side side, uint64_t case_no, uint64_t seq,
		    struct str county, const struct said *said);
/* Asks for the memory that telling of this outcome will visit. */
void comparison_fetch(const struct comparison *c, const struct hash128 *id);
void comparison_leave_out(struct comparison *c, uint64_t case_no);
void comparison_release(struct comparison *c);

/* ---- what came of it ---- */

enum difference_kind { OUTCOME_ADDED, OUTCOME_REMOVED, OUTCOME_CHANGED, OUTCOME_CHANGES };

/* One outcome that is not the same; of a change there are two sides. Indices into compared.labels;
 * NONE_SUCH: there is none on that side. */
#define NONE_SUCH UINT32_MAX
struct compared_outcome {
	enum difference_kind kind;
	uint32_t case_no, seq; /* seq: of the event that brought the earlier of the two */
	uint32_t label[SIDES];
	int64_t cents[SIDES];
	int32_t day[SIDES];
	uint8_t money[SIDES];
};

struct compared_case {
	uint32_t case_no;
	size_t first, n; /* its outcomes; the first is where the two part */
	bool benefit[SIDES];
};

struct compared_provision {
	struct str program, block, kind, name;
	uint64_t changes[OUTCOME_CHANGES];
	uint64_t cases;
};

/* By fund, county, program, month. */
struct compared_money {
	enum said_money money;
	struct str fund, county, program;
	int32_t month; /* its first day */
	int64_t cents[SIDES];
	uint64_t n[SIDES];
};

/* The first day on which a fund had not enough left; DAY_NONE: it always had. */
struct compared_fund {
	struct str fund, county;
	int32_t day[SIDES];
};

struct compared {
	struct arena arena;                /* the texts */
	VEC(struct compared_label) labels; /* texts of the comparison's arena: it lives longer */
	VEC(struct compared_outcome) outcomes;     /* by case, then by seq */
	VEC(struct compared_case) cases;           /* by number; only those with a difference */
	VEC(struct compared_provision) provisions; /* only those with a difference, by name */
	VEC(struct compared_money) money;          /* by kind, fund, county, program, month */
	VEC(struct compared_fund) funds;           /* that run out on a side; by county, fund */
	uint64_t standing[SIDES], same;
	uint64_t changes[OUTCOME_CHANGES];
	uint64_t newly, no_longer; /* cases with a benefit on one side only */
	bool overflow;             /* a sum leaves the range of amounts: sums are not to be used */
};

void comparison_close(struct comparison *c, struct compared *out);
void compared_release(struct compared *r);

/* The money by one thing alone: what is said of the others is left empty (month: DAY_NONE). In
 * order, in the arena. */
enum compared_by { BY_FUND, BY_COUNTY, BY_PROGRAM, BY_MONTH, COMPARED_BYS };
size_t compared_sums(const struct compared *r, enum compared_by by, struct arena *a,
		     struct compared_money **out);

struct str said_money_name(enum said_money money);          /* "paid" */
struct str difference_kind_name(enum difference_kind kind); /* "added" */

#endif
