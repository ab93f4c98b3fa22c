/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies by chance: syntactically valid text from a seed, in an unruly layout with comments
 * between the words. The same seed gives the same text.
 */
#ifndef WAYMARK_TESTS_SUPPORT_POLICY_GEN_H
#define WAYMARK_TESTS_SUPPORT_POLICY_GEN_H

#include "engine/base/str.h"

struct gen {
	uint64_t state;
	struct buf out;
	unsigned comments; /* one separator in so many holds a comment; 0: none */
};

static unsigned gen_below(struct gen *g, unsigned n)
{
	g->state ^= g->state << 13;
	g->state ^= g->state >> 7;
	g->state ^= g->state << 17;
	return (unsigned)(g->state >> 33) % n;
}

static bool gen_maybe(struct gen *g)
{
	return gen_below(g, 2) == 0;
}

static void gen_space(struct gen *g)
{
	static const char *const spaces[] = {" ", " ", " ", "  ", "\t", "\n", "\n    ", "\r\n "};
	if (g->comments && gen_below(g, g->comments) == 0) {
		buf_c(&g->out, gen_maybe(g) ? " # a comment, é\n" : "\n# another\n  ");
		if (gen_maybe(g))
			buf_c(&g->out, "\n\n");
		return;
	}
	buf_c(&g->out, spaces[gen_below(g, sizeof(spaces) / sizeof(spaces[0]))]);
}

/* Words are parted by layout, but within a text a space is a space. */
static void gen_put(struct gen *g, const char *words)
{
	bool in_text = false;
	for (const char *p = words; *p; p++) {
		in_text ^= *p == '"';
		if (*p == ' ' && !in_text)
			gen_space(g);
		else
			buf_char(&g->out, *p);
	}
	gen_space(g);
}

#define GEN_PICK(g, list) (list)[gen_below(g, sizeof(list) / sizeof((list)[0]))]

/* Many of these are words of the language elsewhere. */
static void gen_name(struct gen *g)
{
	static const char *const names[] = {
	    "age",    "minutes", "service", "date",        "line",     "order",  "survivor",
	    "agency", "amount",  "meeting", "case",        "event",    "period", "weekly",
	    "x",      "tier",    "none",    "start",       "times",    "cite",   "scenario",
	    "a1",     "b_2",     "per",     "placeholder", "overrides"};
	gen_put(g, GEN_PICK(g, names));
}

/* Where a name may be left out, or an ordinal stand. */
static void gen_plain(struct gen *g)
{
	static const char *const names[] = {"maria", "custody", "intake", "jail", "course_1"};
	gen_put(g, GEN_PICK(g, names));
}

static void gen_text(struct gen *g)
{
	static const char *const texts[] = {"\"\"", "\"A title\"", "\"$100 # no comment\"",
					    "\"ünï — “curly”\"", "\"rule x on y\""};
	gen_put(g, GEN_PICK(g, texts));
}

static void gen_title(struct gen *g)
{
	if (gen_maybe(g))
		gen_text(g);
}

static void gen_date(struct gen *g)
{
	buf_fmt(&g->out, "20%02u-%02u-%02u", 20 + gen_below(g, 60), 1 + gen_below(g, 12),
		1 + gen_below(g, 28));
	gen_space(g);
}

static void gen_money(struct gen *g)
{
	static const char *const amounts[] = {
	    "$0", "$5", "$100", "$1,000", "$1000.50", "$0.05", "$92,233,720,368,547,758.07"};
	gen_put(g, GEN_PICK(g, amounts));
}

static void gen_number(struct gen *g)
{
	static const char *const numbers[] = {"0", "1", "2", "12", "9999", "10,000", "1000000"};
	gen_put(g, GEN_PICK(g, numbers));
}

static void gen_period_literal(struct gen *g)
{
	static const char *const periods[] = {"1 day",     "14 days",         "2 weeks",
					      "1 week",    "3 business days", "1 business day",
					      "12 months", "1 year",          "60 minutes"};
	gen_put(g, GEN_PICK(g, periods));
}

static void gen_period(struct gen *g)
{
	if (gen_below(g, 4) == 0)
		gen_plain(g);
	else
		gen_period_literal(g);
}

