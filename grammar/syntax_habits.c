/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/syntax_habits.h"

#include "engine/base/limits.h"
#include "grammar/codes.h"
#include "grammar/parser.h"

#define DROP     0    /* the words mean nothing here */
#define TOLD     (-1) /* cannot be put right */
#define LOOKBACK 4    /* words that the parser may have taken for names before it stumbled */

void tokens_replace(struct scene *s, size_t from, size_t n, int kind, struct str text)
{
	struct build *b = s->b;
	struct token *at = &b->tokens.at[from];
	size_t kept = kind == DROP ? 0 : 1;
	bool first = at->first;
	if (kept) {
		at->kind = kind;
		at->text = text;
		at->span = build_join(at->span, at[n - 1].span);
	}
	for (size_t i = from + n; i < b->tokens.n; i++)
		b->tokens.at[i - n + kept] = b->tokens.at[i];
	b->tokens.n -= n - kept;
	at->first = at->first || first;
	b->error_at = from;
	b->patched = true;
}

static struct str source_of(const struct build *b, struct span span)
{
	return (struct str){b->text.p + span.off, span.len};
}

/* ---- words ---- */

enum where { ANYWHERE, IN_CONDITION, AT_ERROR /* only where the parser stumbled */ };

static const struct wording {
	const char *words;
	int kind;
	const char *instead; /* NULL: leave them out */
	enum where where;
} wordings[] = {
    {"each day", T_DAILY, "daily", ANYWHERE},
    {"every day", T_DAILY, "daily", ANYWHERE},
    {"per day", T_DAILY, "daily", ANYWHERE},
    {"a day", T_DAILY, "daily", ANYWHERE},
    {"each week", T_WEEKLY, "weekly", ANYWHERE},
    {"every week", T_WEEKLY, "weekly", ANYWHERE},
    {"per week", T_WEEKLY, "weekly", ANYWHERE},
    {"a week", T_WEEKLY, "weekly", ANYWHERE},
    {"each month", T_MONTHLY, "monthly", ANYWHERE},
    {"every month", T_MONTHLY, "monthly", ANYWHERE},
    {"per month", T_MONTHLY, "monthly", ANYWHERE},
    {"a month", T_MONTHLY, "monthly", ANYWHERE},
    {"once a month", T_MONTHLY, "monthly", ANYWHERE},
    {"each year", T_YEARLY, "yearly", ANYWHERE},
    {"every year", T_YEARLY, "yearly", ANYWHERE},
    {"per year", T_YEARLY, "yearly", ANYWHERE},
    {"a year", T_YEARLY, "yearly", ANYWHERE},
    {"annually", T_YEARLY, "yearly", AT_ERROR},
    {"enrol", T_ENROL_IN, "enrol in", AT_ERROR},
    {"enroll", T_ENROL_IN, "enrol in", AT_ERROR},
    {"enrol into", T_ENROL_IN, "enrol in", AT_ERROR},
    {"waitlist", T_WAITLIST_FOR, "waitlist for", AT_ERROR},
    {"biweekly", TOLD, "every 2 weeks", AT_ERROR},
    {"quarterly", TOLD, "every 3 months", AT_ERROR},
    {"payments", T_INSTALMENTS, "instalments", AT_ERROR},
    {"instalment", T_INSTALMENTS, "instalments", AT_ERROR},
    {"installment", T_INSTALMENTS, "instalments", AT_ERROR},
    {"beginning", T_STARTING, "starting", AT_ERROR},
    {"due in", T_DUE_WITHIN, "due within", ANYWHERE},
    {"due by", T_DUE_WITHIN, "due within", ANYWHERE},
    {"no later than", T_WITHIN, "within", ANYWHERE},
    {"not later than", T_WITHIN, "within", ANYWHERE},
    {"if", T_WHEN, "when", AT_ERROR},
    {"where", T_WHEN, "when", AT_ERROR},
    {"whenever", T_ON, "on", AT_ERROR},
    {"upon", T_ON, "on", AT_ERROR},
    {"but", T_AND, "and", AT_ERROR},
    {"rounded to", TOLD, "rounded half up to the cent", ANYWHERE},
    {"a", T_PER, "per", AT_ERROR},
    {"each", T_PER, "per", AT_ERROR},
    {"every", T_PER, "per", AT_ERROR},
    {"in a", T_PER, "per", AT_ERROR},
    {"in any", T_PER, "per", AT_ERROR},
    {"by", T_ANSWERED_BY, "answered by", AT_ERROR},
    {"the next", DROP, NULL, ANYWHERE},
    {"the following", DROP, NULL, ANYWHERE},
    {"a period of", DROP, NULL, ANYWHERE},
    {"the", DROP, NULL, ANYWHERE},
    {"an", DROP, NULL, ANYWHERE},
    {"a", DROP, NULL, ANYWHERE},
    {"then", DROP, NULL, AT_ERROR},
    {"old", DROP, NULL, AT_ERROR},
    {"in the last", T_IN_LAST, "in last", AT_ERROR},
    {"in the past", T_IN_LAST, "in last", AT_ERROR},
    {"within the last", T_IN_LAST, "in last", AT_ERROR},
    {"within", T_IN_LAST, "in last", AT_ERROR},
    {"for", T_WITHIN, "within", AT_ERROR},
    {"place", T_PLACE_ON, "place on", AT_ERROR},
    {"put on", T_PLACE_ON, "place on", AT_ERROR},
    {"should", T_EXPECT, "expect", AT_ERROR},
    {"payments", T_TIMES, "times", AT_ERROR},
    {"yes or no", TOLD, "yes/no", ANYWHERE},
    {"known", TOLD, "is known", AT_ERROR},
    {"unknown", TOLD, "is unknown", AT_ERROR},
    {"until", T_STOPS_ON, "stops on", AT_ERROR},
    {"stop on", T_STOPS_ON, "stops on", ANYWHERE},
    {"stops when", T_STOPS_ON, "stops on", ANYWHERE},
    {"end on", T_ENDS_ON, "ends on", ANYWHERE},
    {"ends when", T_ENDS_ON, "ends on", ANYWHERE},
    {"hold while", T_HOLDS_WHILE, "holds while", ANYWHERE},
    {"is effective", T_EFFECTIVE, "effective", ANYWHERE},
    {"date", DROP, NULL, AT_ERROR},
    {"starting on the", T_STARTING, "starting", ANYWHERE},
    {"starting on", T_STARTING, "starting", ANYWHERE},
    {"starting the", T_STARTING, "starting", ANYWHERE},
    {"immediately", T_SAME_DAY, "same day", AT_ERROR},
    {"today", T_SAME_DAY, "same day", AT_ERROR},
    {"the same day", T_SAME_DAY, "same day", ANYWHERE},
    {"the next day", T_NEXT_DAY, "next day", ANYWHERE},
    {"first of the next month", T_FIRST_OF_NEXT_MONTH, "first of next month", ANYWHERE},
    {"first of the month", T_FIRST_OF_NEXT_MONTH, "first of next month", ANYWHERE},
    {"min of", T_LESSER_OF, "lesser of", ANYWHERE},
    {"max of", T_GREATER_OF, "greater of", ANYWHERE},
    {"smaller of", T_LESSER_OF, "lesser of", ANYWHERE},
    {"larger of", T_GREATER_OF, "greater of", ANYWHERE},
    {"starting", T_FROM, "from", AT_ERROR},
    {"is at least", T_GE, ">=", IN_CONDITION},
    {"at least", T_GE, ">=", IN_CONDITION},
    {"no less than", T_GE, ">=", IN_CONDITION},
    {"is not less than", T_GE, ">=", IN_CONDITION},
    {"not less than", T_GE, ">=", IN_CONDITION},
    {"is no less than", T_GE, ">=", IN_CONDITION},
    {"is greater than or equal to", T_GE, ">=", IN_CONDITION},
    {"greater than or equal to", T_GE, ">=", IN_CONDITION},
    {"is more than or equal to", T_GE, ">=", IN_CONDITION},
    {"more than or equal to", T_GE, ">=", IN_CONDITION},
    {"is at most", T_LE, "<=", IN_CONDITION},
    {"at most", T_LE, "<=", IN_CONDITION},
    {"is up to", T_LE, "<=", IN_CONDITION},
    {"up to", T_LE, "<=", IN_CONDITION},
    {"no more than", T_LE, "<=", IN_CONDITION},
    {"is no more than", T_LE, "<=", IN_CONDITION},
    {"is not more than", T_LE, "<=", IN_CONDITION},
    {"not more than", T_LE, "<=", IN_CONDITION},
    {"is less than or equal to", T_LE, "<=", IN_CONDITION},
    {"less than or equal to", T_LE, "<=", IN_CONDITION},
    {"is more than", '>', ">", IN_CONDITION},
    {"more than", '>', ">", IN_CONDITION},
    {"is greater than", '>', ">", IN_CONDITION},
    {"greater than", '>', ">", IN_CONDITION},
    {"is longer than", '>', ">", IN_CONDITION},
    {"longer than", '>', ">", IN_CONDITION},
    {"is older than", '>', ">", IN_CONDITION},
    {"is over", '>', ">", IN_CONDITION},
    {"over", '>', ">", AT_ERROR},
    {"is above", '>', ">", IN_CONDITION},
    {"above", '>', ">", AT_ERROR},
    {"exceeds", '>', ">", AT_ERROR},
    {"is after", '>', ">", IN_CONDITION},
    {"is less than", '<', "<", IN_CONDITION},
    {"less than", '<', "<", IN_CONDITION},
    {"fewer than", '<', "<", IN_CONDITION},
    {"is fewer than", '<', "<", IN_CONDITION},
    {"is younger than", '<', "<", IN_CONDITION},
    {"is shorter than", '<', "<", IN_CONDITION},
    {"is under", '<', "<", IN_CONDITION},
    {"under", '<', "<", AT_ERROR},
    {"is below", '<', "<", IN_CONDITION},
    {"below", '<', "<", AT_ERROR},
    {"is before", '<', "<", IN_CONDITION},
    {"before", '<', "<", AT_ERROR},
    {"is equal to", T_IS, "is", IN_CONDITION},
    {"equal to", T_IS, "is", IN_CONDITION},
    {"equals", T_IS, "is", AT_ERROR},
    {"is exactly", T_IS, "is", IN_CONDITION},
    {"are", T_IS, "is", AT_ERROR},
    {"was", T_IS, "is", AT_ERROR},
    {"has been", T_IS, "is", AT_ERROR},
    {"is in", TOLD, "is one of", IN_CONDITION},
    {"in", TOLD, "is one of", IN_CONDITION},
    {"does not equal", TOLD, "is not", IN_CONDITION},
    {"is not equal to", TOLD, "is not", IN_CONDITION},
    {"not equal to", TOLD, "is not", IN_CONDITION},
    {"is between", TOLD, ">= … and … <=", IN_CONDITION},
    {"between", TOLD, ">= … and … <=", IN_CONDITION},
    {"up to", T_AT_MOST, "at most", AT_ERROR},
    {"no more than", T_AT_MOST, "at most", AT_ERROR},
    {"not more than", T_AT_MOST, "at most", AT_ERROR},
    {"maximum", T_AT_MOST, "at most", AT_ERROR},
    {"maximum of", T_AT_MOST, "at most", AT_ERROR},
    {"max", T_AT_MOST, "at most", AT_ERROR},
    {"limit of", T_AT_MOST, "at most", AT_ERROR},
    {"limited to", T_AT_MOST, "at most", AT_ERROR},
    {"end if", DROP, NULL, AT_ERROR},
    {"end", DROP, NULL, AT_ERROR},
    {"begin", DROP, NULL, AT_ERROR},
    {"limit", T_AT_MOST, "at most", AT_ERROR},
};

