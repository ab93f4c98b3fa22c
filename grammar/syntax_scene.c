/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/syntax_scene.h"

#include "grammar/parser.h"

bool scene_expects(const struct scene *s, int token)
{
	for (int i = 0; i < s->expected->n; i++)
		if (s->expected->token[i] == token)
			return true;
	return false;
}

const struct keyword *token_keyword(const struct token *t)
{
	return t->kind == T_NAME || t->kind == T_LABEL ? NULL : keyword_find(t->text);
}

bool token_is_word(const struct token *t)
{
	const struct keyword *k = token_keyword(t);
	return t->kind == T_NAME || (k && k->class != KEYWORD_RESERVED);
}

void token_describe(struct buf *out, const struct build *b, const struct token *t)
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
    {T_IN_LAST, "a period such as 12 months"},
    {T_EVERY, "a period such as 2 weeks"},
    {T_PAID_UNDER, "the name of a schedule"},
    {T_START, "the name of a schedule"},
    {T_STOP, "the name of a schedule"},
    {T_STEP_OF, "the name of an escalation"},
    {T_STAGE_OF, "the name of stages"},
    {T_ENTER, "the name of a stage"},
    {T_DOCKET, "the name of the docket"},
    {T_PLACE_ON, "the name of a docket"},
    {T_PLACED_ON, "the name of a docket"},
    {T_MEETS, "`weekly on`, `every 2 weeks from` or `monthly on`, and a day"},
    {T_KEEPS, "a number such as 2"},
    {T_REFER, "`to` and the name of a party"},
    {T_REQUIRE, "the name of a requirement"},
    {T_NOTIFY, "the name of a party"},
    {T_ORDER, "the name of an action"},
    {T_SET, "the name of a fact"},
    {T_SETS, "the name of a fact"},
    {T_DENY, "a reason in double quotes"},
    {T_CITE, "a citation in double quotes"},
    {T_PLACEHOLDER, "a reason in double quotes"},
    {T_TIMEZONE, "a time zone in double quotes, such as \"America/Los_Angeles\""},
    {T_SCENARIO, "a title in double quotes"},
    {T_TIER, "a number such as 1"},
    {T_STEP, "the name of the step"},
    {T_STAGE, "the name of the stage"},
    {T_AT_MOST, "a number or an amount, such as 1 or $500"},
    {T_SHARE, "the name of the share"},
    {T_SHOW, "the names of facts, with commas between"},
    {T_NEEDS, "the name of a consent, and for how long it lasts: `for 1 year`"},
    {T_MOVE_STEP, "the name of the step that is gone, `to`, and where cases stand now"},
    {T_MOVE_STAGE, "the name of the stage that is gone, `to`, and where cases stand now"},
    {T_OVERRIDES, "the name of a block of this program"},
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
    {T_FOR_EACH, "an amount such as $10"},
    {T_OR_PART_OF, "a name or an amount"},
    {T_ONE_OF, "a list of names, such as none, juvenile, adult"},
    {':', "a type such as number, money, date, yes/no or one of a, b"},
    {T_DEFAULT, "a value"},
    {',', "another name or value after the comma"},
    {'.', "the name of a fact"},
    {T_MAY, "an action such as `assess`"},
    {T_OTHERWISE, "an action such as `notify`"},
    {T_NEVER, "an action such as `order` or `pay`"},
    {T_ALWAYS, "an action such as `refer` or `notify`"},
    {T_ONLY_AFTER, "the name of an event, then an action such as `start`"},
    {T_MORE_THAN, "an amount such as $5,000"},
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
    {T_BUDGET, "an amount such as $1,000,000, or the name of one"},
    {T_CAPACITY, "the name of the capacity"},
    {T_ENROL_IN, "the name of a capacity"},
    {T_RELEASE, "the name of a capacity"},
    {T_ENROLLED_IN, "the name of a capacity"},
    {T_WAITING_FOR, "the name of a capacity"},
    {T_WAITLIST_FOR, "the name of a capacity"},
    {T_WARN_AT, "a percentage such as 80%"},
    {T_OWNER, "the name of a party"},
    {T_FISCAL_YEAR, "`from` and its first day, such as July 1"},
    {T_GIVEN_FUND, "the name of a fund"},
    {T_ASSUME, "a parameter and its value, such as course_fee is $250"},
    {T_COHORT, "how many there are of which kind, such as 100 of survivor"},
    {T_UNTIL, "a date such as 2027-12-31"},
    {T_ALL_OF_THEM, "the date on which it happens, such as 2026-07-01"},
    {T_SHARE_LITERAL, "the date on which it happens, such as 2026-07-01"},
    {T_ANOTHER, "how many, such as 100 of them"},
    {T_BETWEEN, "the lower value, `and`, the higher one, such as 80 and 120"},
    {T_LIKELY, "the value that is likely"},
    {T_EXPECT_PAID_FROM, "the name of a fund"},
    {T_EXPECT_PAID_UNDER, "the name of a schedule"},
    {T_EXPECT_PAID_BY, "the name of a block"},
    {T_EXPECT_ASSESSED_AS, "the name of a line"},
    {T_UNFUNDED, "an action such as `pay`"},
    {T_TAKE_BACK, "an event and its day, or an action such as `pay`"},
    {T_PUT_RIGHT, "an event and its day, such as session_attended on 2026-07-06"},
    {T_AMOUNT, "the name of the parameter"},
    {T_NUMBER, "the name of the parameter"},
    {T_PERCENT, "the name of the parameter"},
    {T_PERIOD, "the name of the parameter"},
    {T_STIPEND, "the name of the stipend"},
    {T_SCHEDULE, "the name of the schedule"},
    {T_ESCALATION, "the name of the escalation"},
    {T_STAGES, "the name of the stages"},
    {T_FINE, "the name of the fine"},
    {T_RULE, "the name of the rule"},
};