static void gen_names(struct gen *g, const char *separator)
{
	gen_plain(g);
	while (gen_below(g, 3) == 0) {
		gen_put(g, separator);
		gen_name(g);
	}
}

/* ---- expressions ---- */

static void gen_cond(struct gen *g, unsigned depth);

static void gen_primary(struct gen *g, unsigned depth)
{
	static const char *const percents[] = {"7.5%", "0%", "100%", "0.0001%"};
	switch (gen_below(g, depth ? 13 : 12)) {
	case 0:
	case 1:
	case 2:
		gen_name(g);
		return;
	case 3:
		gen_money(g);
		return;
	case 4:
		gen_number(g);
		return;
	case 5:
		gen_period_literal(g);
		return;
	case 6:
		gen_put(g, "provider.vetted");
		return;
	case 7:
		gen_put(g, gen_maybe(g) ? "count of" : "days since");
		gen_plain(g);
		return;
	case 11:
		gen_put(g, "count of");
		gen_plain(g);
		gen_put(g, "in last");
		gen_period(g);
		return;
	case 8:
		gen_put(g, gen_maybe(g)   ? "balance owed"
			   : gen_maybe(g) ? "placed on review"
			   : gen_maybe(g) ? "enrolled in house"
			   : gen_maybe(g) ? "waiting for house"
					  : "today");
		return;
	case 9:
		gen_put(g, gen_maybe(g) ? "paid under" : gen_maybe(g) ? "stage of" : "step of");
		gen_plain(g);
		return;
	case 10:
		gen_put(g, GEN_PICK(g, percents));
		return;
	default:
		buf_char(&g->out, '(');
		gen_cond(g, depth - 1);
		gen_put(g, ")");
	}
}

static void gen_term(struct gen *g, unsigned depth)
{
	static const char *const rounded[] = {
	    "", "rounded up to the cent", "rounded half even to the cent",
	    "rounded half up to the cent", "rounded down to the cent"};
	gen_primary(g, depth);
	switch (gen_below(g, 9)) {
	case 0:
		gen_put(g, "x");
		gen_primary(g, depth);
		return;
	case 2:
		gen_put(g, "for each");
		gen_primary(g, depth);
		gen_put(g, gen_maybe(g) ? "or part of" : "of");
		gen_primary(g, depth);
		return;
	case 1:
		gen_put(g, gen_maybe(g) ? "of" : "/");
		gen_primary(g, depth);
		gen_put(g, GEN_PICK(g, rounded));
		return;
	default:
		return;
	}
}

static void gen_operand(struct gen *g, unsigned depth)
{
	if (gen_below(g, 10) == 0) {
		gen_put(g, gen_maybe(g) ? "lesser of" : "greater of");
		gen_term(g, depth);
		gen_put(g, "and");
	}
	gen_term(g, depth);
	while (gen_below(g, 5) == 0) {
		gen_put(g, gen_maybe(g) ? "+" : "-");
		gen_term(g, depth);
	}
}

static void gen_comparison(struct gen *g, unsigned depth)
{
	static const char *const signs[] = {"is", "=", "is not", "<", "<=", ">", ">="};
	static const char *const after[] = {"is known", "is unknown", "is not known",
					    "is one of a, 1, yes", "is not one of none, $5"};
	gen_operand(g, depth);
	if (gen_below(g, 3) == 0)
		return;
	if (gen_below(g, 4) == 0) {
		gen_put(g, GEN_PICK(g, after));
		return;
	}
	gen_put(g, GEN_PICK(g, signs));
	if (gen_below(g, 4) == 0)
		gen_put(g, gen_maybe(g) ? "yes" : "\"text\"");
	else
		gen_operand(g, depth);
}

static void gen_cond(struct gen *g, unsigned depth)
{
	const char *join = gen_maybe(g) ? "and" : "or";
	do {
		while (gen_below(g, 5) == 0)
			gen_put(g, "not");
		gen_comparison(g, depth);
		if (gen_below(g, 6) == 0)
			gen_put(g, "or unknown");
	} while (gen_below(g, 4) == 0 && (gen_put(g, join), true));
}

/* ---- clauses ---- */