/* How many tokens from i on spell the words; 0 when they do not. */
static size_t spelt(const struct build *b, size_t i, struct str words)
{
	size_t n = 0;
	while (words.len && i + n < b->tokens.n) {
		const struct token *t = &b->tokens.at[i + n];
		if (t->kind == T_TEXT || !t->text.len || !str_starts(words, t->text) ||
		    (n && t->first))
			return 0;
		words.p += t->text.len;
		words.len -= t->text.len;
		if (words.len && *words.p++ != ' ')
			return 0;
		words.len -= words.len > 0;
		n++;
	}
	return words.len ? 0 : n;
}

bool habit_in_condition(const struct scene *s)
{
	for (size_t i = s->start; i < s->at; i++) {
		int kind = s->b->tokens.at[i].kind;
		if (kind == T_WHEN || kind == T_HOLDS_WHILE)
			return !s->found->first;
	}
	return false;
}

static bool fits(const struct scene *s, const struct wording *w, size_t i, size_t n)
{
	bool condition = habit_in_condition(s);
	if (i + n < s->at || (w->where == IN_CONDITION && !condition))
		return false;
	if (w->where == AT_ERROR)
		return i == s->at && (w->kind <= 0 || scene_expects(s, w->kind));
	if (w->where == ANYWHERE && condition && w->kind != DROP && !s->found->first)
		return false;
	if (i == s->at && w->kind > 0 && !scene_expects(s, w->kind) && w->where == ANYWHERE)
		return false;
	if (i + n > s->at)
		return true;
	/* All of it stands before the error, where it was taken for a name. */
	return (n > 1 || w->kind == DROP) && !s->found->first;
}

