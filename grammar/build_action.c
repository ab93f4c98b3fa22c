/* SPDX-License-Identifier: Apache-2.0
 *
 * Actions. The grammar takes the parts of an action (`to survivor`, `within 14 days`) in any order
 * for any verb; one table here says which verb has which parts and which it cannot do without.
 */
#include "grammar/build.h"

#include "grammar/codes.h"

#define BIT(phrase) (1u << (phrase))
#define PLAN        (BIT(PHRASE_INTERVAL) | BIT(PHRASE_LASTS) | BIT(PHRASE_TIMES) | BIT(PHRASE_START))

/* By action_kind: the parts that the verb may have, those it needs, and how it is written. */
static const struct verb_parts {
	unsigned may, must;
	const char *pattern;
} verb_parts[] = {
    [ACTION_PAY] = {BIT(PHRASE_TO) | BIT(PHRASE_FUND) | PLAN, BIT(PHRASE_TO),
		    "pay AMOUNT to WHOM [from FUND]"},
    [ACTION_ASSESS] = {BIT(PHRASE_AS) | BIT(PHRASE_FUND) | BIT(PHRASE_DUE) |
			   BIT(PHRASE_INSTALMENTS) | BIT(PHRASE_REMAINDER_FIRST) |
			   BIT(PHRASE_REMAINDER_LAST) | PLAN,
		       BIT(PHRASE_AS),
		       "assess AMOUNT as LINE [in N weekly instalments] "
		       "[due within PERIOD] [into FUND]"},
    [ACTION_CREDIT] = {BIT(PHRASE_AGAINST), BIT(PHRASE_AGAINST), "credit AMOUNT against LINE"},
    [ACTION_WAIVE] = {0, 0, "waive LINE"},
    [ACTION_REFER] = {BIT(PHRASE_TO) | BIT(PHRASE_ANSWERED) | BIT(PHRASE_WITHIN), BIT(PHRASE_TO),
		      "refer to PARTY [answered by EVENT] [within PERIOD]"},
    [ACTION_REQUIRE] = {BIT(PHRASE_ANSWERED) | BIT(PHRASE_WITHIN), BIT(PHRASE_WITHIN),
			"require NAME [answered by EVENT] within PERIOD"},
    [ACTION_NOTIFY] = {BIT(PHRASE_TEXT), 0, "notify PARTY [\"message\"]"},
    [ACTION_ORDER] = {0, 0, "order NAME"},
    [ACTION_START] = {0, 0, "start SCHEDULE"},
    [ACTION_STOP] = {0, 0, "stop SCHEDULE"},
    [ACTION_SET] = {0, 0, "set FACT to VALUE"},
    [ACTION_ENTER] = {0, 0, "enter STAGE"},
    [ACTION_PLACE] = {BIT(PHRASE_URGENT), 0, "place on DOCKET [urgent]"},
    [ACTION_ENROL] = {0, 0, "enrol in CAPACITY"},
    [ACTION_RELEASE] = {0, 0, "release CAPACITY"},
    [ACTION_DENY] = {0, 0, "deny \"reason\""},
    [ACTION_BROKEN] = {0, 0, "broken \"title\""}, /* in expectations only */
};

static const char *const phrase_names[] = {
    [PHRASE_TO] = "to",
    [PHRASE_TO_VALUE] = "to",
    [PHRASE_FUND] = "from",
    [PHRASE_AS] = "as",
    [PHRASE_AGAINST] = "against",
    [PHRASE_ANSWERED] = "answered by",
    [PHRASE_TEXT] = "a text",
    [PHRASE_WITHIN] = "within",
    [PHRASE_DUE] = "due within",
    [PHRASE_DUE_DAY] = "due",
    [PHRASE_INTERVAL] = "an interval",
    [PHRASE_LASTS] = "for",
    [PHRASE_TIMES] = "times",
    [PHRASE_INSTALMENTS] = "instalments",
    [PHRASE_START] = "starting",
    [PHRASE_REMAINDER_FIRST] = "remainder in",
    [PHRASE_REMAINDER_LAST] = "remainder in",
    [PHRASE_AMOUNT] = "an amount",
    [PHRASE_URGENT] = "urgent",
    [PHRASE_WHOSE] = "for",
};

static const char *verb_name(enum action_kind kind)
{
#define X(constant, verb, outcome) verb,
	static const char *const verbs[] = {ACTION_KINDS(X)};
#undef X
	return verbs[kind];
}

/* ---- parts ---- */

static struct phrase *make(struct build *b, struct span span, enum phrase_kind kind)
{
	struct phrase *p = arena_alloc(b->arena, sizeof(*p));
	p->kind = kind;
	p->span = span;
	return p;
}

struct phrase *phrase_word(struct build *b, struct span span, enum phrase_kind kind,
			   struct ast_word word)
{
	struct phrase *p = make(b, span, kind);
	p->word = word;
	return p;
}

