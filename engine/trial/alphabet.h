/* SPDX-License-Identifier: Apache-2.0
 *
 * What can happen to a case, as far as some provisions can tell it apart: the events that touch
 * them, directly or through what they read (facts, counts, steps, schedules), each with the values
 * of its fields on both sides of every number that is compared there; the lengths of time that
 * matter; the cases that a reference may name; the facts that a case may have had. From it
 * histories are put together that are short and yet reach what a policy distinguishes. What is only
 * proposed may be approved.
 *
 *     struct alphabet a;
 *     alphabet_init(&a, rb, county, kind);
 *     alphabet_cover(&a, other, other_county, block);   // also of another rulebook, by names
 *     alphabet_close(&a);                               // letters, cases, days
 *     alphabet_release(&a);
 */
#ifndef WAYMARK_TRIAL_ALPHABET_H
#define WAYMARK_TRIAL_ALPHABET_H

#include "engine/base/vec.h"
#include "engine/case/pots.h"
#include "engine/policy/policy.h"

#define ALPHABET_EVENTS   12u /* types of event that are tried; those nearest to the provision */
#define ALPHABET_FAR      8u  /* more of them, that only change facts which are read */
#define ALPHABET_FIELDS   64u /* combinations of field values of one type */
#define ALPHABET_VALUES   12u /* values of one fact or field */
#define ALPHABET_GAPS     16u /* lengths of time from one event to the next; those that are most */
#define ALPHABET_NEAR     8u  /* likely to matter: the first of them */
#define ALPHABET_STARTS   12u /* days on which a history begins; those that are most likely to */
#define ALPHABET_FIRST    6u  /* matter: the first of them */
#define ALPHABET_PEOPLE   24u /* combinations of facts that the case may have had before */
#define ALPHABET_OTHERS   4u  /* other cases of one kind */
#define ALPHABET_LEADS    8u  /* parts for whose conditions a case is looked for that meets them */
#define ALPHABET_LED      12u /* combinations that begin with the values of such a case */
#define ALPHABET_REPEATED 120 /* of one event in a row, for counts */

/* Something that may happen next. */
struct letter {
	uint16_t event;       /* type in the alphabet's rulebook; NONE: time passes */
	struct value *fields; /* by field; what is not known is not sent */
	uint16_t times;       /* in a row, a day apart */
	bool likely;          /* the plainest of its event, or that of a lead */
};

/* A case that is there from the beginning. */
struct person {
	struct str id;
	uint16_t kind;
	struct value *facts; /* by fact of the kind */
	bool likely;         /* the plainest, or that of a lead */
};

struct values {
	struct value *at;
	size_t n, cap;
};

/* A case and an event that meet the condition of a part, found by analysis (space.h): what hangs on
 * more things at once than combinations reach. In the alphabet's rulebook. */
struct lead {
	const struct rulebook *rb; /* whose part it is, in which county */
	uint16_t county;
	const struct part *part;
	bool found;
	uint16_t event;
	struct lead_value {
		bool read; /* by the condition; else it may be anything */
		struct value v;
	} * facts, *fields; /* by fact of the alphabet's kind, by field of the event */
};

struct alphabet {
	const struct rulebook *rb;
	uint16_t county, kind;
	struct arena arena;
	struct {
		struct letter *at;
		size_t n, cap;
	} letters;
	size_t nletters; /* of them, those of near events: they come first */
	struct {
		struct person *at;
		size_t n, cap;
	} people; /* what the case itself may have been like: one of these; the first has defaults
		   */
	struct {
		struct person *at;
		size_t n, cap;
	} others; /* all of these are there */
	int32_t gaps[ALPHABET_GAPS], starts[ALPHABET_STARTS];
	size_t ngaps, nstarts; /* a start that is there before alphabet_close is the only one */
	/* while it is filled */
	struct values pool[TYPE_REF + 1]; /* numbers that are compared, by type */
	VEC(uint8_t) sides[TYPE_REF + 1]; /* of each: bit 0: in this rulebook, bit 1: in another */
	uint8_t covered_sides;
	struct values periods;   /* in days */
	struct values days;      /* on which something changes */
	uint16_t partner;        /* kind of those who may be shown it; NONE: nobody */
	struct values proposers; /* blocks, by name, whose proposals may be approved */
	bool **read_facts;       /* by kind, fact */
	bool **read_fields;      /* by event type, field */
	uint16_t events[ALPHABET_EVENTS + ALPHABET_FAR]; /* the near ones first */
	size_t nevents, nnear;
	VEC(struct lead) leads;
	bool likely;        /* what is added now */
	struct map covered; /* blocks and events, by name -> 0 */
};

void alphabet_init(struct alphabet *a, const struct rulebook *rb, uint16_t county, uint16_t kind);
void alphabet_cover(struct alphabet *a, const struct rulebook *rb, uint16_t county, uint32_t block);
/* All that brings about such actions in the county, of that name (NONE: any), with what sets them
 * off; or all that pays from a fund. */
void alphabet_cover_action(struct alphabet *a, const struct rulebook *rb, uint16_t county,
			   enum action_kind kind, uint16_t name);
void alphabet_cover_fund(struct alphabet *a, const struct rulebook *rb, uint16_t county,
			 uint16_t fund);
void alphabet_day(struct alphabet *a, int32_t day); /* a history may begin on it */
void alphabet_close(struct alphabet *a);
void alphabet_lead(struct alphabet *a, const struct rulebook *rb, uint16_t county,
		   const struct part *p);
void alphabet_find_leads(struct alphabet *a); /* for those, once the other cases are there */
void alphabet_release(struct alphabet *a);

#endif
