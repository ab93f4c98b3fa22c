/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/syntax_error.h"

#include "grammar/codes.h"
#include "grammar/keywords.h"
#include "grammar/parser.h"

/* ---- reading the situation ---- */

static uint32_t span_stop(struct span span)
{
	return span.off + span.len;
}

struct scene {
	struct build *b;
	const struct expected_set *expected;
	size_t start; /* token where the open clause began */
	size_t at;    /* the token that does not fit */
	const struct token *found;
	const struct token *before; /* the one before it; NULL at the beginning of a clause */
	bool swallowed; /* the parser went one token further: `expected` is of that place */
};

static bool expects(const struct scene *s, int token)
{
	for (int i = 0; i < s->expected->n; i++)
		if (s->expected->token[i] == token)
			return true;
	return false;
}

static const struct keyword *keyword_here(const struct token *t)
{
	return t->kind == T_NAME || t->kind == T_LABEL ? NULL : keyword_find(t->text);
}

static bool is_word(const struct token *t)
{
	const struct keyword *k = keyword_here(t);
	return t->kind == T_NAME || (k && k->class != KEYWORD_RESERVED);
}

/* A word that begins a clause, a line of a scenario or a block, standing first on its line. */
static bool begins_clause(const struct token *t)
{
	const struct keyword *k = keyword_here(t);
	if (!t->first)
		return false;
	if (t->kind == T_ON || t->kind == T_MAY || t->kind == T_LABEL)
		return true;
	return k && (k->class == KEYWORD_BLOCK || k->class == KEYWORD_CLAUSE);
}

static bool is_block_word(const struct token *t)
{
	const struct keyword *k = keyword_here(t);
	return k && k->class == KEYWORD_BLOCK && t->kind != T_GIVEN && t->kind != T_EXPECT;
}

bool syntax_begins_block(const struct build *b, size_t i)
{
	const struct token *t = &b->tokens.at[i];
	if (!t->first || !is_block_word(t) || i + 1 >= b->tokens.n)
		return false;
	const struct token *next = t + 1;
	switch (t->kind) {
	case T_LOCKED:
	case T_TODO:
	case T_CHANGE:
	case T_REPLACE:
	case T_DROP:
		return is_block_word(next);
	case T_TIMEZONE:
	case T_SCENARIO:
		return next->kind == T_TEXT;
	case T_NEVER:
		return keyword_here(next) && keyword_here(next)->class == KEYWORD_CLAUSE;
	default:
		return is_word(next) || next->kind == T_TEXT || next->kind == T_NUMBER_LITERAL;
	}
}

size_t syntax_clause_start(const struct build *b)
{
	size_t i = b->error_at;
	while (i > 0 && b->tokens.at[i - 1].span.off >= b->done && b->tokens.at[i - 1].span.len)
		i--;
	return i;
}

/* A clause word at the beginning of a line that was taken for a name, because the clause before it
 * is not finished: the error is there, one token earlier than where the parser saw it. */
static bool was_swallowed(const struct scene *s)
{
	return s->at > s->start && begins_clause(&s->b->tokens.at[s->at - 1]) &&
	       s->at - 1 > s->start && is_word(&s->b->tokens.at[s->at - 1]);
}

static struct scene look(struct build *b, const struct expected_set *expected)
{
	struct scene s = {.b = b, .expected = expected, .at = b->error_at};
	s.start = syntax_clause_start(b);
	if (was_swallowed(&s)) {
		b->error_at = --s.at;
		s.swallowed = true;
	}
	s.found = &b->tokens.at[s.at];
	s.before = s.at > s.start ? s.found - 1 : NULL;
	return s;
}

/* ---- words for the message ---- */

static void describe(struct buf *out, const struct build *b, const struct token *t)
{
	struct str text = {b->text.p + t->span.off, t->span.len};
	size_t most = 40;
	while (most < text.len && most > 30 && ((unsigned char)text.p[most] & 0xc0) == 0x80)
		most--;
	bool cut = text.len > most;
	if (cut)
		text.len = most;
	switch (t->kind) {
	case T_END:
		buf_c(out, "the end of the file");
		return;
	case T_TEXT:
		buf_c(out, "the text ");
		break;
	case T_MONEY_LITERAL:
		buf_c(out, "the amount ");
		break;
	case T_NUMBER_LITERAL:
	case T_PERCENT_LITERAL:
		buf_c(out, "the number ");
		break;
	case T_PERIOD_LITERAL:
		buf_c(out, "the period ");
		break;
	case T_DATE_LITERAL:
		buf_c(out, "the date ");
		break;
	default:
		buf_fmt(out, "`" STR_FMT "%s`", STR_ARG(text), cut ? "…" : "");
		return;
	}
	buf_fmt(out, STR_FMT "%s", STR_ARG(text), cut ? "…" : "");
}

