/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions about a whole rulebook: for every county, and every time in which none of the
 * parameters that are read changes. What is the same is asked once: counties that share a dispatch
 * stand in one place, and a question is answered anew only where its parameters have other values.
 */
#ifndef WAYMARK_ANALYSE_ASK_H
#define WAYMARK_ANALYSE_ASK_H

#include "engine/analyse/space.h"

/* Counties where the same blocks are in force on the same days. */
struct place {
	const struct dispatch *dispatch;
	const uint16_t *counties; /* NONE alone: a program that no county has adopted yet */
	uint16_t ncounties;
};

struct places {
	struct place *at;
	size_t n;
};

struct places places_of(const struct rulebook *rb, struct arena *arena);
/* All counties at once, for what is in force wherever its program is; without a dispatch. */
struct place place_everywhere(const struct rulebook *rb, struct arena *arena);

struct want {
	const struct code *code;
	uint32_t truths;
};

/* A part that must not apply: its condition is met, the case stands in one of these steps, and
 * nothing overrides its block. */
struct unless {
	const struct code *when; /* NULL: always met */
	uint16_t escalation;     /* NONE: wherever the case stands */
	uint64_t steps;
	uint16_t block; /* NONE: nothing overrides it */
};

/* Something wanted all together, in one place and between two days. */
struct question {
	struct str key; /* the same key: the same question, but for the values of parameters */
	uint16_t kind, event;
	const struct want *wants;
	size_t nwants;
	const struct part *in_step[2]; /* whose `after` must hold; NULL: none */
	uint16_t standing[2];          /* blocks that nothing may override; NONE: none */
	struct {
		uint16_t escalation; /* NONE: none */
		uint64_t steps;
	} where[2]; /* the case stands in one of these steps */
	const struct unless *unless;
	size_t nunless;
	const struct code *differ[2]; /* two values that must differ; NULL: none */
	int32_t from, until;
};

/* One that wants nothing yet. */
struct question question_of(uint16_t kind, uint16_t event, int32_t from, int32_t until);

struct reply {
	enum space_answer answer;
	uint16_t county; /* where, and on which day first */
	int32_t day;
	bool depends;     /* on the county or the day, for a parameter is read */
	struct str words; /* of the case; empty: every case */
	struct str ranges;
	const struct space *space; /* the example; until the next question */
};

struct asker;
struct asker *asker_new(const struct rulebook *rb);
void asker_free(struct asker *a); /* with all replies */
/* The first example, else what comes nearest to one. */
struct reply ask(struct asker *a, const struct place *where, const struct question *q);
bool asker_spent(const struct asker *a);        /* nothing more is decided */
void asker_limit(struct asker *a, size_t work); /* instead of LIMIT_CHECK_WORK */
size_t asker_work(const struct asker *a);       /* so far */
const struct rulebook *asker_rulebook(const struct asker *a);

#endif