struct phrase *phrase_period(struct build *b, struct span span, enum phrase_kind kind,
			     struct ast_period period)
{
	struct phrase *p = make(b, span, kind);
	p->period = period;
	return p;
}

struct phrase *phrase_count(struct build *b, struct span span, enum phrase_kind kind,
			    struct ast_expr *count)
{
	struct phrase *p = make(b, span, kind);
	p->count = count;
	return p;
}

struct phrase *phrase_instalments(struct build *b, struct span span, struct ast_expr *count,
				  struct ast_period interval)
{
	struct phrase *p = phrase_count(b, span, PHRASE_INSTALMENTS, count);
	p->period = interval;
	return p;
}

struct phrase *phrase_start(struct build *b, enum anchor anchor, struct ast_period period)
{
	struct phrase *p = phrase_period(b, (struct span){0}, PHRASE_START, period);
	p->anchor = anchor;
	return p;
}

struct phrase *phrase_day(struct build *b, struct span span, int32_t day)
{
	struct phrase *p = make(b, span, PHRASE_DUE_DAY);
	p->day = day;
	return p;
}

/* ---- parts into an action ---- */

static void apply_interval(struct ast_action *a, const struct phrase *p)
{
	a->plan.every = p->period.n;
	a->plan.unit = p->period.unit;
	a->plan.has_interval = true;
}

static void apply(struct ast_action *a, const struct phrase *p)
{
	switch (p->kind) {
	case PHRASE_TO:
	case PHRASE_WHOSE:
		a->to = p->word;
		return;
	case PHRASE_TO_VALUE:
		if (a->kind == ACTION_SET)
			a->value = p->count;
		else
			a->to = p->count->word;
		return;
	case PHRASE_FUND:
		a->fund = p->word;
		return;
	case PHRASE_AS:
	case PHRASE_AGAINST:
		a->name = p->word;
		return;
	case PHRASE_ANSWERED:
		a->answered_by = p->word;
		return;
	case PHRASE_TEXT:
		a->text = p->word;
		return;
	case PHRASE_WITHIN:
	case PHRASE_DUE:
		a->within = p->period;
		return;
	case PHRASE_INTERVAL:
		apply_interval(a, p);
		break;
	case PHRASE_INSTALMENTS:
		apply_interval(a, p);
		a->plan.times = p->count;
		break;
	case PHRASE_LASTS:
		a->plan.lasts = p->period;
		break;
	case PHRASE_TIMES:
		a->plan.times = p->count;
		break;
	case PHRASE_START:
		a->plan.anchor = p->anchor;
		a->plan.anchor_period = p->period;
		break;
	case PHRASE_REMAINDER_FIRST:
	case PHRASE_REMAINDER_LAST:
		a->plan.remainder_stated = true;
		a->plan.remainder_in_last = p->kind == PHRASE_REMAINDER_LAST;
		break;
	case PHRASE_AMOUNT:
		a->amount = p->count;
		return;
	case PHRASE_URGENT:
		a->urgent = true;
		return;
	case PHRASE_DUE_DAY:
	case PHRASE_KINDS:
		return;
	}
	a->plan.span = build_join(a->plan.span, p->span);
}

/* Parts that fill the same place: an interval and instalments, both ends of a remainder. */
static unsigned same_place(enum phrase_kind kind)
{
	static const unsigned groups[] = {BIT(PHRASE_INTERVAL) | BIT(PHRASE_INSTALMENTS),
					  BIT(PHRASE_LASTS) | BIT(PHRASE_TIMES) |
					      BIT(PHRASE_INSTALMENTS),
					  BIT(PHRASE_REMAINDER_FIRST) | BIT(PHRASE_REMAINDER_LAST)};
	unsigned all = BIT(kind);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i] & BIT(kind))
			all |= groups[i];
	return all;
}

static void complain_misplaced(struct build *b, const struct ast_action *a, const struct phrase *p)
{
	struct str text = {b->text.p + p->span.off, p->span.len};
	struct diag *d =
	    build_error(b, W_PHRASE_MISPLACED, p->span, "`%s` does not go with `" STR_FMT "`",
			verb_name(a->kind), (int)(text.len > 60 ? 60 : text.len), text.p);
	if (a->kind == ACTION_ASSESS && p->kind == PHRASE_WITHIN)
		build_help(b, d, "write `due within`");
	else
		build_help(b, d, "it is written: %s", verb_parts[a->kind].pattern);
}

/* Applies the parts in order of writing; returns the set of those given. */
static unsigned apply_all(struct build *b, struct ast_action *a, struct phrase *phrases,
			  unsigned allowed)
{
	unsigned given = 0;
	for (const struct phrase *p = phrases; p; p = p->next) {
		if (!(allowed & BIT(p->kind))) {
			complain_misplaced(b, a, p);
			continue;
		}
		if (given & same_place(p->kind)) {
			struct diag *d =
			    build_error(b, W_TWICE, p->span, "`%s` is said twice in one action",
					phrase_names[p->kind]);
			build_help(b, d, "write two actions, or leave one of them out");
			continue;
		}
		given |= BIT(p->kind);
		apply(a, p);
	}
	return given;
}

