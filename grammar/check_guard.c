/* SPDX-License-Identifier: Apache-2.0
 *
 * Nothing that may be unknown is read unless something guards it: `X is known and …`, `X is unknown
 * or …`, or `… or unknown` around it. A walk over the condition in the order in which it is
 * decided, carrying what is known at each place if what stands to the left came out as it must
 * have.
 */
#include "grammar/check.h"

struct outcome_sets {
	const struct known *yes, *no; /* known as well, where the condition holds, or does not */
};

static bool same_thing(const struct texpr *x, const struct texpr *y)
{
	return x->op == y->op && x->a == y->a && x->b == y->b;
}

static bool has(const struct known *set, const struct texpr *x)
{
	for (; set; set = set->next)
		if (same_thing(set->what, x))
			return true;
	return false;
}

static const struct known *with(struct book *b, const struct known *set, const struct texpr *x)
{
	if (has(set, x))
		return set;
	struct known *k = arena_alloc(&b->arena, sizeof(*k));
	*k = (struct known){x, set};
	return k;
}

static const struct known *both(struct book *b, const struct known *x, const struct known *y)
{
	if (!x)
		return y;
	for (; y; y = y->next)
		x = with(b, x, y->what);
	return x;
}

static const struct known *common(struct book *b, const struct known *x, const struct known *y)
{
	const struct known *out = NULL;
	for (; x && y; x = x->next)
		if (has(y, x->what))
			out = with(b, out, x->what);
	return out;
}

static void unguarded(struct book *b, const struct texpr *x)
{
	struct str t = span_text(b, x->span);
	bool since = x->op == OP_DAYS_SINCE;
	struct diag *d = fault(b, W_UNGUARDED, x->span, "`" STR_FMT "` may be unknown%s",
			       STR_ARG(t), since ? ": it may never have happened" : "");
	help(b, d, "write `" STR_FMT " is known and …`, or put `or unknown` after the comparison",
	     STR_ARG(t));
}

static bool leaf(const struct texpr *e)
{
	return op_pops(e->op) == 0;
}

static void read_leaf(struct book *b, const struct texpr *e, const struct known *given)
{
	if (e->optional && !has(given, e))
		unguarded(b, e);
	if (e->l && e->l->optional && !has(given, e->l) && !has(given, e))
		unguarded(b, e->l);
}

static struct outcome_sets walk(struct book *b, const struct texpr *e, const struct known *given,
				bool tolerant);

static struct outcome_sets walk_junction(struct book *b, const struct texpr *e,
					 const struct known *given, bool tolerant)
{
	bool and = e->op == OP_AND;
	struct outcome_sets l = walk(b, e->l, given, tolerant);
	struct outcome_sets r = walk(b, e->r, both(b, and? l.yes : l.no, given), tolerant);
	if (and)
		return (struct outcome_sets){both(b, l.yes, r.yes), common(b, l.no, r.no)};
	return (struct outcome_sets){common(b, l.yes, r.yes), both(b, l.no, r.no)};
}

static struct outcome_sets walk(struct book *b, const struct texpr *e, const struct known *given,
				bool tolerant)
{
	struct outcome_sets none = {NULL, NULL}, inner;
	if (leaf(e)) {
		if (!tolerant)
			read_leaf(b, e, given);
		return none;
	}
	switch (e->op) {
	case OP_KNOWN:
		none.yes = with(b, NULL, e->l);
		if (e->l->l)
			none.yes = with(b, none.yes, e->l->l);
		return none;
	case OP_NOT:
		inner = walk(b, e->l, given, tolerant);
		return (struct outcome_sets){inner.no, inner.yes};
	case OP_OR_UNKNOWN:
		inner = walk(b, e->l, given, true);
		return (struct outcome_sets){NULL, inner.no};
	case OP_AND:
	case OP_OR:
		return walk_junction(b, e, given, tolerant);
	default:
		walk(b, e->l, given, tolerant);
		if (e->r)
			walk(b, e->r, given, tolerant);
		return none;
	}
}

const struct known *check_guards(struct book *b, const struct texpr *e, const struct known *given)
{
	return e ? both(b, walk(b, e, given, false).yes, given) : given;
}