/* The longest wording that the error lies in. */
static const struct wording *find_wording(const struct scene *s, size_t *from, size_t *n)
{
	const struct wording *best = NULL;
	*n = 0;
	for (size_t back = 0; back < LOOKBACK && back <= s->at - s->start; back++) {
		size_t i = s->at - back;
		for (size_t k = 0; k < sizeof(wordings) / sizeof(*wordings); k++) {
			size_t took = spelt(s->b, i, str_from(wordings[k].words));
			if (took <= *n || !fits(s, &wordings[k], i, took))
				continue;
			best = &wordings[k];
			*n = took;
			*from = i;
		}
	}
	return best;
}

static bool is_operand(const struct token *t)
{
	return token_is_word(t) || t->kind == T_NUMBER_LITERAL || t->kind == T_MONEY_LITERAL ||
	       t->kind == T_PERCENT_LITERAL || t->kind == T_DATE_LITERAL ||
	       t->kind == T_PERIOD_LITERAL;
}

/* `between 60 and 90`, of which r is the 60. */
static void show_between(const struct scene *s, struct diag *d, struct str what,
			 const struct token *r)
{
	struct str low = STR("LOWEST"), high = STR("HIGHEST");
	if (is_operand(r) && r[1].kind == T_AND && is_operand(r + 2)) {
		low = source_of(s->b, r->span);
		high = source_of(s->b, r[2].span);
	}
	build_help(s->b, d, "write `" STR_FMT " >= " STR_FMT " and " STR_FMT " <= " STR_FMT "`",
		   STR_ARG(what), STR_ARG(low), STR_ARG(what), STR_ARG(high));
}

