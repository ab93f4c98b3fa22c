/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/keywords.h"

#include "grammar/ast.h"
#include "grammar/parser.h"

#include <string.h>

/* Sorted by bytes, so that it can be searched by halves; a test checks the order. */
static const struct keyword keywords[] = {
    {"action", T_ACTION, KEYWORD_BLOCK},
    {"adopts", T_ADOPTS, KEYWORD_CLAUSE},
    {"after", T_AFTER, KEYWORD_WORD},
    {"against", T_AGAINST, KEYWORD_RESERVED},
    {"all of them", T_ALL_OF_THEM, KEYWORD_WORD},
    {"also for running schedules", T_ALSO_RUNNING, KEYWORD_CLAUSE},
    {"always", T_ALWAYS, KEYWORD_BLOCK},
    {"among others", T_AMONG_OTHERS, KEYWORD_WORD},
    {"amount", T_AMOUNT, KEYWORD_BLOCK},
    {"and", T_AND, KEYWORD_RESERVED},
    {"another", T_ANOTHER, KEYWORD_CLAUSE},
    {"answered by", T_ANSWERED_BY, KEYWORD_WORD},
    {"as", T_AS, KEYWORD_RESERVED},
    {"assess", T_ASSESS, KEYWORD_CLAUSE},
    {"assume", T_ASSUME, KEYWORD_CLAUSE},
    {"at", T_AT, KEYWORD_RESERVED},
    {"at most", T_AT_MOST, KEYWORD_CLAUSE},
    {"balance owed", T_BALANCE_OWED, KEYWORD_WORD},
    {"between", T_BETWEEN, KEYWORD_WORD},
    {"broken", T_BROKEN, KEYWORD_WORD},
    {"budget", T_BUDGET, KEYWORD_WORD},
    {"business days", T_BUSINESS_DAYS, KEYWORD_WORD},
    {"by", T_BY, KEYWORD_WORD},
    {"calendar", T_CALENDAR, KEYWORD_BLOCK},
    {"capacity", T_CAPACITY, KEYWORD_BLOCK},
    {"case", T_CASE, KEYWORD_BLOCK},
    {"change", T_CHANGE, KEYWORD_BLOCK},
    {"cite", T_CITE, KEYWORD_CLAUSE},
    {"cohort", T_COHORT, KEYWORD_CLAUSE},
    {"confidential", T_CONFIDENTIAL, KEYWORD_WORD},
    {"consent", T_CONSENT, KEYWORD_WORD},
    {"count of", T_COUNT_OF, KEYWORD_WORD},
    {"county", T_COUNTY, KEYWORD_BLOCK},
    {"credit", T_CREDIT, KEYWORD_CLAUSE},
    {"daily", T_DAILY, KEYWORD_WORD},
    {"days since", T_DAYS_SINCE, KEYWORD_WORD},
    {"default", T_DEFAULT, KEYWORD_WORD},
    {"deny", T_DENY, KEYWORD_CLAUSE},
    {"docket", T_DOCKET, KEYWORD_BLOCK},
    {"down", T_DOWN, KEYWORD_WORD},
    {"drop", T_DROP, KEYWORD_BLOCK},
    {"due", T_DUE, KEYWORD_RESERVED},
    {"due within", T_DUE_WITHIN, KEYWORD_WORD},
    {"effective", T_EFFECTIVE, KEYWORD_CLAUSE},
    {"eighth", T_ORDINAL, KEYWORD_WORD},
    {"ends never", T_ENDS_NEVER, KEYWORD_CLAUSE},
    {"ends on", T_ENDS_ON, KEYWORD_CLAUSE},
    {"enrol in", T_ENROL_IN, KEYWORD_CLAUSE},
    {"enroll in", T_ENROL_IN, KEYWORD_CLAUSE},
    {"enrolled in", T_ENROLLED_IN, KEYWORD_WORD},
    {"enter", T_ENTER, KEYWORD_CLAUSE},
    {"escalation", T_ESCALATION, KEYWORD_BLOCK},
    {"event", T_EVENT, KEYWORD_BLOCK},
    {"every", T_EVERY, KEYWORD_WORD},
    {"expect", T_EXPECT, KEYWORD_BLOCK},
    {"expect assessed as", T_EXPECT_ASSESSED_AS, KEYWORD_CLAUSE},
    {"expect paid by", T_EXPECT_PAID_BY, KEYWORD_CLAUSE},
    {"expect paid from", T_EXPECT_PAID_FROM, KEYWORD_CLAUSE},
    {"expect paid under", T_EXPECT_PAID_UNDER, KEYWORD_CLAUSE},
    {"fifth", T_ORDINAL, KEYWORD_WORD},
    {"fine", T_FINE, KEYWORD_BLOCK},
    {"first", T_FIRST, KEYWORD_WORD},
    {"first of next month", T_FIRST_OF_NEXT_MONTH, KEYWORD_WORD},
    {"fiscal year", T_FISCAL_YEAR, KEYWORD_WORD},
    {"for", T_FOR, KEYWORD_RESERVED},
    {"for each", T_FOR_EACH, KEYWORD_WORD},
    {"fourth", T_ORDINAL, KEYWORD_WORD},
    {"from", T_FROM, KEYWORD_RESERVED},
    {"fund", T_FUND, KEYWORD_BLOCK},
    {"given", T_GIVEN, KEYWORD_BLOCK},
    {"given fund", T_GIVEN_FUND, KEYWORD_BLOCK},
    {"greater of", T_GREATER_OF, KEYWORD_WORD},
    {"half even", T_HALF_EVEN, KEYWORD_WORD},
    {"half up", T_HALF_UP, KEYWORD_WORD},
    {"holds while", T_HOLDS_WHILE, KEYWORD_CLAUSE},
    {"holiday", T_HOLIDAY, KEYWORD_CLAUSE},
    {"in", T_IN, KEYWORD_RESERVED},
    {"in all", T_IN_ALL, KEYWORD_WORD},
    {"in last", T_IN_LAST, KEYWORD_WORD},
    {"installments", T_INSTALMENTS, KEYWORD_WORD},
    {"instalments", T_INSTALMENTS, KEYWORD_WORD},
    {"into", T_INTO, KEYWORD_RESERVED},
    {"is", T_IS, KEYWORD_RESERVED},
    {"keeps", T_KEEPS, KEYWORD_CLAUSE},
    {"known", T_KNOWN, KEYWORD_RESERVED},
    {"last", T_LAST, KEYWORD_WORD},
    {"left", T_LEFT, KEYWORD_WORD},
    {"lesser of", T_LESSER_OF, KEYWORD_WORD},
    {"likely", T_LIKELY, KEYWORD_WORD},
    {"locked", T_LOCKED, KEYWORD_BLOCK},
    {"may", T_MAY, KEYWORD_RESERVED},
    {"meets", T_MEETS, KEYWORD_CLAUSE},
    {"monthly", T_MONTHLY, KEYWORD_WORD},
    {"more than", T_MORE_THAN, KEYWORD_WORD},
    {"move stage", T_MOVE_STAGE, KEYWORD_CLAUSE},
    {"move step", T_MOVE_STEP, KEYWORD_CLAUSE},
    {"needs", T_NEEDS, KEYWORD_CLAUSE},
    {"never", T_NEVER, KEYWORD_BLOCK},
    {"next day", T_NEXT_DAY, KEYWORD_WORD},
    {"ninth", T_ORDINAL, KEYWORD_WORD},
    {"no", T_NO, KEYWORD_RESERVED},
    {"not", T_NOT, KEYWORD_RESERVED},
    {"nothing", T_NOTHING, KEYWORD_WORD},
    {"notify", T_NOTIFY, KEYWORD_CLAUSE},
    {"number", T_NUMBER, KEYWORD_BLOCK},
    {"of", T_OF, KEYWORD_RESERVED},
    {"on", T_ON, KEYWORD_RESERVED},
    {"one of", T_ONE_OF, KEYWORD_WORD},
    {"only after", T_ONLY_AFTER, KEYWORD_BLOCK},
    {"optional", T_OPTIONAL, KEYWORD_WORD},
    {"or", T_OR, KEYWORD_RESERVED},
    {"or part of", T_OR_PART_OF, KEYWORD_WORD},
    {"or unknown", T_OR_UNKNOWN, KEYWORD_WORD},
    {"order", T_ORDER, KEYWORD_CLAUSE},
    {"otherwise", T_OTHERWISE, KEYWORD_CLAUSE},
    {"otherwise nothing", T_OTHERWISE_NOTHING, KEYWORD_CLAUSE},
    {"overrides", T_OVERRIDES, KEYWORD_CLAUSE},
    {"owed", T_OWED, KEYWORD_WORD},
    {"owner", T_OWNER, KEYWORD_CLAUSE},
    {"paid under", T_PAID_UNDER, KEYWORD_WORD},
    {"party", T_PARTY, KEYWORD_BLOCK},
    {"pay", T_PAY, KEYWORD_CLAUSE},
    {"per", T_PER, KEYWORD_WORD},
    {"percent", T_PERCENT, KEYWORD_BLOCK},
    {"period", T_PERIOD, KEYWORD_BLOCK},
    {"place on", T_PLACE_ON, KEYWORD_CLAUSE},
    {"placed on", T_PLACED_ON, KEYWORD_WORD},
    {"placeholder", T_PLACEHOLDER, KEYWORD_CLAUSE},
    {"places", T_PLACES, KEYWORD_WORD},
    {"program", T_PROGRAM, KEYWORD_BLOCK},
    {"projection", T_PROJECTION, KEYWORD_BLOCK},
    {"put right", T_PUT_RIGHT, KEYWORD_WORD},
    {"refer", T_REFER, KEYWORD_CLAUSE},
    {"refused", T_REFUSED, KEYWORD_WORD},
    {"release", T_RELEASE, KEYWORD_CLAUSE},
    {"remainder", T_REMAINDER, KEYWORD_RESERVED},
    {"remainder in", T_REMAINDER_IN, KEYWORD_WORD},
    {"replace", T_REPLACE, KEYWORD_BLOCK},
    {"require", T_REQUIRE, KEYWORD_CLAUSE},
    {"requirement", T_REQUIREMENT, KEYWORD_BLOCK},
    {"rounded", T_ROUNDED, KEYWORD_WORD},
    {"rule", T_RULE, KEYWORD_BLOCK},
    {"same day", T_SAME_DAY, KEYWORD_WORD},
    {"scenario", T_SCENARIO, KEYWORD_BLOCK},
    {"schedule", T_SCHEDULE, KEYWORD_BLOCK},
    {"second", T_ORDINAL, KEYWORD_WORD},
    {"set", T_SET, KEYWORD_CLAUSE},
    {"sets", T_SETS, KEYWORD_CLAUSE},
    {"seventh", T_ORDINAL, KEYWORD_WORD},
    {"share", T_SHARE, KEYWORD_BLOCK},
    {"show", T_SHOW, KEYWORD_CLAUSE},
    {"sixth", T_ORDINAL, KEYWORD_WORD},
    {"spent", T_SPENT, KEYWORD_WORD},
    {"stage", T_STAGE, KEYWORD_CLAUSE},
    {"stage of", T_STAGE_OF, KEYWORD_WORD},
    {"stages", T_STAGES, KEYWORD_BLOCK},
    {"start", T_START, KEYWORD_CLAUSE},
    {"starting", T_STARTING, KEYWORD_WORD},
    {"step", T_STEP, KEYWORD_CLAUSE},
    {"step of", T_STEP_OF, KEYWORD_WORD},
    {"stipend", T_STIPEND, KEYWORD_BLOCK},
    {"stop", T_STOP, KEYWORD_CLAUSE},
    {"stops on", T_STOPS_ON, KEYWORD_CLAUSE},
    {"table", T_TABLE, KEYWORD_BLOCK},
    {"take back", T_TAKE_BACK, KEYWORD_WORD},
    {"tenth", T_ORDINAL, KEYWORD_WORD},
    {"third", T_ORDINAL, KEYWORD_WORD},
    {"tier", T_TIER, KEYWORD_CLAUSE},
    {"times", T_TIMES, KEYWORD_WORD},
    {"timezone", T_TIMEZONE, KEYWORD_BLOCK},
    {"to", T_TO, KEYWORD_RESERVED},
    {"to the cent", T_TO_THE_CENT, KEYWORD_WORD},
    {"today", T_TODAY, KEYWORD_RESERVED},
    {"todo", T_TODO, KEYWORD_BLOCK},
    {"unfunded", T_UNFUNDED, KEYWORD_WORD},
    {"unknown", T_UNKNOWN, KEYWORD_RESERVED},
    {"until", T_UNTIL, KEYWORD_CLAUSE},
    {"up", T_UP, KEYWORD_WORD},
    {"urgent", T_URGENT, KEYWORD_WORD},
    {"waiting for", T_WAITING_FOR, KEYWORD_WORD},
    {"waitlist for", T_WAITLIST_FOR, KEYWORD_WORD},
    {"waive", T_WAIVE, KEYWORD_CLAUSE},
    {"warn at", T_WARN_AT, KEYWORD_CLAUSE},
    {"weekend", T_WEEKEND, KEYWORD_CLAUSE},
    {"weekly", T_WEEKLY, KEYWORD_WORD},
    {"when", T_WHEN, KEYWORD_RESERVED},
    {"when no", T_WHEN_NO, KEYWORD_CLAUSE},
    {"with", T_WITH, KEYWORD_RESERVED},
    {"within", T_WITHIN, KEYWORD_RESERVED},
    {"x", T_X, KEYWORD_WORD},
    {"yearly", T_YEARLY, KEYWORD_WORD},
    {"yes", T_YES, KEYWORD_RESERVED},
};

size_t keyword_count(void)
{
	return sizeof(keywords) / sizeof(keywords[0]);
}

const struct keyword *keyword_at(size_t i)
{
	return i < keyword_count() ? &keywords[i] : NULL;
}

/* The first keyword that is not before text. */
static size_t lower_bound(struct str text)
{
	size_t lo = 0, hi = keyword_count();
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (str_cmp(str_from(keywords[mid].text), text) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct keyword *keyword_find(struct str text)
{
	size_t i = lower_bound(text);
	if (i == keyword_count() || !str_eq(str_from(keywords[i].text), text))
		return NULL;
	return &keywords[i];
}

const struct keyword *keyword_of_token(int token)
{
	for (size_t i = 0; i < keyword_count(); i++)
		if (keywords[i].token == token)
			return &keywords[i];
	return NULL;
}

bool keyword_begins_phrase(struct str word)
{
	size_t i = lower_bound(word);
	if (i < keyword_count() && str_eq(str_from(keywords[i].text), word))
		i++;
	if (i == keyword_count() || !str_starts(str_from(keywords[i].text), word))
		return false;
	return keywords[i].text[word.len] == ' ';
}