static void gen_trigger(struct gen *g, const char *head)
{
	gen_put(g, head);
	bool ordinal = gen_below(g, 5) == 0;
	if (ordinal)
		gen_put(g, gen_maybe(g) ? "first" : "third");
	gen_names(g, "or");
	if (ordinal && gen_maybe(g)) {
		gen_put(g, "in last");
		gen_period(g);
	}
	if (gen_maybe(g)) {
		gen_put(g, "when");
		gen_cond(g, 3);
	}
}

static void gen_plan(struct gen *g)
{
	static const char *const plans[] = {
	    "monthly for 12 months starting first of next month",
	    "weekly for 52 times",
	    "starting same day daily for 2 weeks",
	    "every 2 weeks for count times",
	    "starting after 30 days every 3 business days for length",
	    "yearly starting next day",
	    ""};
	gen_put(g, GEN_PICK(g, plans));
}

static void gen_assess(struct gen *g)
{
	static const char *const plans[] = {"in 12 weekly instalments",
					    "remainder in last in 3 every 2 weeks installments",
					    "weekly starting next day remainder in first", ""};
	gen_put(g, "assess");
	gen_operand(g, 2);
	gen_put(g, GEN_PICK(g, plans));
	gen_put(g, "as");
	gen_name(g);
	if (gen_maybe(g)) {
		gen_put(g, "due within");
		gen_period(g);
	}
	if (gen_maybe(g)) {
		gen_put(g, gen_maybe(g) ? "from" : "into");
		gen_name(g);
	}
}

static void gen_simple_action(struct gen *g)
{
	static const char *const simple[] = {
	    "may order jail",
	    "waive course",
	    "credit $5 against course",
	    "may credit rate of base rounded down to the cent against line",
	    "notify advocate",
	    "notify advocate \"Call\"",
	    "start support",
	    "stop support",
	    "set custody to unknown",
	    "set age to 17 + 1",
	    "enter thriver",
	    "place on review",
	    "place on urgent urgent",
	    "enrol in house",
	    "release house",
	    "deny \"no\"",
	    "order x"};
	gen_put(g, GEN_PICK(g, simple));
}

static void gen_awaited(struct gen *g)
{
	bool refer = gen_maybe(g);
	gen_put(g, refer ? "may refer" : "require plan");
	if (gen_maybe(g))
		gen_put(g, "answered by enrolled");
	gen_put(g, "within");
	gen_period(g);
	if (refer)
		gen_put(g, "to county_diversion");
	while (gen_below(g, 3) == 0) {
		gen_put(g, "otherwise");
		gen_simple_action(g);
	}
}

static void gen_action(struct gen *g)
{
	switch (gen_below(g, 5)) {
	case 0:
		gen_put(g, gen_maybe(g) ? "pay" : "may pay");
		gen_operand(g, 2);
		gen_plan(g);
		gen_put(g, "to");
		gen_name(g);
		if (gen_maybe(g))
			gen_put(g, "from services");
		return;
	case 1:
		gen_assess(g);
		return;
	case 2:
		gen_awaited(g);
		return;
	default:
		gen_simple_action(g);
	}
}

static void gen_body(struct gen *g)
{
	unsigned n = gen_below(g, 4);
	bool cited = gen_maybe(g);
	for (unsigned i = 0; i < n; i++) {
		if (gen_maybe(g))
			gen_trigger(g, "on");
		else
			gen_action(g);
		if (cited && i == n / 2) {
			gen_put(g, "cite");
			gen_text(g);
		}
	}
}

static void gen_sections(struct gen *g, bool tiers, const char *step)
{
	for (unsigned i = gen_below(g, 4); i-- > 0;) {
		if (tiers) {
			buf_fmt(&g->out, "tier %u when ", i + 1);
			gen_cond(g, 2);
		} else {
			gen_put(g, step);
			gen_name(g);
			if (gen_maybe(g)) {
				gen_put(g, "after");
				gen_names(g, "or");
			}
			if (gen_maybe(g)) {
				gen_put(g, "when no");
				gen_name(g);
				gen_put(g, "within");
				gen_period(g);
			}
		}
		gen_body(g);
	}
}