/* Shows a comparison with the author's own words on both sides. */
static void show_comparison(const struct scene *s, struct diag *d, const struct wording *w,
			    size_t from, size_t n)
{
	const struct token *l = &s->b->tokens.at[from ? from - 1 : 0],
			   *r = &s->b->tokens.at[from + n];
	if (w->where != ANYWHERE && habit_in_condition(s) && from > s->start && is_operand(l) &&
	    is_operand(r) && w->kind != TOLD)
		build_help(s->b, d, "write `" STR_FMT " %s " STR_FMT "`",
			   STR_ARG(source_of(s->b, l->span)), w->instead,
			   STR_ARG(source_of(s->b, r->span)));
	else if (str_contains(str_from(w->words), STR("between")) && is_operand(l))
		show_between(s, d, source_of(s->b, l->span), r);
	else
		build_help(s->b, d, "write `%s`", w->instead);
}

static bool other_words(struct scene *s)
{
	size_t from = 0, n;
	const struct wording *w = find_wording(s, &from, &n);
	if (!w)
		return false;
	const struct token *t = &s->b->tokens.at[from];
	struct span span = build_join(t->span, t[n - 1].span);
	struct diag *d = build_error(s->b, w->kind == TOLD ? W_SYNTAX : W_WORDING, span,
				     w->instead ? "the language says `" STR_FMT "` in another way"
						: "`" STR_FMT "` has no meaning here",
				     STR_ARG(source_of(s->b, span)));
	if (w->instead)
		show_comparison(s, d, w, from, n);
	else
		build_help(s->b, d, "leave it out");
	if (w->kind != TOLD)
		tokens_replace(s, from, n, w->kind, w->instead ? str_from(w->instead) : STR(""));
	return true;
}