/* What follows a word, as staff would call it. */
static const struct {
	int token;
	const char *wanted;
} wanted_after[] = {
    {T_ON, "the name of an event"},
    {T_ENDS_ON, "the name of an event"},
    {T_STOPS_ON, "the name of an event"},
    {T_WHEN_NO, "the name of an event"},
    {T_ANSWERED_BY, "the name of an event"},
    {T_COUNT_OF, "the name of an event"},
    {T_DAYS_SINCE, "the name of an event"},
    {T_WHEN, "a condition such as age < 18"},
    {T_HOLDS_WHILE, "a condition such as custody is not none"},
    {T_NOT, "a condition such as explained"},
    {T_AND, "a condition or an amount"},
    {T_OR, "a condition, or another name"},
    {'(', "a condition or an amount"},
    {T_PAY, "an amount such as $100"},
    {T_ASSESS, "an amount such as $100"},
    {T_CREDIT, "an amount such as $100"},
    {T_LESSER_OF, "an amount such as $100"},
    {T_GREATER_OF, "an amount such as $100"},
    {T_TO, "a name or a value"},
    {T_AS, "the name of a line, such as infraction"},
    {T_AGAINST, "the name of a line, such as infraction"},
    {T_WAIVE, "the name of a line, such as infraction"},
    {T_INTO, "the name of a fund"},
    {T_WITHIN, "a period such as 14 days"},
    {T_DUE_WITHIN, "a period such as 30 days"},
    {T_AFTER, "a name, or a period such as 30 days"},
    {T_EVERY, "a period such as 2 weeks"},
    {T_PAID_UNDER, "the name of a schedule"},
    {T_START, "the name of a schedule"},
    {T_STOP, "the name of a schedule"},
    {T_STEP_OF, "the name of an escalation"},
    {T_REFER, "`to` and the name of a party"},
    {T_REQUIRE, "the name of a requirement"},
    {T_NOTIFY, "the name of a party"},
    {T_ORDER, "the name of an action"},
    {T_SET, "the name of a fact"},
    {T_SETS, "the name of a fact"},
    {T_DENY, "a reason in double quotes"},
    {T_CITE, "a citation in double quotes"},
    {T_TIMEZONE, "a time zone in double quotes, such as \"America/Los_Angeles\""},
    {T_SCENARIO, "a title in double quotes"},
    {T_TIER, "a number such as 1"},
    {T_STEP, "the name of the step"},
    {T_AT_MOST, "a number or an amount, such as 1 or $500"},
    {T_PER, "`day`, `week`, `month`, `year` or `case`"},
    {T_STARTING, "`same day`, `next day`, `first of next month` or `after` a period"},
    {T_REMAINDER_IN, "`first` or `last`"},
    {T_ROUNDED, "`up`, `down`, `half up` or `half even`"},
    {T_UP, "`to the cent`"},
    {T_DOWN, "`to the cent`"},
    {T_HALF_UP, "`to the cent`"},
    {T_HALF_EVEN, "`to the cent`"},
    {T_EFFECTIVE, "a date such as 2026-07-01"},
    {T_HOLIDAY, "a date such as 2026-07-03"},
    {T_DUE, "a date such as 2026-07-15"},
    {T_WEEKEND, "a day of the week, such as Saturday"},
    {T_ADOPTS, "the name of a program"},
    {T_GIVEN, "a kind of case, such as survivor"},
    {T_WITH, "a name and its value, such as age 22"},
    {T_EXPECT, "what is expected, such as `nothing` or `pay $100 to survivor`"},
    {T_IS, "a value to compare with"},
    {'=', "a value to compare with"},
    {'<', "a value to compare with"},
    {'>', "a value to compare with"},
    {T_LE, "a value to compare with"},
    {T_GE, "a value to compare with"},
    {'+', "an amount or a number"},
    {'-', "an amount or a number"},
    {'/', "a number"},
    {T_X, "an amount such as $251"},
    {T_OF, "a name or an amount"},
    {T_ONE_OF, "a list of names, such as none, juvenile, adult"},
    {':', "a type such as number, money, date, yes/no or one of a, b"},
    {T_DEFAULT, "a value"},
    {',', "another name or value after the comma"},
    {'.', "the name of a fact"},
    {T_MAY, "an action such as `assess`"},
    {T_OTHERWISE, "an action such as `notify`"},
    {T_NEVER, "an action such as `order` or `pay`"},
    {T_CHANGE, "`amount`, `number`, `percent` or `period`"},
    {T_REPLACE, "the kind of block, such as `schedule`"},
    {T_DROP, "the kind of block, such as `rule`"},
    {T_LOCKED, "a parameter or a block, such as `amount` or `never`"},
    {T_TODO, "`scenario`"},
    {T_PROGRAM, "the name of the program"},
    {T_COUNTY, "the name of the county"},
    {T_CASE, "the name of the kind of case"},
    {T_EVENT, "the name of the event"},
    {T_ACTION, "the name of the action"},
    {T_PARTY, "the name of the party"},
    {T_REQUIREMENT, "the name of the requirement"},
    {T_FUND, "the name of the fund"},
    {T_CALENDAR, "the name of the calendar"},
    {T_AMOUNT, "the name of the parameter"},
    {T_NUMBER, "the name of the parameter"},
    {T_PERCENT, "the name of the parameter"},
    {T_PERIOD, "the name of the parameter"},
    {T_STIPEND, "the name of the stipend"},
    {T_SCHEDULE, "the name of the schedule"},
    {T_ESCALATION, "the name of the escalation"},
    {T_FINE, "the name of the fine"},
    {T_RULE, "the name of the rule"},
};