static void check_missing(struct build *b, const struct ast_action *a, unsigned given)
{
	const struct verb_parts *parts = &verb_parts[a->kind];
	unsigned missing = parts->must & ~given;
	for (enum phrase_kind k = 0; k < PHRASE_KINDS; k++) {
		if (!(missing & BIT(k)))
			continue;
		struct diag *d = build_error(b, W_PHRASE_MISSING, a->span, "`%s` needs `%s`",
					     verb_name(a->kind), phrase_names[k]);
		build_help(b, d, "it is written: %s", parts->pattern);
	}
}

static void check_may(struct build *b, const struct ast_action *a)
{
	const unsigned never_proposed = 1u << ACTION_START | 1u << ACTION_STOP | 1u << ACTION_SET |
					1u << ACTION_ENTER | 1u << ACTION_PLACE |
					1u << ACTION_DENY | 1u << ACTION_NOTIFY |
					1u << ACTION_ENROL | 1u << ACTION_RELEASE;
	if (!a->may || !(never_proposed & 1u << a->kind))
		return;
	struct diag *d =
	    build_error(b, W_MAY_NOT, a->span, "`may %s` is not possible", verb_name(a->kind));
	build_help(b, d,
		   "only pay, assess, credit, waive, refer, require and order can be "
		   "proposals; leave `may` out");
}

struct ast_action *build_verb(struct build *b, struct span span, enum action_kind kind,
			      struct ast_expr *amount, struct ast_word name)
{
	struct ast_action *a = arena_alloc(b->arena, sizeof(*a));
	a->kind = kind;
	a->span = span;
	if (kind == ACTION_SET)
		a->value = amount;
	else
		a->amount = amount;
	if (kind == ACTION_NOTIFY)
		a->to = name;
	else if (kind == ACTION_DENY)
		a->text = name;
	else
		a->name = name;
	return a;
}

struct ast_action *build_phrases(struct build *b, struct span span, bool may,
				 struct ast_action *action, struct phrase *backwards)
{
	BUILD_TURN(struct phrase, backwards);
	action->span = action->head = span;
	action->may = may;
	unsigned given = apply_all(b, action, backwards, verb_parts[action->kind].may);
	check_missing(b, action, given);
	check_may(b, action);
	return action;
}

struct ast_action *build_otherwise(struct build *b, struct span span, struct ast_action *action,
				   struct ast_action *backwards)
{
	BUILD_TURN(struct ast_action, backwards);
	if (action->kind != ACTION_REFER && action->kind != ACTION_REQUIRE) {
		struct diag *d =
		    build_error(b, W_PHRASE_MISPLACED, backwards->span,
				"`otherwise` does not go with `%s`", verb_name(action->kind));
		build_help(
		    b, d,
		    "it says what follows when a referral or a requirement is not answered in "
		    "time; for the opposite case write a second block with `when not …`");
		return action;
	}
	if (!action->within.span.len) {
		struct diag *d = build_error(b, W_PHRASE_MISSING, action->span,
					     "`otherwise` needs `within` before it");
		build_help(b, d, "say by when it must be answered, as in `within 14 days`");
	}
	action->span = span;
	action->otherwise = backwards;
	return action;
}

static void check_expected_to(struct build *b, const struct ast_action *a, const struct phrase *p)
{
	for (; p; p = p->next) {
		if (p->kind != PHRASE_TO_VALUE || a->kind == ACTION_SET ||
		    p->count->kind == EXPR_NAME)
			continue;
		struct diag *d = build_error(b, W_SYNTAX, p->count->span,
					     "`to` is followed by a name here, not by a value");
		build_help(b, d, "name the case or the party that it goes to");
	}
}

/* What an expectation states may be any part of what happened; nothing is needed. */
struct ast_action *build_expect_phrases(struct build *b, struct span span, bool may,
					struct ast_action *action, struct phrase *backwards)
{
	BUILD_TURN(struct phrase, backwards);
	action->span = span;
	action->may = may;
	if (action->name.span.len && action->kind == ACTION_NOTIFY) {
		action->to = action->name;
		action->name = (struct ast_word){0};
	}
	bool place = action->kind == ACTION_ENROL || action->kind == ACTION_RELEASE;
	bool whose = place || action_moves_case(action->kind);
	apply_all(b, action, backwards,
		  (place ? 0 : ~BIT(PHRASE_WHOSE)) | (whose ? BIT(PHRASE_WHOSE) : 0));
	check_expected_to(b, action, backwards);
	b->expect = arena_alloc(b->arena, sizeof(*b->expect));
	for (const struct phrase *p = backwards; p; p = p->next) {
		if (p->kind == PHRASE_DUE_DAY) {
			b->expect->due_stated = true;
			b->expect->due = p->day;
		}
		if (p->kind == PHRASE_TIMES)
			b->expect->times = p->count->value.i;
	}
	return action;
}