/* `in 2 weeks`: a deadline. */
static bool in_period(struct scene *s)
{
	if (s->found->kind != T_PERIOD_LITERAL || !s->before || s->before->kind != T_IN)
		return false;
	struct span span = build_join(s->before->span, s->found->span);
	bool owed = false, limit = s->b->tokens.at[s->start].kind == T_AT_MOST;
	for (size_t i = s->start; i < s->at; i++)
		owed |= s->b->tokens.at[i].kind == T_ASSESS;
	struct diag *d =
	    build_error(s->b, W_WORDING, span, "the language says `" STR_FMT "` in another way",
			STR_ARG(source_of(s->b, span)));
	if (limit) {
		struct token *t = &s->b->tokens.at[s->at];
		t->kind = T_NAME;
		t->text = unit_name(t->unit, false);
		build_help(s->b, d, "write `per " STR_FMT "`", STR_ARG(t->text));
		tokens_replace(s, s->at - 1, 1, T_PER, STR("per"));
		return true;
	}
	build_help(s->b, d, "write `%s %lld " STR_FMT "`", owed ? "due within" : "within",
		   (long long)s->found->n, STR_ARG(unit_name(s->found->unit, s->found->n != 1)));
	tokens_replace(s, s->at - 1, 1, owed ? T_DUE_WITHIN : T_WITHIN, STR("within"));
	return true;
}

/* ---- verbs ---- */

static const struct {
	int kind;
	struct str forms[6];
} verbs[] = {
    {T_PAY,
     {STR_INIT("pay"), STR_INIT("pays"), STR_INIT("paid"), STR_INIT("payment"), STR_INIT("give"),
      STR_INIT("gives")}},
    {T_ASSESS,
     {STR_INIT("assess"), STR_INIT("assesses"), STR_INIT("assessed"), STR_INIT("charge"),
      STR_INIT("bill"), STR_INIT("impose")}},
    {T_CREDIT, {STR_INIT("credit"), STR_INIT("credits"), STR_INIT("credited"), STR_INIT("")}},
    {T_WAIVE, {STR_INIT("waive"), STR_INIT("waives"), STR_INIT("waived"), STR_INIT("forgive")}},
    {T_REFER, {STR_INIT("refer"), STR_INIT("refers"), STR_INIT("referred"), STR_INIT("referral")}},
    {T_REQUIRE, {STR_INIT("require"), STR_INIT("requires"), STR_INIT("required"), STR_INIT("")}},
    {T_NOTIFY,
     {STR_INIT("notify"), STR_INIT("notifies"), STR_INIT("notified"), STR_INIT("tell"),
      STR_INIT("inform"), STR_INIT("alert")}},
    {T_ORDER, {STR_INIT("order"), STR_INIT("orders"), STR_INIT("ordered"), STR_INIT("")}},
    {T_START, {STR_INIT("start"), STR_INIT("starts"), STR_INIT("started"), STR_INIT("")}},
    {T_STOP, {STR_INIT("stop"), STR_INIT("stops"), STR_INIT("stopped"), STR_INIT("")}},
    {T_SETS, {STR_INIT("sets"), STR_INIT("set"), STR_INIT("writes"), STR_INIT("")}},
    {T_SET, {STR_INIT("set"), STR_INIT("sets"), STR_INIT("setting"), STR_INIT("")}},
    {T_DENY, {STR_INIT("deny"), STR_INIT("denies"), STR_INIT("denied"), STR_INIT("reject")}},
    {T_EXPECT, {STR_INIT("expect"), STR_INIT("expects"), STR_INIT("expected"), STR_INIT("")}},
    {T_ADOPTS, {STR_INIT("adopts"), STR_INIT("adopt"), STR_INIT("adopted"), STR_INIT("")}},
    {T_REFUSED, {STR_INIT("refused"), STR_INIT("rejected"), STR_INIT("refuse"), STR_INIT("")}},
};