/* NULL when the word before does not call for anything: it was a name, or ended a phrase. */
static const char *wanted(const struct scene *s)
{
	if (!s->before || (!s->swallowed && (expects(s, T_END) || expects(s, T_OR_UNKNOWN))))
		return NULL;
	int kind = s->before->kind;
	if (kind == T_FROM)
		return expects(s, T_NAME) ? "the name of a fund" : "a date or a value";
	if (kind == T_IN)
		return expects(s, T_NUMBER_LITERAL) ? "a number such as 12"
						    : "the name of a county";
	if (kind == T_FOR)
		return expects(s, T_PERIOD_LITERAL) ? "a period such as 12 months"
						    : "a kind of case or the name of a case";
	if (kind == T_IS && expects(s, T_MONEY_LITERAL) && !expects(s, T_NAME))
		return "a value such as $100, 3, 7.5% or 14 days";
	for (size_t i = 0; i < sizeof(wanted_after) / sizeof(wanted_after[0]); i++)
		if (wanted_after[i].token == kind)
			return wanted_after[i].wanted;
	return NULL;
}

static const char *wanted_in_body(int resume)
{
	switch (resume) {
	case T_START_BLOCK:
		return "a clause such as `on`, `pay` or `cite`, or the next block";
	case T_START_SLOTS:
		return "a name with its type, such as age : years, or the next block";
	case T_START_PARAM:
		return "a later value such as $110 from 2028-01-01, `cite`, or the next block";
	case T_START_PROGRAM:
		return "`effective`, `cite` or the next block";
	case T_START_COUNTY:
		return "`adopts`, `cite` or the next block";
	case T_START_CALENDAR:
		return "`holiday`, `weekend` or the next block";
	case T_START_SCENARIO:
		return "`given`, a date such as 2026-07-01, or `expect`";
	case T_START_NEVER:
		return "`for`, `when`, `cite` or the next block";
	default:
		return "the beginning of a block, such as `program`, `rule` or `stipend`";
	}
}

static const char *token_name(int token)
{
	static const struct {
		int token;
		const char *name;
	} plain[] = {{')', "`)`"},
		     {':', "`:`"},
		     {',', "`,`"},
		     {T_NAME, "a name"},
		     {T_TEXT, "a text in double quotes"},
		     {T_MONEY_LITERAL, "an amount such as $100"},
		     {T_NUMBER_LITERAL, "a number"},
		     {T_DATE_LITERAL, "a date such as 2026-07-01"},
		     {T_TIME_LITERAL, "a time such as 09:30"},
		     {T_PERIOD_LITERAL, "a period such as 14 days"},
		     {T_WEEKDAY, "a day of the week"}};
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (plain[i].token == token)
			return plain[i].name;
	return NULL;
}

