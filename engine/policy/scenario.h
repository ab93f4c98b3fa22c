/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios as part of the rule graph: who is given, what happens when, what is expected. The
 * runner is engine/trial/scenario_run.
 */
#ifndef WAYMARK_POLICY_SCENARIO_H
#define WAYMARK_POLICY_SCENARIO_H

#include "engine/policy/policy.h"

/* `given survivor with age 22`, `given agency haven with trauma_informed yes`. Without a name the
 * case is called like its kind. */
struct given {
	struct str id;
	uint16_t kind;
	struct value *facts; /* by fact; what is not stated has its default */
	struct span span;
};

/* `given fund incentives with $200 left`, or `$800 spent`: in the scenario's county, in the year of
 * its first line. */
struct given_fund {
	uint16_t fund;
	int64_t cents;
	bool spent;
	struct span span;
};

enum expect_kind {
	EXPECT_NOTHING, /* expect nothing */
	EXPECT_OUTCOME, /* expect pay $100 to survivor; expect no order arrest */
	EXPECT_OWED,    /* expect owed $0 */
	EXPECT_LEFT,    /* expect left in incentives $200 */
	EXPECT_FACT,    /* expect custody is juvenile */
	EXPECT_STEP,    /* expect attendance at diversion; step 0: expect attendance at none */
	EXPECT_SHARE,   /* expect share face_sheet with haven: name in text, partner in to */
	EXPECT_REFUSED, /* expect refused: the event is stopped by a never or does not fit */
};

/* What is not stated is not compared. */
struct expect {
	enum expect_kind kind;
	bool no; /* `expect no …`: over everything the scenario has brought about so far */
	struct span span;
	enum action_kind action;
	bool may; /* a proposal of the action */
	bool unfunded, waiting;
	bool taken_back; /* the reversal of one */
	bool urgent;     /* stated */
	bool has_amount;
	int64_t cents;     /* amount; EXPECT_OWED, EXPECT_LEFT */
	struct str to;     /* party name, or id of a given case; empty: any */
	uint16_t fund;     /* NONE: any */
	uint16_t name;     /* line, requirement, orderable; NONE: any */
	uint16_t schedule; /* start, stop */
	int32_t due;       /* DAY_NONE: any */
	int32_t times;     /* instalments or items; 0: any */
	struct str text;   /* notify, deny: the message; EXPECT_REFUSED: a part of it. Empty: any */
	uint16_t given;    /* EXPECT_FACT, EXPECT_STEP, EXPECT_OWED: whose; index of given */
	uint16_t fact;     /* EXPECT_FACT; and set */
	struct value value;        /* EXPECT_FACT; and set */
	uint16_t escalation, step; /* EXPECT_STEP */
};

/* A line: an event, or time passing to the end of a day (event NONE). Events without a time of day
 * happen at noon. A line's expectations speak of everything since the line before. */
struct scenario_line {
	int32_t day;
	int32_t minute; /* of the day; -1: not stated */
	uint16_t event; /* event type or NONE */
	/* Of a line that takes back or puts right an event: which line that is. */
	bool retracts, corrects;
	uint16_t of;
	int32_t to_day, to_minute; /* corrects: when it happened; DAY_NONE: as it was */
	uint16_t given;            /* whose event */
	struct value *fields; /* by field, of a correction those that change. For approved, declined
				 and payment_received the field `outcome` holds a name: the latest
				 outcome with that line, requirement or block name is meant */
	bool among_others;
	struct expect *expects;
	uint16_t nexpects;
	struct span span;
};

struct scenario {
	struct str title;
	uint16_t county;
	bool todo;
	struct given *given;
	uint16_t ngiven;
	struct given_fund *funds;
	uint16_t nfunds;
	struct scenario_line *lines;
	uint16_t nlines;
	struct span span;
};

#endif