static void gen_overrides(struct gen *g)
{
	gen_put(g, "overrides");
	gen_names(g, ",");
	if (gen_maybe(g)) {
		gen_put(g, "when");
		gen_cond(g, 2);
	}
}

static void gen_block_rest(struct gen *g, unsigned kind)
{
	if (gen_maybe(g)) {
		gen_put(g, "of");
		gen_name(g);
	}
	gen_title(g);
	gen_body(g);
	if (kind == 0)
		gen_put(g, "at most 3 per day at most $500 per case");
	if (kind == 1) {
		gen_put(g, "holds while");
		gen_cond(g, 2);
		gen_trigger(g, "stops on");
		if (gen_maybe(g))
			gen_put(g, "also for running schedules");
	}
	if (kind == 2 || kind == 5) {
		gen_sections(g, false, kind == 2 ? "step" : "stage");
		gen_trigger(g, "ends on");
		if (gen_maybe(g))
			gen_put(g,
				kind == 2 ? "move step called to none" : "move stage times to x");
	}
	if (kind == 3)
		gen_sections(g, true, NULL);
	if (kind == 3 && gen_maybe(g))
		gen_put(g, "otherwise nothing");
	if (kind == 2 && gen_maybe(g))
		gen_put(g, "ends never");
	if (gen_below(g, 6) == 0)
		gen_overrides(g);
}

static const char *const gen_blocks[] = {"stipend", "schedule", "escalation",
					 "fine",    "rule",     "stages"};

static void gen_block(struct gen *g)
{
	unsigned kind = gen_below(g, 6);
	if (gen_below(g, 4) == 0)
		gen_put(g, "locked");
	gen_put(g, gen_blocks[kind]);
	gen_name(g);
	gen_block_rest(g, kind);
}

static void gen_replace(struct gen *g)
{
	unsigned kind = gen_below(g, 6);
	bool replace = gen_maybe(g);
	gen_put(g, replace ? "replace" : "drop");
	gen_put(g, gen_blocks[kind]);
	gen_name(g);
	if (gen_maybe(g)) {
		gen_put(g, "from");
		gen_date(g);
	}
	if (replace)
		gen_block_rest(g, kind);
}

/* ---- declarations ---- */

static void gen_slots(struct gen *g)
{
	static const char *const slots[] = {"age : years from 0 to 120 optional",
					    "custody : one of none, juvenile default none",
					    "paid_out : money default $1,000.50",
					    "minutes:minutes",
					    "when_met : date confidential optional",
					    "consented_on : date consent optional",
					    "wait : business days from 0 to 10 default 5",
					    "vetted : yes/no default no",
					    "provider : agency optional confidential",
					    "event : text default \"none\"",
					    "share : percent from 0% to 100% default 7.5%"};
	for (unsigned i = gen_below(g, 6); i-- > 0;)
		gen_put(g, GEN_PICK(g, slots));
}

static void gen_fund(struct gen *g)
{
	static const char *const budgets[] = {"budget $1,000 in all", "budget most per year",
					      "budget $5.50 per fiscal year from July 1"};
	static const char *const clauses[] = {"warn at 80%", "owner office", "cite \"Article 7\""};
	if (gen_maybe(g)) {
		gen_put(g, "capacity house of survivor");
		gen_title(g);
		gen_put(g, gen_maybe(g) ? "is 1,000 places" : "is most places");
		return;
	}
	gen_put(g, "fund");
	gen_name(g);
	gen_title(g);
	if (!gen_maybe(g))
		return;
	gen_put(g, GEN_PICK(g, budgets));
	for (unsigned i = 0; i < 3; i++)
		if (gen_maybe(g))
			gen_put(g, clauses[i]);
}

static void gen_docket(struct gen *g)
{
	static const char *const meets[] = {
	    "meets weekly on Thursday", "meets every 2 weeks from 2026-07-02",
	    "meets monthly on first Monday", "meets monthly on last Friday"};
	static const char *const seats[] = {"at most 15 cases", "at most 1 case",
					    "at most panel_seats cases", ""};
	gen_put(g, "docket");
	gen_name(g);
	gen_put(g, "of");
	gen_name(g);
	gen_title(g);
	gen_put(g, GEN_PICK(g, meets));
	gen_put(g, GEN_PICK(g, seats));
	if (gen_maybe(g))
		gen_put(g, "keeps 2 for urgent");
}

