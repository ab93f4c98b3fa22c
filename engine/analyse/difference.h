/* SPDX-License-Identifier: Apache-2.0
 *
 * What is different between two rulebooks, in words of what they mean (meaning.h), with the
 * counties in which it is: provisions, amounts by date, counties, the vocabulary. When there is
 * none, both decide every history alike. Names of counties, provisions and parameters tie the two
 * together; a provision that is gone and one that is new, and mean the same, are one that was
 * renamed.
 *
 *     struct differences d = {0};
 *     differences_find(&d, old, new);
 *     for (i < d.n) d.at[i] ...
 *     differences_release(&d);
 */
#ifndef WAYMARK_ANALYSE_DIFFERENCE_H
#define WAYMARK_ANALYSE_DIFFERENCE_H

#include "engine/analyse/meaning.h"

enum change {
	CHANGE_ADDED,
	CHANGE_REMOVED,
	CHANGE_MEANING,
	CHANGE_RENAMED, /* another name, or program; it decides the same, but what cases have under
			   way of it (limits, steps, payments, proposals) goes by the name, and so
			   does who comes first for the last of a fund */
	CHANGE_REGROUPED, /* split, or put together with others, that together decide the same; as
			     with a new name, what cases have under way goes by the block's */
	CHANGE_SAID       /* title or citation only: it decides the same and says another reason */
};

struct difference {
	enum change change;
	enum meant meant;
	struct str name;   /* as in struct thing; a county's, with `county` */
	bool county;       /* a county that only one of them has; nothing else is compared there */
	uint32_t block[2]; /* MEANT_BLOCK: in the old and the new rulebook, in the first of the
			      counties; NONE where it is not there */
	int32_t from;      /* first day on which the block is in force, in either */
	struct span span[2];
	struct str *counties; /* in order of the new rulebook */
	size_t ncounties;
};

/* A parameter whose values differ. */
struct amount_change {
	struct str program, name; /* program empty: declared in the vocabulary */
	const struct param *param[2];
	const struct dated_list *values[2]; /* NULL: there is none of that name */
	struct str *counties;
	size_t ncounties;
};

struct differences {
	const struct rulebook *rb[2]; /* old, new */
	struct difference *at;
	size_t n, cap;
	struct {
		struct amount_change *at;
		size_t n, cap;
	} amounts;
	size_t common; /* counties that both have */
	size_t alike;  /* pairs of provisions written differently that were proved alike */
	struct arena arena;
};

void differences_find(struct differences *d, const struct rulebook *old,
		      const struct rulebook *new);
void differences_release(struct differences *d);

/* The rulebook in which it is told: 0 old, 1 new. */
int difference_side(const struct difference *x);
/* Does it change what is decided? A new name does where cases remember something by it. */
bool difference_matters(const struct differences *d, const struct difference *x);
/* Does any of them change what is decided? False: only words, or nothing. Amounts alone do not:
 * where one is used, the provision that uses it differs. */
bool differences_matter(const struct differences *d);

#endif
