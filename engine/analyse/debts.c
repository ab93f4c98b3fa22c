/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/debts.h"

static void worse(struct debts *d, uint16_t kind, const struct sum *sum)
{
	for (size_t i = 0; i < d->n; i++) {
		struct debt *x = &d->at[i];
		if (x->kind != kind)
			continue;
		if (x->sum.bounded && (!sum->bounded || sum->most > x->sum.most))
			x->sum = *sum;
		return;
	}
	*vec_push(d) = (struct debt){kind, *sum};
}

static void find_in(struct debts *d, struct asker *a, const struct place *place)
{
	const struct rulebook *rb = asker_rulebook(a);
	struct summer *s = summer_new(a, place);
	for (uint16_t k = 0; k < rb->nkinds; k++) {
		struct sum sum = sums_most(
		    s, &(struct sum_of){.action = ACTION_ASSESS, .kind = k, .per = UNIT_YEARS});
		if (sum.actions)
			worse(d, k, &sum);
	}
	summer_free(s);
}

void debts_find(struct debts *d, const struct rulebook *rb)
{
	struct arena arena = {0};
	struct places places = places_of(rb, &arena);
	struct asker *a = asker_new(rb);
	for (size_t i = 0; i < places.n; i++)
		if (places.at[i].counties[0] != NONE)
			find_in(d, a, &places.at[i]);
	asker_free(a);
	arena_release(&arena);
}

void debts_release(struct debts *d)
{
	vec_release(d);
}