static void gen_vocabulary(struct gen *g)
{
	static const char *const simple[] = {"action", "party", "requirement"};
	switch (gen_below(g, 6)) {
	case 4:
		gen_fund(g);
		return;
	case 5:
		gen_docket(g);
		return;
	case 0:
		gen_put(g, GEN_PICK(g, simple));
		gen_name(g);
		gen_title(g);
		return;
	case 1:
		gen_put(g, "case");
		gen_name(g);
		gen_title(g);
		gen_slots(g);
		return;
	case 2:
		gen_put(g, "event");
		gen_plain(g);
		gen_put(g, "of");
		gen_names(g, ",");
		gen_title(g);
		gen_slots(g);
		if (gen_maybe(g))
			gen_put(g, "sets age, custody, amount");
		return;
	default:
		gen_put(g, "calendar courts holiday");
		gen_date(g);
		gen_title(g);
		if (gen_maybe(g))
			gen_put(g, "weekend Saturday, Sunday");
	}
}

static void gen_param(struct gen *g)
{
	static const char *const heads[] = {"amount", "locked number", "percent", "period"};
	static const char *const values[] = {"$1,000", "12", "7.5%", "2 weeks"};
	unsigned kind = gen_below(g, 4);
	bool change = gen_below(g, 3) == 0 && kind != 1;
	if (change)
		gen_put(g, "change");
	gen_put(g, heads[kind]);
	gen_name(g);
	if (!change)
		gen_title(g);
	gen_put(g, change ? "to" : "is");
	gen_put(g, values[kind]);
	if (gen_maybe(g))
		gen_put(g, "cite \"here\"");
	if (gen_below(g, 4) == 0)
		gen_put(g, "placeholder \"not settled\"");
	while (gen_below(g, 3) == 0) {
		gen_put(g, values[kind]);
		gen_put(g, "from");
		gen_date(g);
		if (gen_maybe(g))
			gen_put(g, "cite \"there\"");
		if (gen_below(g, 4) == 0)
			gen_put(g, "placeholder \"$5 # to be settled\"");
	}
}

static void gen_never(struct gen *g)
{
	static const char *const what[] = {"order arrest",       "pay to buyer", "assess as fee",
					   "require id",         "assess",       "refer to police",
					   "credit against fee", "set age",      "notify police"};
	static const char *const caps[] = {"pay more than $5,000 per case per year from services",
					   "assess more than limit per case as fee",
					   "pay more than $5 + $1 per case per day to office"};
	static const char *const promises[] = {"refer to police within 2 days of contact",
					       "notify police within wait of event",
					       "pay within 1 month of always"};
	if (gen_maybe(g))
		gen_put(g, "locked");
	switch (gen_below(g, 5)) {
	case 0:
		gen_put(g, "never");
		gen_put(g, GEN_PICK(g, caps));
		break;
	case 1:
		gen_put(g, "only after");
		gen_name(g);
		gen_put(g, GEN_PICK(g, what));
		break;
	case 2:
		gen_put(g, "always");
		gen_put(g, GEN_PICK(g, promises));
		break;
	default:
		gen_put(g, "never");
		gen_put(g, GEN_PICK(g, what));
	}
	if (gen_maybe(g)) {
		gen_put(g, "for");
		gen_name(g);
	}
	if (gen_maybe(g)) {
		gen_put(g, "when");
		gen_cond(g, 2);
	}
	gen_title(g);
	if (gen_maybe(g))
		gen_put(g, "cite \"There will be no arrests\"");
}

static void gen_share(struct gen *g)
{
	static const char *const clauses[] = {"show age, name", "needs consented_on for 1 year",
					      "when partner.signed and x", "cite \"an agreement\""};
	gen_put(g, gen_maybe(g) ? "share" : "replace share");
	gen_name(g);
	gen_put(g, "of youth");
	gen_title(g);
	gen_put(g, "with agency");
	for (unsigned i = gen_below(g, 4); i < 4; i++)
		gen_put(g, clauses[i]);
}