/* Worth naming in a list: words that go on inside a clause. */
static const struct keyword *listed_keyword(const struct scene *s, int token)
{
	const struct keyword *k = keyword_of_token(token);
	if (!k || token == T_ORDINAL)
		return NULL;
	if (expects(s, T_END) && (token == T_ON || token == T_MAY))
		return NULL;
	if (expects(s, T_NAME) && k->class != KEYWORD_RESERVED)
		return NULL; /* would be taken for a name */
	if (expects(s, T_END) && (k->class == KEYWORD_BLOCK || k->class == KEYWORD_CLAUSE))
		return NULL; /* summed up as the next clause */
	return k;
}

/* A title could nearly always stand there too; it is named only when nothing else is. */
static void list_expected(struct buf *out, const struct scene *s)
{
	size_t listed = 0;
	for (int i = 0; i < s->expected->n && listed < 6; i++) {
		int token = s->expected->token[i];
		const char *name = token == T_TEXT ? NULL : token_name(token);
		const struct keyword *k = listed_keyword(s, token);
		if (!name && !k)
			continue;
		buf_c(out, listed++ ? ", " : "");
		if (name)
			buf_c(out, name);
		else
			buf_fmt(out, "`%s`", k->text);
	}
	if (expects(s, T_END))
		buf_c(out, listed ? ", or the next clause" : "the next clause or block");
	else if (!listed)
		buf_c(out, expects(s, T_TEXT) ? token_name(T_TEXT) : "something else");
}

/* ---- misspelt words ---- */

static size_t allowed_distance(size_t len)
{
	return len <= 2 ? 0 : len <= 4 ? 1 : 2;
}

static const struct keyword *nearest(const struct scene *s, struct str text)
{
	const struct keyword *best = NULL;
	size_t least = allowed_distance(text.len) + 1;
	for (int i = 0; i < s->expected->n; i++) {
		const struct keyword *k = keyword_of_token(s->expected->token[i]);
		if (!k)
			continue;
		size_t d = str_distance(text, str_from(k->text), least);
		if (d < least) {
			least = d;
			best = k;
		}
	}
	return best;
}

static void complain_misspelt(const struct scene *s, struct span span, struct str text,
			      const struct keyword *k)
{
	struct diag *d =
	    build_error(s->b, W_MISSPELT, span, "`" STR_FMT "` is not a word that can stand here",
			STR_ARG(text));
	build_help(s->b, d, "did you mean `%s`?", k->text);
}

static bool close_to(struct str text, struct str word, size_t *distance)
{
	size_t most = allowed_distance(text.len), d = str_distance(text, word, most);
	*distance += d;
	return d <= most;
}

/* Whether two words are a phrase of two words, one of them misspelt. */
static bool close_to_phrase(struct str a, struct str c, const struct keyword *k)
{
	struct str phrase = str_from(k->text);
	size_t gap = 0, distance = 0;
	while (gap < phrase.len && phrase.p[gap] != ' ')
		gap++;
	if (gap == phrase.len)
		return false;
	return close_to(a, (struct str){phrase.p, gap}, &distance) &&
	       close_to(c, (struct str){phrase.p + gap + 1, phrase.len - gap - 1}, &distance) &&
	       distance > 0;
}

/* `at mots`: told, but not put right. */
static bool misspelt_phrase(struct scene *s)
{
	const struct token *a = s->found, *c = s->found + 1;
	if (a->kind == T_END || a->kind == T_TEXT || c->kind == T_TEXT || c->first)
		return false;
	for (int i = 0; i < s->expected->n; i++) {
		const struct keyword *k = keyword_of_token(s->expected->token[i]);
		if (!k || !close_to_phrase(a->text, c->text, k))
			continue;
		struct span both = build_join(a->span, c->span);
		complain_misspelt(s, both, (struct str){s->b->text.p + both.off, both.len}, k);
		return true;
	}
	return false;
}

static bool misspelt(struct scene *s)
{
	if (misspelt_phrase(s))
		return true;
	if (s->found->kind != T_NAME)
		return false;
	const struct keyword *k = nearest(s, s->found->text);
	if (!k || str_contains(str_from(k->text), STR(" ")))
		return false;
	complain_misspelt(s, s->found->span, s->found->text, k);
	struct token *t = &s->b->tokens.at[s->at];
	t->kind = k->token;
	t->text = str_from(k->text);
	s->b->patched = true;
	return true;
}

