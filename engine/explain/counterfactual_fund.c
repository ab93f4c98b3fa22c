/* SPDX-License-Identifier: Apache-2.0
 *
 * How much more a fund would have to have for what it could not pay: decided again with just that.
 */
#include "engine/explain/counterfactual_internal.h"

static const struct pot_input *pot_seen(const struct decision *d, const struct outcome *o)
{
	for (size_t i = 0; i < d->npots; i++)
		if (d->pots[i].pot == POT_FUND && d->pots[i].index == o->fund)
			return &d->pots[i];
	return NULL;
}

/* What it asks of the fund, beyond what is left; 0: nothing that can be said. */
static int64_t missing(const struct outcome *o, const struct pot_input *in)
{
	int64_t asked = o->cents, left = in->most - in->reserved - in->committed;
	if (o->action == ACTION_START && money_mul(asked, o->times, &asked))
		return 0;
	return asked > left ? asked - left : 0;
}

static bool is_paid(const struct decision *d, const struct outcome *o)
{
	for (size_t i = 0; i < d->n; i++)
		if (hash128_eq(d->outcomes[i].id, o->id))
			return !d->outcomes[i].unfunded;
	return false;
}

static bool would_be_paid(const struct past *past, const struct outcome *o,
			  const struct pot_input *in, int64_t more, struct arena *keep)
{
	const struct rulebook *rb = past->rb;
	struct pots pots = {0};
	struct past richer = *past;
	struct attempt a;
	struct considered seen;
	struct change_set none = {.n = 0};
	struct pot key = pot_key(rb, past->before->county, POT_FUND, in->index, in->from);
	pots_copy(&pots, past->world.pots);
	pots_get(&pots, &key)->committed -= more;
	richer.world.pots = &pots;
	attempt_init(&a, &richer, keep);
	a.index = o->part;
	a.left = 1;
	bool paid = attempt_decide(&a, &none, &seen) && is_paid(&a.made, o);
	attempt_release(&a);
	pots_release(&pots);
	return paid;
}

void find_shortfalls(struct counterfactuals *out, const struct past *past)
{
	const struct decision *d = past->decision;
	for (size_t i = 0; past->world.pots && i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		const struct pot_input *in = o->unfunded && !o->under ? pot_seen(d, o) : NULL;
		int64_t more = in && !o->reversal ? missing(o, in) : 0;
		if (more && would_be_paid(past, o, in, more, &out->arena))
			*vec_push(&out->short_of) = (struct shortfall){o->id, more};
	}
}

int64_t counterfactuals_short_of(const struct counterfactuals *c, const struct outcome *o)
{
	for (size_t i = 0; c && i < c->short_of.n; i++)
		if (hash128_eq(c->short_of.at[i].outcome, o->id))
			return c->short_of.at[i].cents;
	return 0;
}