/* A verb in another form: where it is expected, or where an `expect` took it for a fact. */
bool habit_verb(struct scene *s)
{
	bool taken = s->before && s->before->kind == T_NAME && s->at >= 2 &&
		     scene_expects(s, T_IS) && scene_expects(s, T_AT) && !s->swallowed;
	const struct token *t = taken ? s->before : s->found;
	if (t->kind == T_END || t[1].kind == T_WHEN || t[1].kind == T_ON)
		return false; /* `stops when`: a clause, and no action */
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		for (size_t k = 1; k < 6; k++) {
			if (!verbs[i].forms[k].len || !str_eq(verbs[i].forms[k], t->text) ||
			    t->kind == T_TEXT || (!taken && !scene_expects(s, verbs[i].kind)))
				continue;
			struct str verb = verbs[i].forms[0];
			struct diag *d = build_error(
			    s->b, W_MISSPELT, t->span,
			    "`" STR_FMT "` is not a word that can stand here", STR_ARG(t->text));
			build_help(s->b, d, "did you mean `" STR_FMT "`?", STR_ARG(verb));
			tokens_replace(s, taken ? s->at - 1 : s->at, 1, verbs[i].kind, verb);
			return true;
		}
	return false;
}

/* `bonus: $100`, `step one:` */
static bool label_for_name(struct scene *s)
{
	if (s->found->kind != T_LABEL || !scene_expects(s, T_NAME))
		return false;
	struct diag *d =
	    build_error(s->b, W_SYNTAX, s->found->span, "no colon stands after this name");
	build_help(s->b, d, "leave the colon out");
	tokens_replace(s, s->at, 2, T_NAME, s->found->text);
	return true;
}

bool habit_wording(struct scene *s)
{
	return in_period(s) || label_for_name(s) || other_words(s);
}

/* ---- names ---- */

static bool touches(const struct token *a, const struct token *b)
{
	return a->span.off + a->span.len == b->span.off;
}

static bool plain(const struct scene *s, const struct token *t)
{
	if (t->first || t->kind == T_END)
		return false;
	/* Behind these names stands nothing but a title. */
	bool all = s->b->head && s->b->decl &&
		   (s->b->decl->kind == AST_PROGRAM || s->b->decl->kind == AST_COUNTY ||
		    s->b->decl->kind == AST_PARTY || s->b->decl->kind == AST_ACTION_NAME ||
		    s->b->decl->kind == AST_REQUIREMENT || s->b->decl->kind == AST_FUND);
	return t->kind == T_NAME || (all && token_keyword(t));
}

/* Words behind a name, up to the end of the line or a word of the language. */
static size_t spaced_parts(const struct scene *s)
{
	static const int leads[] = {T_ON,       T_ENDS_ON,    T_STOPS_ON, T_WHEN_NO, T_ANSWERED_BY,
				    T_COUNT_OF, T_DAYS_SINCE, T_WAIVE,    T_REQUIRE, T_NOTIFY,
				    T_ORDER,    T_START,      T_STOP,     T_AS,      T_AGAINST,
				    T_INTO,     T_ADOPTS,     T_PAY,      T_ASSESS,  T_CREDIT,
				    T_STEP,     T_AFTER,      T_SETS,     T_OR,      T_TO,
				    T_FROM,     T_WHEN,       T_AND,      T_NOT,     T_GIVEN};
	bool lead = s->b->head;
	for (size_t i = 0; s->at >= 2 && i < sizeof(leads) / sizeof(*leads); i++)
		lead |= s->found[-2].kind == leads[i];
	size_t n = 1;
	while (lead && plain(s, s->found + n - 1))
		n++;
	/* `event met survivor` lacks its `of` */
	bool whose = s->b->head && s->b->decl && s->b->decl->kind == AST_EVENT;
	if (whose && s->found[n - 1].kind != T_OF)
		return 1;
	/* `as course over 12 weeks` is a phrase, and no name */
	int next = s->found[n - 1].kind;
	return next == T_NUMBER_LITERAL || next == T_PERIOD_LITERAL || next == T_MONEY_LITERAL ? 1
											       : n;
}