/* ---- particular mistakes; each returns true when it has said its piece ---- */

static bool unfinished(struct scene *s)
{
	if (!s->before || !(begins_clause(s->found) || s->found->kind == T_END ||
			    (s->found->first && s->found->kind == T_DATE_LITERAL)))
		return false;
	struct buf what = {0}, next = {0};
	describe(&next, s->b, s->found);
	const char *want = wanted(s);
	if (want)
		buf_c(&what, want);
	else if (expects(s, ')'))
		buf_c(&what, "a closing parenthesis");
	else
		list_expected(&what, s);
	struct str text = {s->b->text.p + s->before->span.off, s->before->span.len};
	struct diag *d =
	    build_error(s->b, W_UNFINISHED, s->before->span,
			"this clause breaks off after `" STR_FMT "`: " STR_FMT,
			(int)(text.len > 40 ? 40 : text.len), text.p, STR_ARG(buf_view(&next)));
	build_help(s->b, d, "expected " STR_FMT, STR_ARG(buf_view(&what)));
	buf_release(&what);
	buf_release(&next);
	return true;
}

static bool reserved(struct scene *s)
{
	const struct keyword *k = keyword_here(s->found);
	bool phrase = k && str_contains(str_from(k->text), STR(" "));
	if (!k || !expects(s, T_NAME) || (k->class != KEYWORD_RESERVED && !phrase))
		return false;
	const char *want = wanted(s);
	struct diag *d =
	    build_error(s->b, W_RESERVED_WORD, s->found->span,
			"`%s` is a word of the language and cannot be a name", k->text);
	if (phrase)
		build_help(s->b, d, "expected %s", want ? want : "a name");
	else
		build_help(s->b, d, "call it for example %s_%s%s%s", k->text,
			   k->token == T_WHEN ? "date" : "value", want ? "; expected here: " : "",
			   want ? want : "");
	return true;
}

static bool colon_missing(struct scene *s)
{
	bool line = !s->before || s->b->head;
	if (!line || s->b->resume != T_START_SLOTS || !is_word(s->found) || !s->found->first)
		return false;
	struct str name = s->found->text;
	struct diag *d = build_error(s->b, W_COLON_MISSING, s->found->span,
				     "a colon is missing after `" STR_FMT "`", STR_ARG(name));
	build_help(s->b, d, "write the name, a colon and the type: " STR_FMT " : number",
		   STR_ARG(name));
	return true;
}

static bool is_comparison(int kind)
{
	return kind == '<' || kind == '>' || kind == '=' || kind == T_LE || kind == T_GE ||
	       kind == T_IS;
}

static bool chained(struct scene *s)
{
	if (!is_comparison(s->found->kind) || !expects(s, T_AND) || !s->before)
		return false;
	bool compared = false;
	for (size_t i = s->start; i < s->at; i++)
		compared |= is_comparison(s->b->tokens.at[i].kind);
	if (!compared)
		return false;
	struct diag *d = build_error(s->b, W_COMPARISON_CHAIN, s->found->span,
				     "a second comparison follows the first one directly");
	build_help(s->b, d, "join two comparisons with `and`: 12 < age and age < 18");
	return true;
}

static bool locked_before(struct scene *s)
{
	if (!s->before || s->before->kind != T_LOCKED)
		return false;
	struct buf found = {0};
	describe(&found, s->b, s->found);
	struct diag *d = build_error(s->b, W_LOCKED_NOT, s->found->span,
				     STR_FMT " cannot be locked", STR_ARG(buf_view(&found)));
	build_help(s->b, d, "only parameters (`amount` …) and blocks (`rule`, `never` …) can");
	buf_release(&found);
	return true;
}

/* What people write who know other languages, or plain English. */
static const struct {
	const char *word, *hint;
} habits[] = {
    {"if", "write `on EVENT when CONDITION`, and the actions below it"},
    {"then", "leave it out: the actions follow on lines of their own"},
    {"else", "write a second block, or a tier, with the opposite condition"},
    {"unless", "write `when not` and the condition"},
    {"when", "a condition stands behind its event: `on EVENT when CONDITION`"},
    {"dollars", "write an amount with a dollar sign, such as $100"},
    {"dollar", "write an amount with a dollar sign, such as $1"},
    {"percent", "write a percentage with its sign, such as 7.5%"},
    {"must", "write `require NAME within PERIOD`"},
    {"shall", "write `require NAME within PERIOD`"},
    {"day", "write `daily`, or `every 2 days`"},
    {"week", "write `weekly`, or `every 2 weeks`"},
    {"month", "write `monthly`, or `every 3 months`"},
    {"year", "write `yearly`, or `every 2 years`"},
    {"instalments", "say how often, as in 12 weekly instalments"},
    {"installments", "say how often, as in 12 weekly instalments"},
    {"=", "write `is`"},
};