static void gen_head(struct gen *g)
{
	if (gen_maybe(g)) {
		gen_put(g, "program");
		gen_name(g);
		gen_title(g);
		gen_put(g, "effective");
		gen_date(g);
		return;
	}
	gen_put(g, "county");
	gen_name(g);
	gen_title(g);
	gen_put(g, "adopts");
	gen_name(g);
	gen_put(g, "from");
	gen_date(g);
}

static void gen_pairs(struct gen *g)
{
	static const char *const values[] = {"22",    "$5",      "yes",        "none", "unknown",
					     "\"t\"", "3 weeks", "2026-07-01", "by"};
	if (gen_maybe(g))
		return;
	gen_put(g, "with");
	gen_name(g);
	gen_put(g, GEN_PICK(g, values));
	while (gen_below(g, 3) == 0) {
		gen_put(g, ",");
		gen_name(g);
		gen_put(g, GEN_PICK(g, values));
	}
}

static void gen_scenario(struct gen *g)
{
	static const char *const expects[] = {"nothing",
					      "among others",
					      "pay $100 to survivor from services due 2027-01-01",
					      "may assess $5 as fee in 12 instalments",
					      "no order arrest",
					      "no pay",
					      "owed $0",
					      "owed $5 by maria",
					      "custody is juvenile for maria",
					      "age is unknown",
					      "attendance at none",
					      "enter thriver",
					      "place on review due 2026-07-09",
					      "place on review urgent",
					      "attendance at diversion for maria",
					      "refused",
					      "refused \"never\"",
					      "broken",
					      "broken \"In time\"",
					      "share face_sheet with haven",
					      "no share face_sheet with haven for maria",
					      "share is yes",
					      "no broken",
					      "start support 12 times",
					      "set custody to none",
					      "set age to unknown",
					      "notify advocate \"Call\"",
					      "credit $5 against fee",
					      "deny \"no\"",
					      "stop support 8 times",
					      "unfunded pay $100 to maria",
					      "no unfunded start support",
					      "left in incentives $1,000",
					      "enrol in house",
					      "enrol in house for maria",
					      "no waitlist for house",
					      "release house",
					      "refer to p due 2026-08-01"};
	gen_put(g, gen_maybe(g) ? "scenario" : "todo scenario");
	gen_text(g);
	gen_put(g, "in");
	gen_name(g);
	for (unsigned i = gen_below(g, 3); i-- > 0;) {
		if (gen_below(g, 4) == 0) {
			gen_put(g, "given fund incentives with $200 left");
			continue;
		}
		gen_put(g, "given");
		gen_name(g);
		if (gen_maybe(g))
			gen_plain(g);
		gen_pairs(g);
	}
	for (unsigned i = gen_below(g, 4); i-- > 0;) {
		gen_date(g);
		if (gen_maybe(g)) {
			gen_put(g, gen_maybe(g) ? "09:30" : "");
			gen_plain(g);
			gen_put(g, gen_maybe(g) ? "of maria" : "");
			gen_pairs(g);
		}
		for (unsigned k = gen_below(g, 3); k-- > 0;) {
			gen_put(g, "expect");
			gen_put(g, GEN_PICK(g, expects));
		}
	}
}

static void gen_cohort(struct gen *g)
{
	static const char *const shares[] = {"all of them",
					     "12 of them",
					     "1,250 of them",
					     "75% of them",
					     "another 5 of them",
					     "another 0.5% of them",
					     "between 5% and 75% of them",
					     "another between 5 and 7, likely 6 of them"};
	static const char *const sizes[] = {"cohort 10,000 of", "cohort 1 of",
					    "cohort between 80 and 1,200 of",
					    "cohort between 80 and 120, likely 100 of"};
	gen_put(g, GEN_PICK(g, sizes));
	gen_name(g);
	gen_pairs(g);
	for (unsigned i = gen_below(g, 4); i-- > 0;) {
		gen_put(g, GEN_PICK(g, shares));
		gen_date(g);
		gen_put(g, gen_maybe(g) ? "09:30" : "");
		gen_plain(g);
		gen_pairs(g);
	}
}