/* Parts joined by hyphens, without spaces. */
static size_t hyphened_parts(const struct scene *s)
{
	size_t n = 1;
	const struct token *t = s->found;
	while (t->kind == '-' && touches(t - 1, t) && touches(t, t + 1) && token_is_word(t + 1)) {
		t += 2;
		n += 2;
	}
	return n;
}

static struct str joined(const struct scene *s, size_t n)
{
	struct buf t = {0};
	for (size_t i = 0; i < n; i++) {
		const struct token *part = &s->before[i];
		if (part->kind == '-')
			continue;
		buf_c(&t, t.len ? "_" : "");
		buf_str(&t, part->text);
	}
	struct str name = arena_str(s->b->arena, buf_view(&t));
	buf_release(&t);
	return name;
}

static size_t name_parts(const struct scene *s, struct str *name)
{
	if (!s->before || !token_is_word(s->before) || s->before->kind == T_LABEL)
		return 0;
	size_t n = s->found->kind == '-' ? hyphened_parts(s) : spaced_parts(s);
	if (n < 2)
		return 0;
	*name = joined(s, n);
	return name->len <= LIMIT_NAME_BYTES ? n : 0;
}

bool habit_name_quietly(struct scene *s)
{
	struct str name;
	size_t n = name_parts(s, &name);
	if (n)
		tokens_replace(s, s->at - 1, n, T_NAME, name);
	return n > 0;
}

/* `on twelfth visit`: the words end with `tenth`. */
static bool is_late_ordinal(struct scene *s, size_t n, struct span span)
{
	static const struct str words[] = {STR("eleventh"),    STR("twelfth"),    STR("thirteenth"),
					   STR("fourteenth"),  STR("fifteenth"),  STR("sixteenth"),
					   STR("seventeenth"), STR("eighteenth"), STR("nineteenth"),
					   STR("twentieth")};
	for (size_t i = 0; n == 2 && i < sizeof(words) / sizeof(*words); i++) {
		if (!str_eq(source_of(s->b, s->before->span), words[i]))
			continue;
		struct str event = source_of(s->b, s->found->span);
		struct diag *d = build_error(s->b, W_NAME_PARTS, span,
					     "`" STR_FMT "` is no word of the language; they end "
					     "with `tenth`",
					     STR_ARG(words[i]));
		build_help(s->b, d, "write `on " STR_FMT " when count of " STR_FMT " is %zu`",
			   STR_ARG(event), STR_ARG(event), i + 11);
		tokens_replace(s, s->at - 1, n, T_NAME, event);
		return true;
	}
	return false;
}

bool habit_name(struct scene *s)
{
	struct str name;
	size_t n = name_parts(s, &name);
	if (!n)
		return false;
	struct span span = build_join(s->before->span, s->before[n - 1].span);
	if (is_late_ordinal(s, n, span))
		return true;
	bool hyphen = s->found->kind == '-';
	struct diag *d =
	    build_error(s->b, W_NAME_PARTS, span,
			hyphen ? "names have underscores, not hyphens" : "a name is a single word");
	if (!hyphen && n == 2 && habit_in_condition(s))
		build_help(s->b, d,
			   "if one thing is meant, write `" STR_FMT
			   "`; what is known of another case "
			   "is `" STR_FMT "." STR_FMT "`",
			   STR_ARG(name), STR_ARG(source_of(s->b, s->before->span)),
			   STR_ARG(source_of(s->b, s->found->span)));
	else
		build_help(s->b, d,
			   hyphen ? "write `" STR_FMT "`"
				  : "if one thing is meant, write `" STR_FMT "`",
			   STR_ARG(name));
	tokens_replace(s, s->at - 1, n, T_NAME, name);
	return true;
}