static bool hyphenated(const struct scene *s)
{
	const struct token *t = s->found;
	return t->kind == '-' && s->before && is_word(s->before) && is_word(t + 1) &&
	       span_stop(s->before->span) == t->span.off && span_stop(t->span) == t[1].span.off;
}

static bool minus_sign(const struct scene *s)
{
	const struct token *next = s->found + 1;
	return s->found->kind == '-' &&
	       (next->kind == T_MONEY_LITERAL || next->kind == T_NUMBER_LITERAL ||
		next->kind == T_PERCENT_LITERAL || next->kind == T_PERIOD_LITERAL);
}

/* A piece of advice for a habit that shows; false when there is none. */
static bool advise(const struct scene *s, struct diag *d)
{
	if (hyphenated(s)) {
		build_help(s->b, d, "names have underscores, not hyphens: " STR_FMT "_" STR_FMT,
			   STR_ARG(s->before->text), STR_ARG(s->found[1].text));
		return true;
	}
	if (minus_sign(s)) {
		build_help(s->b, d,
			   "amounts and numbers have no sign; a difference stands between "
			   "two of them");
		return true;
	}
	if (s->found->kind == T_TEXT && s->before && s->before->kind == T_TEXT) {
		build_help(s->b, d, "one text stands here; join the two");
		return true;
	}
	if (s->found->kind == ',' && s->b->resume == T_START_SCENARIO) {
		build_help(s->b, d, "write a line with `expect` for each outcome");
		return true;
	}
	struct str text = {s->b->text.p + s->found->span.off, s->found->span.len};
	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		if (!str_eq(text, str_from(habits[i].word)))
			continue;
		build_help(s->b, d, "%s", habits[i].hint);
		return true;
	}
	return false;
}

static void generic(struct scene *s)
{
	struct buf found = {0}, want = {0};
	describe(&found, s->b, s->found);
	const char *phrase = s->before ? wanted(s) : wanted_in_body(s->b->resume);
	if (!phrase && s->b->head && s->found->first)
		phrase = wanted_in_body(s->b->resume);
	if (phrase)
		buf_c(&want, phrase);
	else
		list_expected(&want, s);
	struct diag *d = build_error(s->b, W_SYNTAX, s->found->span, STR_FMT " cannot stand here",
				     STR_ARG(buf_view(&found)));
	if (!advise(s, d))
		build_help(s->b, d, "expected " STR_FMT, STR_ARG(buf_view(&want)));
	buf_release(&found);
	buf_release(&want);
}

/* The scanner has had its say about this very place: nothing is gained by a second message. */
static bool told_already(const struct build *b, struct span span)
{
	for (size_t i = 0; i < b->diags->n; i++) {
		struct span told = b->diags->at[i].span;
		if (told.source == span.source && told.off <= span_stop(span) &&
		    span.off <= span_stop(told) && b->diags->at[i].severity == SEVERITY_ERROR)
			return true;
	}
	return false;
}

/* The block whose error was told is over when another one begins in front of the error. */
static bool still_quiet(const struct build *b)
{
	if (!b->quiet)
		return false;
	for (size_t i = syntax_clause_start(b); i <= b->error_at; i++)
		if (syntax_begins_block(b, i))
			return false;
	return true;
}

void syntax_error(struct build *b, const struct expected_set *expected)
{
	if (b->stop)
		return;
	b->quiet = still_quiet(b);
	struct scene s = look(b, expected);
	if (b->quiet || told_already(b, s.found->span) ||
	    (s.before && told_already(b, s.before->span)))
		return;
	if (unfinished(&s) || misspelt(&s) || reserved(&s) || chained(&s) || colon_missing(&s) ||
	    locked_before(&s))
		return;
	generic(&s);
}

void syntax_error_depth(struct build *b, struct span where)
{
	if (b->quiet || b->stop)
		return;
	struct diag *d = build_error(b, W_NESTING, where, "this is nested too deeply");
	build_help(b, d, "split the condition over several blocks");
}