static void gen_projection(struct gen *g)
{
	static const char *const totals[] = {"paid from fund $5",
					     "paid under support $1,000",
					     "paid by until $0",
					     "paid by between between $0 and $5",
					     "between 5 and 1,000 times order arrest",
					     "assessed as cohort $5",
					     "unfunded $7",
					     "unfunded from line $5",
					     "12 times order arrest",
					     "0 times unfunded pay $5 from line",
					     "1000 times start support 8 times"};
	static const char *const assumed[] = {"is $5", "is between 5% and 7.5%",
					      "is between $5 and $7, likely $6",
					      "is between 2 weeks and 20 days"};
	gen_put(g, "projection");
	gen_name(g);
	gen_title(g);
	gen_put(g, "in");
	gen_name(g);
	if (gen_maybe(g)) {
		gen_put(g, "given");
		gen_name(g);
		gen_pairs(g);
	}
	for (unsigned i = gen_below(g, 3); i-- > 0;) {
		gen_put(g, "assume");
		gen_name(g);
		gen_put(g, GEN_PICK(g, assumed));
	}
	for (unsigned i = gen_below(g, 3); i-- > 0;)
		gen_cohort(g);
	if (gen_maybe(g)) {
		gen_put(g, "until");
		gen_date(g);
	}
	for (unsigned i = gen_below(g, 4); i-- > 0;) {
		gen_put(g, "expect");
		gen_put(g, GEN_PICK(g, totals));
	}
}

/* A row stands on one line of its own, so its words are parted by blanks alone. */
static void gen_row(struct gen *g, unsigned n)
{
	static const char *const cells[] = {"any",
					    "count of conviction",
					    "-> fee",
					    "2 to  4",
					    "under $30,000 or unknown",
					    "over 5",
					    "18 or more",
					    "2026-07-01 or less",
					    "a or b or unknown or yes",
					    "balance owed - $5",
					    "provider.vetted",
					    "under",
					    "over",
					    "table",
					    "14 days"};
	buf_c(&g->out, gen_maybe(g) ? "\n  |" : "\n|");
	while (n-- > 0) {
		buf_c(&g->out, gen_maybe(g) ? " " : "");
		buf_c(&g->out, GEN_PICK(g, cells));
		buf_c(&g->out, gen_maybe(g) ? " |" : "|");
	}
	if (g->comments && gen_below(g, g->comments) == 0)
		buf_c(&g->out, " # behind a row");
	buf_c(&g->out, "\n");
}

static void gen_table(struct gen *g)
{
	unsigned n = 2 + gen_below(g, 3);
	bool replaces = gen_below(g, 4) == 0;
	gen_put(g, replaces ? "replace table" : gen_maybe(g) ? "table" : "locked table");
	gen_name(g);
	if (replaces && gen_maybe(g)) {
		gen_put(g, "from");
		gen_date(g);
	}
	if (gen_maybe(g)) {
		gen_put(g, "of");
		gen_name(g);
	}
	gen_title(g);
	for (unsigned rows = 1 + gen_below(g, 5); rows-- > 0;) {
		gen_row(g, gen_below(g, 5) ? n : 1 + gen_below(g, 4));
		if (rows == 1 && gen_maybe(g))
			gen_put(g, "cite \"there\"");
	}
	if (gen_maybe(g)) {
		buf_c(&g->out, "\n| otherwise | $5 |\n");
		gen_put(g, "drop table");
		gen_name(g);
	}
}

/* A policy file; the caller releases g->out. */
static void gen_policy(struct gen *g, uint64_t seed, unsigned comments)
{
	*g = (struct gen){.state = seed * 0x9e3779b97f4a7c15u + 1, .comments = comments};
	for (unsigned i = 0; i < 8; i++)
		gen_below(g, 2);
	for (unsigned n = 1 + gen_below(g, 8); n-- > 0;) {
		switch (gen_below(g, 12)) {
		case 7:
			gen_share(g);
			break;
		case 8:
			gen_projection(g);
			break;
		case 6:
			gen_table(g);
			break;
		case 0:
			gen_vocabulary(g);
			break;
		case 1:
			gen_param(g);
			break;
		case 2:
			gen_never(g);
			break;
		case 3:
			gen_head(g);
			break;
		case 4:
			gen_replace(g);
			break;
		case 5:
			gen_scenario(g);
			break;
		default:
			gen_block(g);
		}
	}
}

#endif