const char *scene_wanted(const struct scene *s)
{
	if (!s->before || (!s->swallowed && s->before->kind != T_REFER &&
			   (scene_expects(s, T_END) || scene_expects(s, T_OR_UNKNOWN))))
		return NULL;
	int kind = s->before->kind;
	if (scene_expects(s, T_PER) && s->before > s->b->tokens.at &&
	    s->before[-1].kind == T_AT_MOST)
		return s->b->resume == T_START_DOCKET
			   ? "`cases`"
			   : "`per day`, `per week`, `per month`, `per year` or `per case`";
	if (kind == T_TEXT && s->b->resume == T_START_SCENARIO && scene_expects(s, T_IN))
		return "`in` and the name of a county";
	if (kind == T_EXPECT && s->b->resume == T_START_PROJECTION)
		return "a sum such as `paid from FUND $1,000`, or how often such as `100 times "
		       "pay`";
	if (kind == T_AND && s->b->resume == T_START_PROJECTION)
		return "the higher value of the range";
	if (kind == T_FROM && scene_expects(s, T_MONTH))
		return "a month and a day, such as July 1";
	if (kind == T_FROM)
		return scene_expects(s, T_NAME) ? "the name of a fund" : "a date or a value";
	if (kind == T_OF && !scene_expects(s, T_MONEY_LITERAL))
		return "the name of a kind of case";
	if (kind == T_ON && scene_expects(s, T_WEEKDAY))
		return "a day of the week, such as Thursday";
	if (kind == T_IN)
		return scene_expects(s, T_NUMBER_LITERAL) ? "a number such as 12"
							  : "the name of a county";
	if (kind == T_FOR)
		return scene_expects(s, T_PERIOD_LITERAL) ? "a period such as 12 months"
							  : "a kind of case or the name of a case";
	if (kind == T_IS && scene_expects(s, T_MONEY_LITERAL) && !scene_expects(s, T_NAME))
		return "a value such as $100, 3, 7.5% or 14 days";
	for (size_t i = 0; i < sizeof(wanted_after) / sizeof(wanted_after[0]); i++)
		if (wanted_after[i].token == kind)
			return wanted_after[i].wanted;
	return NULL;
}

const char *scene_wanted_in_body(int resume)
{
	switch (resume) {
	case T_START_BLOCK:
		return "a clause such as `on`, `pay` or `cite`, or the next block";
	case T_START_SLOTS:
		return "a name with its type, such as age : years, or the next block";
	case T_START_PARAM:
		return "a later value such as $110 from 2028-01-01, `cite`, `placeholder`, or the "
		       "next block";
	case T_START_PROGRAM:
		return "`effective`, `cite` or the next block";
	case T_START_COUNTY:
		return "`adopts`, `cite` or the next block";
	case T_START_CALENDAR:
		return "`holiday`, `weekend` or the next block";
	case T_START_SCENARIO:
		return "`given`, a date such as 2026-07-01, or `expect`";
	case T_START_CAPACITY:
		return "`cite` or the next block";
	case T_START_FUND:
		return "`warn at`, `owner`, `cite` or the next block";
	case T_START_PROJECTION:
		return "`given`, `assume`, `cohort`, `all of them`, `until`, or `expect`";
	case T_START_TABLE:
		return "a row such as | 1 | $100 |, `cite` or the next block";
	case T_START_DOCKET:
		return "`meets`, `at most 15 cases`, `keeps` or the next block";
	case T_START_SHARE:
		return "`with`, `show`, `needs`, `when`, `cite` or the next block";
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
		     {'|', "`|`"},
		     {T_SHARE_LITERAL, "a number such as 100 of them"},
		     {T_ROW, "a row such as | 1 | $100 |"},
		     {T_ROW_END, "`|` at the end of the row"},
		     {T_OR_MORE, "`or more`"},
		     {T_OR_LESS, "`or less`"},
		     {T_NAME, "a name"},
		     {T_TEXT, "a text in double quotes"},
		     {T_MONEY_LITERAL, "an amount such as $100"},
		     {T_NUMBER_LITERAL, "a number"},
		     {T_DATE_LITERAL, "a date such as 2026-07-01"},
		     {T_TIME_LITERAL, "a time such as 09:30"},
		     {T_PERIOD_LITERAL, "a period such as 14 days"},
		     {T_WEEKDAY, "a day of the week"},
		     {T_MONTH, "a month such as July"}};
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
	if (scene_expects(s, T_END) && (token == T_ON || token == T_MAY))
		return NULL;
	if (scene_expects(s, T_NAME) && k->class != KEYWORD_RESERVED)
		return NULL; /* would be taken for a name */
	if (scene_expects(s, T_END) && (k->class == KEYWORD_BLOCK || k->class == KEYWORD_CLAUSE))
		return NULL; /* summed up as the next clause */
	return k;
}

/* A title could nearly always stand there too; it is named only when nothing else is. */
void scene_list(struct buf *out, const struct scene *s)
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
	if (scene_expects(s, T_END))
		buf_c(out, listed ? ", or the next clause" : "the next clause or block");
	else if (!listed)
		buf_c(out, scene_expects(s, T_TEXT) ? token_name(T_TEXT) : "something else");
}
