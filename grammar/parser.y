/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar. Actions only build nodes (build.h); what a block may hold, and what an action must
 * say, is judged when the nodes are attached, so that the rules here stay few.
 *
 * A syntax error ends yyparse. parse.c looks for the next place to go on from and calls again with
 * a start token that says what is open there (START_BLOCK, ...); the open block is kept in
 * `struct build`, not on the parser's stack, and so nothing that was read is lost.
 *
 * Lists are built backwards and turned round when they are complete.
 */
%code requires {
#include "grammar/ast.h"
struct build;
}

%code {
#include "grammar/asking.h"
#include "grammar/build.h"

int parser_lex(PARSER_STYPE *value, PARSER_LTYPE *where, struct build *b); /* parse.c */
static void parser_error(const PARSER_LTYPE *where, struct build *b, const char *message);

#define YYMALLOC   mem_alloc
#define YYFREE     mem_free
#define YYINITDEPTH 200
#define YYMAXDEPTH  2000

#define YYLLOC_DEFAULT(current, rhs, n) ((current) = build_whole(&YYRHSLOC(rhs, 0), (n)))
}

%define api.pure full
%define api.prefix {parser_}
%define api.token.prefix {T_}
%define api.value.type union
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param { struct build *b }
%initial-action { @$ = (struct span){.source = build_source(b)}; }

%token START_FILE "the file" START_BLOCK "a block" START_SLOTS "facts" START_PARAM "a parameter"
%token START_PROGRAM "a program" START_COUNTY "a county" START_CALENDAR "a calendar"
%token START_SCENARIO "a scenario" START_NEVER "a never" START_FUND "a fund" START_TABLE "a table"
%token START_SHARE "a share"
%token START_PROJECTION "a projection"
%token START_CAPACITY "a capacity"
%token END 0 "the end of the file"
%token <struct ast_word> NAME "name" LABEL "name before a colon" TEXT "text" WEEKDAY "weekday" MONTH "month"
%token <struct ast_expr *> MONEY_LITERAL "amount of money" NUMBER_LITERAL "whole number"
	PERCENT_LITERAL "percentage" SHARE_LITERAL "number of them"
%token <struct ast_period> PERIOD_LITERAL "length of time"
%token <int64_t> DATE_LITERAL "date" TIME_LITERAL "time of day"
%token LE "<=" GE ">="

/* In a table: the `|` that begins and the one that ends a row, and the words of cells. */
%token ROW "row" ROW_END "end of a row" ARROW "->"
%token <struct ast_word> ALL_OF_THEM "all of them" ANOTHER "another" BETWEEN "between" LIKELY "likely"
	ASSUME "assume" COHORT "cohort" UNTIL "until" PROJECTION "projection" EXPECT_PAID_FROM "expect paid from"
	EXPECT_PAID_UNDER "expect paid under" EXPECT_PAID_BY "expect paid by"
	EXPECT_ASSESSED_AS "expect assessed as"
%token <struct ast_word> UNDER "under" OVER "over" OR_MORE "or more" OR_LESS "or less"

/* Reserved: never names. */
%token <struct ast_word> AND "and" OR "or" NOT "not" IS "is" OF "of" ON "on" WHEN "when" TO "to"
	FROM "from" FOR "for" AS "as" AT "at" IN "in" WITH "with" WITHIN "within" INTO "into"
	AGAINST "against" YES "yes" NO "no" KNOWN "known" UNKNOWN "unknown" TODAY "today" MAY "may"
	DUE "due" REMAINDER "remainder"

/* Phrases: one token each. */
%token <struct ast_word> AT_MOST "at most" HOLDS_WHILE "holds while" STOPS_ON "stops on"
	ENDS_ON "ends on" ENDS_NEVER "ends never" OTHERWISE_NOTHING "otherwise nothing"
	WHEN_NO "when no" COUNT_OF "count of" DAYS_SINCE "days since"
	PAID_UNDER "paid under" STEP_OF "step of" STAGE_OF "stage of" BALANCE_OWED "balance owed" LESSER_OF "lesser of"
	GREATER_OF "greater of" ONE_OF "one of" OR_UNKNOWN "or unknown" TO_THE_CENT "to the cent"
	HALF_UP "half up" HALF_EVEN "half even" ANSWERED_BY "answered by" DUE_WITHIN "due within"
	REMAINDER_IN "remainder in" SAME_DAY "same day" NEXT_DAY "next day"
	FIRST_OF_NEXT_MONTH "first of next month" BUSINESS_DAYS "business days"
	AMONG_OTHERS "among others" FOR_EACH "for each" OR_PART_OF "or part of" IN_LAST "in last"
	FISCAL_YEAR "fiscal year" IN_ALL "in all" ENROLLED_IN "enrolled in"
	WAITING_FOR "waiting for" WAITLIST_FOR "waitlist for"

%token <struct ast_word> MORE_THAN "more than" BROKEN "broken" MOVE_STEP "move step"
	MOVE_STAGE "move stage" ALSO_RUNNING "also for running schedules"
	SHARE "share" SHOW "show" NEEDS "needs"

/* Begin a block or a line of a scenario. */
%token <struct ast_word> TIMEZONE "timezone" CALENDAR "calendar" CASE "case" EVENT "event"
	ACTION "action" PARTY "party" REQUIREMENT "requirement" FUND "fund" PROGRAM "program"
	AMOUNT "amount" NUMBER "number" PERCENT "percent" PERIOD "period" LOCKED "locked"
	STIPEND "stipend" SCHEDULE "schedule" ESCALATION "escalation" STAGES "stages" FINE "fine" RULE "rule"
	NEVER "never" COUNTY "county" CHANGE "change" REPLACE "replace" DROP "drop" TODO "todo"
	SCENARIO "scenario" GIVEN "given" GIVEN_FUND "given fund" EXPECT "expect" TABLE "table"
	ALWAYS "always" ONLY_AFTER "only after"
	CAPACITY "capacity"

%token START_DOCKET "a docket"
%token <struct ast_word> DOCKET "docket" MEETS "meets" KEEPS "keeps" PLACE_ON "place on"
	PLACED_ON "placed on" URGENT "urgent"
%type <struct ast_docket *> meets
%type <int64_t> nth

/* Begin a clause. */
%token <struct ast_word> HOLIDAY "holiday" WEEKEND "weekend" SETS "sets" EFFECTIVE "effective"
	ADOPTS "adopts" PAY "pay" ASSESS "assess" CREDIT "credit" WAIVE "waive" REFER "refer"
	REQUIRE "require" NOTIFY "notify" ORDER "order" START "start" STOP "stop" SET "set" ENTER "enter"
	DENY "deny" STEP "step" STAGE "stage" TIER "tier" CITE "cite" OTHERWISE "otherwise"
	PLACEHOLDER "placeholder"
	OVERRIDES "overrides"
	WARN_AT "warn at" OWNER "owner"
	ENROL_IN "enrol in" RELEASE "release"

/* Mean something inside a clause. */
%token <struct ast_word> OPTIONAL "optional" CONFIDENTIAL "confidential" CONSENT "consent"
	DEFAULT "default"
	AFTER "after" PER "per" X "x" EVERY "every" MONTHLY "monthly" WEEKLY "weekly" DAILY "daily"
	YEARLY "yearly" TIMES "times" INSTALMENTS "instalments" STARTING "starting"
	ROUNDED "rounded" UP "up" DOWN "down" NOTHING "nothing" OWED "owed" REFUSED "refused" BY "by"
	FIRST "first" LAST "last" ORDINAL "second" BUDGET "budget" LEFT "left" SPENT "spent" UNFUNDED "unfunded"
	PLACES "places"
	TAKE_BACK "take back" PUT_RIGHT "put right"

%type <struct ast_word> name bare soft edge ordinal of_opt text_opt
%type <struct ast_word *> names events or_names after_opt pers
%type <struct ast_expr *> cond guard inverse comparison operand sum term primary literal value
	values limit_value dated_value set_value when_opt count
%type <enum rounding> rounding rounding_opt units_of
%type <struct ast_period> period interval in_last_opt
%type <struct phrase *> phrases phrase plan_start expect_phrases expect_phrase
%type <struct ast_action *> action plain_action otherwises verb bare_verb expect_action
%type <struct ast_trigger *> trigger
%type <struct ast_slot *> slot
%type <struct ast_type> type
%type <struct ast_cell *> cells cell
%type <struct ast_option *> options option
%type <struct ast_members> members
%type <struct ast_expr *> assumed size of_them of_them_end times money_expected money_range
%type <struct ast_dated *> dated later_value
%type <struct ast_pair *> pairs pair with_opt member_pairs member_pair member_with_opt
%type <int64_t> from_opt time_opt
%type <uint32_t> weekdays
%type <enum block_kind> block_kind
%type <enum type_kind> param_kind
%type <bool> locked_opt todo_opt
%type <struct ast_expr *> budget_amount
%type <struct ast_budget *> budget_per

%left OR
%left AND

%%

input:
	START_FILE decls
|	START_BLOCK block_tail decls
|	START_SLOTS case_tail decls
|	START_PARAM param_values decls
|	START_PROGRAM program_clauses decls
|	START_COUNTY county_clauses decls
|	START_CALENDAR calendar_clauses decls
|	START_SCENARIO scenario_lines decls
|	START_NEVER never_tail decls
|	START_FUND fund_clauses decls
|	START_TABLE table_clauses decls
|	START_DOCKET docket_clauses decls
|	START_SHARE share_clauses decls
|	START_PROJECTION projection_lines decls
|	START_CAPACITY cites decls
;

decls:
	%empty
|	decls decl { build_close(b); }
;

decl:
	vocabulary
|	program
|	param
|	block
|	table
|	share
|	never
|	county
|	change
|	replace
|	drop
|	scenario
|	projection
;

/* ---- vocabulary ---- */

vocabulary:
	timezone TEXT { build_head(b, @2, $2); }
|	named text_opt { build_head(b, @2, $2); }
|	fund_head fund_clauses
|	capacity_head cites
|	calendar_head calendar_clauses
|	docket_head docket_clauses
|	case_head case_tail
|	event_head case_tail
;

timezone:
	TIMEZONE { build_open(b, AST_TIMEZONE, T_START_FILE, @$, (struct ast_word){0}); }
;

named:
	ACTION name { build_open(b, AST_ACTION_NAME, T_START_FILE, @$, $2); }
|	PARTY name { build_open(b, AST_PARTY, T_START_FILE, @$, $2); }
|	REQUIREMENT name { build_open(b, AST_REQUIREMENT, T_START_FILE, @$, $2); }
;

fund_head:
	fund text_opt { build_head(b, @2, $2); }
|	fund text_opt BUDGET budget_amount budget_per {
		$5->amount = $4;
		build_budget(b, build_join(@3, @5), $5);
		build_head(b, @$, $2);
	}
;

fund:
	FUND name { build_open(b, AST_FUND, T_START_FUND, @$, $2); }
;

budget_amount:
	MONEY_LITERAL
|	name { $$ = expr_word(b, @1, EXPR_NAME, $1); }
;

budget_per:
	IN_ALL { $$ = build_budget_per(b, (struct ast_word){0}, (struct ast_word){0}, NULL); }
|	PER name { $$ = build_budget_per(b, $2, (struct ast_word){0}, NULL); }
|	PER FISCAL_YEAR FROM MONTH NUMBER_LITERAL { $$ = build_budget_per(b, $2, $4, $5); }
;

capacity_head:
	capacity OF name text_opt IS count PLACES {
		build_capacity(b, $3, $6);
		build_head(b, @$, $4);
	}
;

capacity:
	CAPACITY name { build_open(b, AST_CAPACITY, T_START_CAPACITY, @$, $2); }
;

cites:
	%empty
|	cites cite
;

fund_clauses:
	%empty
|	fund_clauses fund_clause
;

fund_clause:
	WARN_AT PERCENT_LITERAL { build_warn(b, @$, $2); }
|	OWNER name { build_owner(b, @$, $2); }
|	cite
;

docket_head:
	docket of_opt text_opt { build_of(b, @$, $2, $3); }
;

docket:
	DOCKET name { build_docket(b, @$, $2); }
;

docket_clauses:
	%empty
|	docket_clauses docket_clause
;

docket_clause:
	MEETS meets { build_meets(b, @$, $2); }
|	AT_MOST count bare { build_seats(b, @$, $2, $3); }
|	AT_MOST count CASE { build_seats(b, @$, $2, $3); }
|	KEEPS count FOR bare { build_keeps(b, @$, $2, $4); }
|	KEEPS count FOR URGENT { build_keeps(b, @$, $2, $4); }
|	cite
;

meets:
	WEEKLY ON WEEKDAY { $$ = meets_weekly(b, $3); }
|	EVERY PERIOD_LITERAL FROM DATE_LITERAL { $$ = meets_every(b, $2, (int32_t)$4); }
|	MONTHLY ON nth WEEKDAY { $$ = meets_monthly(b, $3, $4); }
;

nth:
	ordinal { $$ = build_ordinal($1); }
|	LAST { $$ = 0; }
;

calendar_head:
	calendar text_opt { build_head(b, @2, $2); }
;

calendar:
	CALENDAR name { build_open(b, AST_CALENDAR, T_START_CALENDAR, @$, $2); }
;

calendar_clauses:
	%empty
|	calendar_clauses calendar_clause
;

calendar_clause:
	HOLIDAY DATE_LITERAL text_opt { build_holiday(b, @$, (int32_t)$2, $3); }
|	WEEKEND weekdays { build_weekend(b, @$, $2); }
;

weekdays:
	WEEKDAY { $$ = build_weekday($1); }
|	weekdays ',' WEEKDAY { $$ = $1 | build_weekday($3); }
;

case_head:
	case text_opt { build_head(b, @2, $2); }
;

case:
	CASE name { build_open(b, AST_CASE, T_START_SLOTS, @$, $2); }
;

event_head:
	event OF names text_opt {
		build_kinds(b, $3);
		build_head(b, @$, $4);
	}
;

event:
	EVENT name { build_open(b, AST_EVENT, T_START_SLOTS, @$, $2); }
;

case_tail:
	%empty
|	case_tail slot { build_slot(b, $2); }
|	case_tail sets
;

sets:
	SETS names { build_sets(b, @$, $2); }
;

slot:
	LABEL ':' type { $$ = build_new_slot(b, @$, $1, $3); }
|	slot OPTIONAL { $$ = $1; build_slot_optional(b, $1, @2); }
|	slot CONFIDENTIAL { $$ = $1; build_slot_confidential(b, $1, @2); }
|	slot CONSENT { $$ = $1; build_slot_consent(b, $1, @2); }
|	slot DEFAULT value { $$ = $1; build_slot_default(b, $1, build_join(@2, @3), $3); }
|	slot TEXT { $$ = $1; build_slot_title(b, $1, @2, $2); }
|	slot FROM literal TO literal { $$ = $1; build_slot_range(b, $1, build_join(@2, @5), $3, $5); }
;

type:
	name { $$ = build_type(@1, $1); }
|	BUSINESS_DAYS { $$ = build_type(@1, $1); }
|	YES '/' NO { $$ = (struct ast_type){.span = @$, .kind = TYPE_YES_NO}; }
|	ONE_OF names {
		$$ = (struct ast_type){.span = @$, .kind = TYPE_CHOICE, .choices = words_turn($2)};
	}
;

/* ---- programs and counties ---- */

program:
	program_head program_clauses
;

program_head:
	program_name text_opt { build_head(b, @2, $2); }
;

program_name:
	PROGRAM name { build_open(b, AST_PROGRAM, T_START_PROGRAM, @$, $2); }
;

program_clauses:
	%empty
|	program_clauses effective
|	program_clauses cite
;

effective:
	EFFECTIVE DATE_LITERAL { build_effective(b, @$, (int32_t)$2); }
;

cite:
	CITE TEXT { build_cite(b, @$, $2); }
;

county:
	county_head county_clauses
;

county_head:
	county_name text_opt { build_head(b, @2, $2); }
;

county_name:
	COUNTY name { build_open(b, AST_COUNTY, T_START_COUNTY, @$, $2); }
;

county_clauses:
	%empty
|	county_clauses adopts
|	county_clauses cite
;

adopts:
	ADOPTS name from_opt { build_adopt(b, @$, $2, (int32_t)$3); }
;

from_opt:
	%empty { $$ = DAY_MIN; }
|	FROM DATE_LITERAL { $$ = $2; }
;

drop:
	drop_name from_opt { build_from(b, @2, (int32_t)$2); }
;

drop_name:
	DROP block_kind name { build_drop(b, @$, $2, $3); }
|	DROP TABLE name { build_drop(b, @$, BLOCK_TABLE, $3); }
|	DROP SHARE name { build_drop(b, @$, BLOCK_SHARE, $3); }
;

/* ---- parameters ---- */

param:
	param_head param_values
;

param_head:
	param_name text_opt IS dated {
		build_head(b, @2, $2);
		build_dated(b, $4);
	}
;

param_name:
	locked_opt param_kind name { build_param(b, @$, $1, $2, $3); }
;

change:
	change_head param_values
;

change_head:
	change_name TO dated {
		build_head(b, @1, (struct ast_word){0});
		build_dated(b, $3);
	}
;

change_name:
	CHANGE param_kind name { build_change(b, @$, $2, $3); }
;

param_values:
	%empty
|	param_values later_value { build_dated(b, $2); }
|	param_values cite
|	param_values PLACEHOLDER TEXT { build_placeholder(b, build_join(@2, @3), $3); }
;

dated:
	dated_value from_opt { $$ = build_new_dated(b, @$, $1, (int32_t)$2); }
;

later_value:
	dated_value FROM DATE_LITERAL { $$ = build_new_dated(b, @$, $1, (int32_t)$3); }
;

param_kind:
	AMOUNT { $$ = TYPE_MONEY; }
|	NUMBER { $$ = TYPE_NUMBER; }
|	PERCENT { $$ = TYPE_PERCENT; }
|	PERIOD { $$ = TYPE_DAYS; }
;

dated_value:
	MONEY_LITERAL
|	NUMBER_LITERAL
|	PERCENT_LITERAL
|	PERIOD_LITERAL { $$ = build_period_literal(b, @1, $1); }
;

/* ---- blocks ---- */

block:
	block_head block_tail
;

block_head:
	locked_opt block_kind name { build_block(b, @$, $1, $2, $3); }
;

block_tail:
	block_options clauses
;

block_options:
	of_opt text_opt { build_of(b, @$, $1, $2); }
;

of_opt:
	%empty { $$ = (struct ast_word){0}; }
|	OF name { $$ = $2; }
;

replace:
	replace_head block_tail
|	replace_table table_tail
|	replace_share share_tail
;

replace_head:
	replace_name from_opt { build_from(b, @2, (int32_t)$2); }
;

replace_name:
	REPLACE block_kind name { build_replace(b, @$, $2, $3); }
;

replace_table:
	replace_table_name from_opt { build_from(b, @2, (int32_t)$2); }
;

replace_table_name:
	REPLACE TABLE name { build_replace(b, @$, BLOCK_TABLE, $3); }
;

replace_share:
	replace_share_name from_opt { build_from(b, @2, (int32_t)$2); }
;

replace_share_name:
	REPLACE SHARE name { build_replace(b, @$, BLOCK_SHARE, $3); }
;

block_kind:
	STIPEND { $$ = BLOCK_STIPEND; }
|	SCHEDULE { $$ = BLOCK_SCHEDULE; }
|	ESCALATION { $$ = BLOCK_ESCALATION; }
|	STAGES { $$ = BLOCK_STAGES; }
|	FINE { $$ = BLOCK_FINE; }
|	RULE { $$ = BLOCK_RULE; }
;

locked_opt:
	%empty { $$ = false; }
|	LOCKED { $$ = true; }
;

clauses:
	%empty
|	clauses clause
;

clause:
	ON trigger { build_trigger(b, @$, $2); }
|	WHEN_NO name WITHIN period { build_absence(b, @$, $2, $4); }
|	STEP name after_opt { build_step(b, @$, BLOCK_ESCALATION, $2, $3); }
|	STAGE name after_opt { build_step(b, @$, BLOCK_STAGES, $2, $3); }
|	TIER NUMBER_LITERAL WHEN cond { build_tier(b, @$, @2, $4); }
|	ENDS_ON trigger { build_ends(b, @$, $2); }
|	ENDS_NEVER { build_said(b, @$, BLOCK_ESCALATION, "ends never"); }
|	OTHERWISE_NOTHING { build_said(b, @$, BLOCK_FINE, "otherwise nothing"); }
|	STOPS_ON trigger { build_stops(b, @$, $2); }
|	HOLDS_WHILE cond { build_holds(b, @$, $2); }
|	AT_MOST limit_value PER name { build_limit(b, @$, $2, $4); }
|	OVERRIDES names when_opt { build_overrides(b, @$, $2, $3); }
|	MOVE_STEP name TO name { build_move(b, @$, BLOCK_ESCALATION, $2, $4); }
|	MOVE_STAGE name TO name { build_move(b, @$, BLOCK_STAGES, $2, $4); }
|	ALSO_RUNNING { build_also_running(b, @$); }
|	cite
|	action { build_action(b, $1); }
;

trigger:
	events when_opt { $$ = build_new_trigger(b, @$, 0, $1, (struct ast_period){0}, $2); }
|	ordinal events in_last_opt when_opt {
		$$ = build_new_trigger(b, @$, build_ordinal($1), $2, $3, $4);
	}
;

in_last_opt:
	%empty { $$ = (struct ast_period){0}; }
|	IN_LAST period { $$ = $2; }
;

ordinal:
	FIRST
|	ORDINAL
;

events:
	soft { $$ = word_add(b, NULL, $1); }
|	edge { $$ = word_add(b, NULL, $1); }
|	events OR name { $$ = word_add(b, $1, $3); }
;

when_opt:
	%empty { $$ = NULL; }
|	WHEN cond { $$ = $2; }
;

after_opt:
	%empty { $$ = NULL; }
|	AFTER or_names { $$ = words_turn($2); }
;

or_names:
	name { $$ = word_add(b, NULL, $1); }
|	or_names OR name { $$ = word_add(b, $1, $3); }
;

limit_value:
	operand
;

/* ---- actions ---- */

action:
	plain_action
|	plain_action otherwises { $$ = build_otherwise(b, @$, $1, $2); }
;

otherwises:
	OTHERWISE plain_action { $$ = $2; }
|	otherwises OTHERWISE plain_action { $$ = $3; $3->next = $1; }
;

plain_action:
	verb phrases { $$ = build_phrases(b, @$, false, $1, $2); }
|	MAY verb phrases { $$ = build_phrases(b, @$, true, $2, $3); }
;

verb:
	PAY operand { $$ = build_verb(b, @1, ACTION_PAY, $2, (struct ast_word){0}); }
|	ASSESS operand { $$ = build_verb(b, @1, ACTION_ASSESS, $2, (struct ast_word){0}); }
|	CREDIT operand { $$ = build_verb(b, @1, ACTION_CREDIT, $2, (struct ast_word){0}); }
|	WAIVE name { $$ = build_verb(b, @1, ACTION_WAIVE, NULL, $2); }
|	REFER { $$ = build_verb(b, @1, ACTION_REFER, NULL, (struct ast_word){0}); }
|	REQUIRE name { $$ = build_verb(b, @1, ACTION_REQUIRE, NULL, $2); }
|	NOTIFY name { $$ = build_verb(b, @1, ACTION_NOTIFY, NULL, $2); }
|	ORDER name { $$ = build_verb(b, @1, ACTION_ORDER, NULL, $2); }
|	START name { $$ = build_verb(b, @1, ACTION_START, NULL, $2); }
|	STOP name { $$ = build_verb(b, @1, ACTION_STOP, NULL, $2); }
|	SET name TO set_value { $$ = build_verb(b, @1, ACTION_SET, $4, $2); }
|	ENTER name { $$ = build_verb(b, @1, ACTION_ENTER, NULL, $2); }
|	PLACE_ON name { $$ = build_verb(b, @1, ACTION_PLACE, NULL, $2); }
|	ENROL_IN name { $$ = build_verb(b, @1, ACTION_ENROL, NULL, $2); }
|	RELEASE name { $$ = build_verb(b, @1, ACTION_RELEASE, NULL, $2); }
|	DENY TEXT { $$ = build_verb(b, @1, ACTION_DENY, NULL, $2); }
;

set_value:
	operand
|	UNKNOWN { $$ = NULL; }
;

phrases:
	%empty { $$ = NULL; }
|	phrases phrase { $$ = $2; $2->next = $1; }
;

phrase:
	TO name { $$ = phrase_word(b, @$, PHRASE_TO, $2); }
|	FROM name { $$ = phrase_word(b, @$, PHRASE_FUND, $2); }
|	INTO name { $$ = phrase_word(b, @$, PHRASE_FUND, $2); }
|	AS name { $$ = phrase_word(b, @$, PHRASE_AS, $2); }
|	AGAINST name { $$ = phrase_word(b, @$, PHRASE_AGAINST, $2); }
|	ANSWERED_BY name { $$ = phrase_word(b, @$, PHRASE_ANSWERED, $2); }
|	TEXT { $$ = phrase_word(b, @$, PHRASE_TEXT, $1); }
|	WITHIN period { $$ = phrase_period(b, @$, PHRASE_WITHIN, $2); }
|	DUE_WITHIN period { $$ = phrase_period(b, @$, PHRASE_DUE, $2); }
|	URGENT { $$ = phrase_word(b, @$, PHRASE_URGENT, $1); }
|	interval { $$ = phrase_period(b, @$, PHRASE_INTERVAL, $1); }
|	FOR period { $$ = phrase_period(b, @$, PHRASE_LASTS, $2); }
|	FOR count TIMES { $$ = phrase_count(b, @$, PHRASE_TIMES, $2); }
|	IN count interval INSTALMENTS { $$ = phrase_instalments(b, @$, $2, $3); }
|	STARTING plan_start { $$ = $2; $$->span = @$; }
|	REMAINDER_IN FIRST { $$ = phrase_word(b, @$, PHRASE_REMAINDER_FIRST, $2); }
|	REMAINDER_IN LAST { $$ = phrase_word(b, @$, PHRASE_REMAINDER_LAST, $2); }
;

interval:
	DAILY { $$ = build_interval(@$, UNIT_DAYS); }
|	WEEKLY { $$ = build_interval(@$, UNIT_WEEKS); }
|	MONTHLY { $$ = build_interval(@$, UNIT_MONTHS); }
|	YEARLY { $$ = build_interval(@$, UNIT_YEARS); }
|	EVERY PERIOD_LITERAL { $$ = $2; }
;

plan_start:
	SAME_DAY { $$ = phrase_start(b, ANCHOR_SAME_DAY, (struct ast_period){0}); }
|	NEXT_DAY { $$ = phrase_start(b, ANCHOR_NEXT_DAY, (struct ast_period){0}); }
|	FIRST_OF_NEXT_MONTH { $$ = phrase_start(b, ANCHOR_NEXT_MONTH, (struct ast_period){0}); }
|	AFTER period { $$ = phrase_start(b, ANCHOR_AFTER_PERIOD, $2); }
;

period:
	PERIOD_LITERAL
|	name { $$ = (struct ast_period){.span = @1, .param = $1}; }
;

count:
	NUMBER_LITERAL
|	name { $$ = expr_word(b, @1, EXPR_NAME, $1); }
|	name '.' name { $$ = expr_member(b, @$, $1, $3); }
;

/* ---- what partners may see ---- */

share:
	share_head share_tail
;

share_head:
	locked_opt SHARE name { build_block(b, @$, $1, BLOCK_SHARE, $3); }
;

share_tail:
	block_options share_clauses
;

share_clauses:
	%empty
|	share_clauses share_clause
;

share_clause:
	WITH name { build_share_with(b, @$, $2); }
|	SHOW names { build_share_show(b, @$, $2); }
|	NEEDS name FOR period { build_share_needs(b, @$, $2, $4); }
|	WHEN cond { build_share_when(b, @$, $2); }
|	cite
;

/* ---- tables ---- */

table:
	table_head table_tail
;

table_head:
	locked_opt TABLE name { build_block(b, @$, $1, BLOCK_TABLE, $3); }
;

table_tail:
	block_options table_clauses
;

table_clauses:
	%empty
|	table_clauses cite
|	table_clauses ROW cells ROW_END { build_row(b, build_join(@2, @4), $3); }
;

cells:
	cell
|	cells '|' cell { $$ = $3; $3->next = $1; }
;

cell:
	options { $$ = build_cell(b, @$, $1); }
|	ARROW name { $$ = build_output(b, @$, $2); }
;

options:
	option
|	options OR option { $$ = $3; $3->next = $1; }
|	options OR_UNKNOWN { $$ = build_option(b, @2, OPTION_UNKNOWN, NULL, NULL); $$->next = $1; }
;

option:
	operand { $$ = build_option(b, @$, OPTION_VALUE, $1, NULL); }
|	operand TO operand { $$ = build_option(b, @$, OPTION_RANGE, $1, $3); }
|	UNDER operand { $$ = build_option(b, @$, OPTION_UNDER, $2, NULL); }
|	OVER operand { $$ = build_option(b, @$, OPTION_OVER, $2, NULL); }
|	operand OR_MORE { $$ = build_option(b, @$, OPTION_OR_MORE, $1, NULL); }
|	operand OR_LESS { $$ = build_option(b, @$, OPTION_OR_LESS, $1, NULL); }
|	UNKNOWN { $$ = build_option(b, @$, OPTION_UNKNOWN, NULL, NULL); }
;

/* ---- never ---- */

never:
	never_head never_tail
;

never_head:
	never_verb { build_head(b, @1, (struct ast_word){0}); }
|	never_verb bare { build_never_name(b, @2, $2); }
|	never_verb MORE_THAN operand pers { build_never_most(b, @$, $3, $4); }
;

never_verb:
	locked_opt NEVER bare_verb {
		build_never(b, @$, $1, INVARIANT_NEVER, (struct ast_word){0}, $3);
	}
|	locked_opt ONLY_AFTER name bare_verb {
		build_never(b, @$, $1, INVARIANT_ONLY_AFTER, $3, $4);
	}
|	locked_opt ALWAYS bare_verb {
		build_never(b, @$, $1, INVARIANT_ALWAYS, (struct ast_word){0}, $3);
	}
;

pers:
	PER name { $$ = word_add(b, NULL, $2); }
|	pers PER name { $$ = word_add(b, $1, $3); }
;

bare_verb:
	PAY { $$ = build_verb(b, @1, ACTION_PAY, NULL, (struct ast_word){0}); }
|	ASSESS { $$ = build_verb(b, @1, ACTION_ASSESS, NULL, (struct ast_word){0}); }
|	CREDIT { $$ = build_verb(b, @1, ACTION_CREDIT, NULL, (struct ast_word){0}); }
|	WAIVE { $$ = build_verb(b, @1, ACTION_WAIVE, NULL, (struct ast_word){0}); }
|	REFER { $$ = build_verb(b, @1, ACTION_REFER, NULL, (struct ast_word){0}); }
|	REQUIRE { $$ = build_verb(b, @1, ACTION_REQUIRE, NULL, (struct ast_word){0}); }
|	NOTIFY { $$ = build_verb(b, @1, ACTION_NOTIFY, NULL, (struct ast_word){0}); }
|	ORDER { $$ = build_verb(b, @1, ACTION_ORDER, NULL, (struct ast_word){0}); }
|	START { $$ = build_verb(b, @1, ACTION_START, NULL, (struct ast_word){0}); }
|	STOP { $$ = build_verb(b, @1, ACTION_STOP, NULL, (struct ast_word){0}); }
|	SET { $$ = build_verb(b, @1, ACTION_SET, NULL, (struct ast_word){0}); }
|	ENTER { $$ = build_verb(b, @1, ACTION_ENTER, NULL, (struct ast_word){0}); }
|	PLACE_ON { $$ = build_verb(b, @1, ACTION_PLACE, NULL, (struct ast_word){0}); }
|	ENROL_IN { $$ = build_verb(b, @1, ACTION_ENROL, NULL, (struct ast_word){0}); }
|	RELEASE { $$ = build_verb(b, @1, ACTION_RELEASE, NULL, (struct ast_word){0}); }
|	DENY { $$ = build_verb(b, @1, ACTION_DENY, NULL, (struct ast_word){0}); }
;

never_tail:
	%empty
|	never_tail never_clause
;

never_clause:
	TO name { build_never_to(b, @$, $2); }
|	AS name { build_never_as(b, @$, $2); }
|	AGAINST name { build_never_as(b, @$, $2); }
|	FROM name { build_never_fund(b, @$, $2); }
|	INTO name { build_never_fund(b, @$, $2); }
|	WITHIN period OF name { build_always_within(b, @$, $2, $4); }
|	FOR name { build_never_for(b, @$, $2); }
|	WHEN cond { build_never_when(b, @$, $2); }
|	TEXT { build_title(b, @$, $1); }
|	cite
;

/* ---- scenarios ---- */

scenario:
	scenario_head scenario_lines
;

scenario_head:
	scenario_title IN name { build_county(b, @3, $3); }
;

scenario_title:
	todo_opt SCENARIO TEXT { build_scenario(b, @$, $1, $3); }
;

todo_opt:
	%empty { $$ = false; }
|	TODO { $$ = true; }
;

scenario_lines:
	%empty
|	scenario_lines scenario_line
;

scenario_line:
	given
|	DATE_LITERAL { build_line(b, @$, $1, -1, (struct ast_word){0}, (struct ast_word){0}, NULL); }
|	DATE_LITERAL time_opt bare of_opt with_opt { build_line(b, @$, $1, $2, $3, $4, $5); }
|	DATE_LITERAL time_opt TAKE_BACK bare of_opt ON DATE_LITERAL {
		build_amending(b, @$, $1, $2, $4, $5, $7);
	}
|	DATE_LITERAL time_opt PUT_RIGHT bare of_opt ON DATE_LITERAL with_opt {
		build_amending(b, @$, $1, $2, $4, $5, $7)->corrects = true;
		build_correction(b, DAY_NONE, -1, $8);
	}
|	DATE_LITERAL time_opt PUT_RIGHT bare of_opt ON DATE_LITERAL TO DATE_LITERAL time_opt with_opt {
		build_amending(b, @$, $1, $2, $4, $5, $7)->corrects = true;
		build_correction(b, $9, $10, $11);
	}
|	EXPECT expectation { build_expect_span(b, @$); }
;

given:
	GIVEN name with_opt { build_given(b, @$, $2, (struct ast_word){0}, $3); }
|	GIVEN name bare with_opt { build_given(b, @$, $2, $3, $4); }
|	GIVEN_FUND name WITH MONEY_LITERAL LEFT { build_given_fund(b, @$, $2, $4, false); }
|	GIVEN_FUND name WITH MONEY_LITERAL SPENT { build_given_fund(b, @$, $2, $4, true); }
;

time_opt:
	%empty { $$ = -1; }
|	TIME_LITERAL
;

with_opt:
	%empty { $$ = NULL; }
|	WITH pairs { $$ = build_pairs($2); }
;

pairs:
	pair
|	pairs ',' pair { $$ = $3; $3->next = $1; }
;

pair:
	name value { $$ = build_pair(b, @$, $1, $2); }
;

expectation:
	NOTHING { build_expect(b, FORM_NOTHING); }
|	AMONG_OTHERS { build_expect(b, FORM_AMONG_OTHERS); }
|	expect_action { build_expect_action(b, $1, false); }
|	NO expect_action { build_expect_action(b, $2, true); }
|	UNFUNDED expect_action { build_expect_action(b, $2, false); $2->unfunded = true; }
|	NO UNFUNDED expect_action { build_expect_action(b, $3, true); $3->unfunded = true; }
|	TAKE_BACK expect_action { build_expect_action(b, $2, false); $2->taken_back = true; }
|	NO TAKE_BACK expect_action { build_expect_action(b, $3, true); $3->taken_back = true; }
|	LEFT IN name MONEY_LITERAL { build_expect_left(b, $3, $4); }
|	OWED MONEY_LITERAL { build_expect_owed(b, $2, (struct ast_word){0}); }
|	OWED MONEY_LITERAL BY name { build_expect_owed(b, $2, $4); }
|	name IS value { build_expect_fact(b, $1, $3, (struct ast_word){0}); }
|	name IS value FOR name { build_expect_fact(b, $1, $3, $5); }
|	name AT name { build_expect_step(b, $1, $3, (struct ast_word){0}); }
|	name AT name FOR name { build_expect_step(b, $1, $3, $5); }
|	SHARE name WITH name { build_expect_share(b, $2, $4, (struct ast_word){0}, false); }
|	SHARE name WITH name FOR name { build_expect_share(b, $2, $4, $6, false); }
|	NO SHARE name WITH name { build_expect_share(b, $3, $5, (struct ast_word){0}, true); }
|	NO SHARE name WITH name FOR name { build_expect_share(b, $3, $5, $7, true); }
|	BROKEN text_opt { build_expect_broken(b, @$, $2, false); }
|	NO BROKEN text_opt { build_expect_broken(b, @$, $3, true); }
|	REFUSED { build_expect(b, FORM_REFUSED); }
|	REFUSED TEXT { build_expect(b, FORM_REFUSED)->text = $2; }
;

expect_action:
	WAITLIST_FOR name expect_phrases {
		$$ = build_verb(b, @1, ACTION_ENROL, NULL, $2);
		$$->waiting = true;
		$$ = build_expect_phrases(b, @$, false, $$, $3);
	}
|	bare_verb expect_phrases { $$ = build_expect_phrases(b, @$, false, $1, $2); }
|	MAY bare_verb expect_phrases { $$ = build_expect_phrases(b, @$, true, $2, $3); }
|	bare_verb bare expect_phrases {
		$1->name = $2;
		$$ = build_expect_phrases(b, @$, false, $1, $3);
	}
|	MAY bare_verb bare expect_phrases {
		$2->name = $3;
		$$ = build_expect_phrases(b, @$, true, $2, $4);
	}
;

expect_phrases:
	%empty { $$ = NULL; }
|	expect_phrases expect_phrase { $$ = $2; $2->next = $1; }
;

expect_phrase:
	MONEY_LITERAL { $$ = phrase_count(b, @$, PHRASE_AMOUNT, $1); }
|	TO value { $$ = phrase_count(b, @$, PHRASE_TO_VALUE, $2); }
|	FROM name { $$ = phrase_word(b, @$, PHRASE_FUND, $2); }
|	INTO name { $$ = phrase_word(b, @$, PHRASE_FUND, $2); }
|	AS name { $$ = phrase_word(b, @$, PHRASE_AS, $2); }
|	AGAINST name { $$ = phrase_word(b, @$, PHRASE_AGAINST, $2); }
|	TEXT { $$ = phrase_word(b, @$, PHRASE_TEXT, $1); }
|	IN NUMBER_LITERAL INSTALMENTS { $$ = phrase_count(b, @$, PHRASE_TIMES, $2); }
|	NUMBER_LITERAL TIMES { $$ = phrase_count(b, @$, PHRASE_TIMES, $1); }
|	URGENT { $$ = phrase_word(b, @$, PHRASE_URGENT, $1); }
|	FOR name { $$ = phrase_word(b, @$, PHRASE_WHOSE, $2); }
|	DUE DATE_LITERAL { $$ = phrase_day(b, @$, (int32_t)$2); }
;

/* ---- projections ---- */

projection:
	projection_head projection_lines
;

projection_head:
	projection_name text_opt IN name { build_projection(b, @4, $2, $4); }
;

projection_name:
	PROJECTION name { build_open(b, AST_PROJECTION, T_START_PROJECTION, @$, $2); }
;

projection_lines:
	%empty
|	projection_lines projection_line
;

projection_line:
	given
|	ASSUME name IS assumed { build_assume(b, @$, $2, $4); }
|	COHORT size OF name with_opt { build_cohort(b, @$, $2, $4, $5); }
|	GIVEN_FUND name WITH money_range LEFT { build_given_fund(b, @$, $2, $4, false); }
|	GIVEN_FUND name WITH money_range SPENT { build_given_fund(b, @$, $2, $4, true); }
|	members DATE_LITERAL time_opt name member_with_opt {
		build_member_line(b, @$, $1, $2, $3, $4, $5);
	}
|	UNTIL DATE_LITERAL { build_until(b, @$, (int32_t)$2); }
|	EXPECT_PAID_FROM name money_expected { build_total(b, @$, FORM_PAID_FROM, $2, $3); }
|	EXPECT_PAID_UNDER name money_expected { build_total(b, @$, FORM_PAID_UNDER, $2, $3); }
|	EXPECT_PAID_BY name money_expected { build_total(b, @$, FORM_PAID_BY, $2, $3); }
|	EXPECT_ASSESSED_AS name money_expected { build_total(b, @$, FORM_ASSESSED_AS, $2, $3); }
|	EXPECT UNFUNDED money_expected {
		build_total(b, @$, FORM_UNFUNDED, (struct ast_word){0}, $3);
	}
|	EXPECT UNFUNDED FROM name money_expected { build_total(b, @$, FORM_UNFUNDED, $4, $5); }
|	EXPECT times TIMES expect_action { build_times(b, @$, $2, $4); }
|	EXPECT times TIMES UNFUNDED expect_action {
		build_times(b, @$, $2, $5);
		$5->unfunded = true;
	}
;

members:
	ALL_OF_THEM { $$ = (struct ast_members){.span = @$}; }
|	of_them { $$ = (struct ast_members){.span = @$, .n = $1}; }
|	ANOTHER of_them { $$ = (struct ast_members){.span = @$, .n = $2, .another = true}; }
;

/* Fields with one value or a range. What is likely looks like a field of that name. */
member_with_opt:
	%empty { $$ = NULL; }
|	WITH member_pairs { $$ = build_member_pairs($2); }
;

member_pairs:
	member_pair
|	member_pairs ',' member_pair { $$ = $3; $3->next = $1; }
;

member_pair:
	pair
|	name BETWEEN literal AND literal {
		$$ = build_pair(b, @$, $1, expr_between(b, @$, $3, $5, NULL));
	}
;

money_range:
	BETWEEN MONEY_LITERAL AND MONEY_LITERAL { $$ = expr_between(b, @$, $2, $4, NULL); }
|	BETWEEN MONEY_LITERAL AND MONEY_LITERAL ',' LIKELY MONEY_LITERAL {
		$$ = expr_between(b, @$, $2, $4, $7);
	}
;

/* One value, or a range. */
assumed:
	dated_value
|	BETWEEN dated_value AND dated_value { $$ = expr_between(b, @$, $2, $4, NULL); }
|	BETWEEN dated_value AND dated_value ',' LIKELY dated_value {
		$$ = expr_between(b, @$, $2, $4, $7);
	}
;

size:
	NUMBER_LITERAL
|	BETWEEN NUMBER_LITERAL AND NUMBER_LITERAL { $$ = expr_between(b, @$, $2, $4, NULL); }
|	BETWEEN NUMBER_LITERAL AND NUMBER_LITERAL ',' LIKELY NUMBER_LITERAL {
		$$ = expr_between(b, @$, $2, $4, $7);
	}
;

of_them:
	SHARE_LITERAL
|	BETWEEN of_them_end AND SHARE_LITERAL { $$ = expr_between(b, @$, $2, $4, NULL); }
|	BETWEEN of_them_end AND of_them_end ',' LIKELY SHARE_LITERAL {
		$$ = expr_between(b, @$, $2, $4, $7);
	}
;

of_them_end:
	NUMBER_LITERAL
|	PERCENT_LITERAL
;

money_expected:
	MONEY_LITERAL
|	BETWEEN MONEY_LITERAL AND MONEY_LITERAL { $$ = expr_between(b, @$, $2, $4, NULL); }
;

times:
	NUMBER_LITERAL
|	BETWEEN NUMBER_LITERAL AND NUMBER_LITERAL { $$ = expr_between(b, @$, $2, $4, NULL); }
;

/* ---- conditions and amounts ---- */

cond:
	guard
|	cond AND cond { $$ = expr_join(b, @$, EXPR_AND, $1, $3); }
|	cond OR cond { $$ = expr_join(b, @$, EXPR_OR, $1, $3); }
;

guard:
	inverse
|	inverse OR_UNKNOWN { $$ = expr_unary(b, @$, EXPR_OR_UNKNOWN, $1); }
;

inverse:
	comparison
|	NOT inverse { $$ = expr_unary(b, @$, EXPR_NOT, $2); }
;

comparison:
	operand
|	operand IS operand { $$ = expr_binary(b, @$, EXPR_EQ, $1, $3); }
|	operand '=' operand { $$ = expr_binary(b, @$, EXPR_EQ, $1, $3); }
|	operand IS NOT operand { $$ = expr_binary(b, @$, EXPR_NE, $1, $4); }
|	operand '<' operand { $$ = expr_binary(b, @$, EXPR_LT, $1, $3); }
|	operand LE operand { $$ = expr_binary(b, @$, EXPR_LE, $1, $3); }
|	operand '>' operand { $$ = expr_binary(b, @$, EXPR_GT, $1, $3); }
|	operand GE operand { $$ = expr_binary(b, @$, EXPR_GE, $1, $3); }
|	operand IS KNOWN { $$ = expr_unary(b, @$, EXPR_KNOWN, $1); }
|	operand IS UNKNOWN { $$ = expr_unary(b, @$, EXPR_UNKNOWN, $1); }
|	operand IS NOT KNOWN { $$ = expr_unary(b, @$, EXPR_UNKNOWN, $1); }
|	operand IS NOT UNKNOWN { $$ = expr_unary(b, @$, EXPR_KNOWN, $1); }
|	operand IS ONE_OF values { $$ = expr_one_of(b, @$, EXPR_ONE_OF, $1, $4); }
|	operand IS NOT ONE_OF values { $$ = expr_one_of(b, @$, EXPR_NOT_ONE_OF, $1, $5); }
;

values:
	value
|	values ',' value { $$ = $3; $3->next = $1; }
;

operand:
	sum
|	LESSER_OF sum AND sum { $$ = expr_binary(b, @$, EXPR_LESSER, $2, $4); }
|	GREATER_OF sum AND sum { $$ = expr_binary(b, @$, EXPR_GREATER, $2, $4); }
;

sum:
	term
|	sum '+' term { $$ = expr_binary(b, @$, EXPR_ADD, $1, $3); }
|	sum '-' term { $$ = expr_binary(b, @$, EXPR_SUB, $1, $3); }
;

term:
	primary
|	term X primary { $$ = expr_binary(b, @$, EXPR_MUL, $1, $3); }
|	term '/' primary rounding_opt { $$ = expr_rounded(b, @$, EXPR_DIV, $1, $3, $4); }
|	primary OF primary rounding_opt { $$ = expr_rounded(b, @$, EXPR_PERCENT_OF, $1, $3, $4); }
|	primary FOR_EACH primary units_of primary { $$ = expr_for_each(b, @$, $1, $3, $4, $5); }
;

units_of:
	OF { $$ = ROUND_DOWN; }
|	OR_PART_OF { $$ = ROUND_UP; }
;

rounding_opt:
	%empty { $$ = ROUND_EXACT; }
|	ROUNDED rounding TO_THE_CENT { $$ = $2; }
;

rounding:
	UP { $$ = ROUND_UP; }
|	DOWN { $$ = ROUND_DOWN; }
|	HALF_UP { $$ = ROUND_HALF_UP; }
|	HALF_EVEN { $$ = ROUND_HALF_EVEN; }
;

primary:
	literal
|	name { $$ = expr_word(b, @$, EXPR_NAME, $1); }
|	name '.' name { $$ = expr_member(b, @$, $1, $3); }
|	COUNT_OF name { $$ = expr_word(b, @$, EXPR_COUNT, $2); }
|	COUNT_OF name IN_LAST period { $$ = expr_count_in(b, @$, $2, $4); }
|	DAYS_SINCE name { $$ = expr_word(b, @$, EXPR_DAYS_SINCE, $2); }
|	PAID_UNDER name { $$ = expr_word(b, @$, EXPR_PAID_UNDER, $2); }
|	STEP_OF name { $$ = expr_word(b, @$, EXPR_STEP, $2); }
|	STAGE_OF name { $$ = expr_word(b, @$, EXPR_STAGE, $2); }
|	PLACED_ON name { $$ = expr_word(b, @$, EXPR_PLACED, $2); }
|	ENROLLED_IN name { $$ = expr_word(b, @$, EXPR_ENROLLED, $2); }
|	WAITING_FOR name { $$ = expr_word(b, @$, EXPR_WAITING, $2); }
|	BALANCE_OWED { $$ = expr_word(b, @$, EXPR_BALANCE, (struct ast_word){0}); }
|	TODAY { $$ = expr_word(b, @$, EXPR_TODAY, (struct ast_word){0}); }
|	'(' cond ')' { $$ = expr_unary(b, @$, EXPR_PAREN, $2); }
;

literal:
	MONEY_LITERAL
|	NUMBER_LITERAL
|	PERCENT_LITERAL
|	PERIOD_LITERAL { $$ = build_period_literal(b, @1, $1); }
|	DATE_LITERAL { $$ = expr_literal(b, @1, value_int(TYPE_DATE, $1)); }
|	YES { $$ = expr_literal(b, @1, value_int(TYPE_YES_NO, 1)); }
|	NO { $$ = expr_literal(b, @1, value_int(TYPE_YES_NO, 0)); }
|	TEXT { $$ = expr_literal(b, @1, value_str(TYPE_TEXT, $1.s)); }
;

value:
	literal
|	name { $$ = expr_word(b, @$, EXPR_NAME, $1); }
|	UNKNOWN { $$ = expr_word(b, @$, EXPR_UNKNOWN, (struct ast_word){0}); }
;

/* ---- words ---- */

names:
	name { $$ = word_add(b, NULL, $1); }
|	names ',' name { $$ = word_add(b, $1, $3); }
;

text_opt:
	%empty { $$ = (struct ast_word){0}; }
|	TEXT
;

name:
	bare
|	edge
;

/* What may be a name where a name may also be left out. */
bare:
	soft
|	ordinal
;

soft:
	NAME | MEETS | KEEPS | HOLIDAY | WEEKEND | SETS | EFFECTIVE | ADOPTS | PAY | ASSESS | CREDIT | WAIVE | REFER
|	REQUIRE | NOTIFY | ORDER | START | STOP | SET | ENTER | DENY | STEP | STAGE | TIER | OTHERWISE | OVERRIDES
|	OPTIONAL
|	CONFIDENTIAL | CONSENT | DEFAULT | AFTER | PER | X | EVERY | MONTHLY | WEEKLY | DAILY | YEARLY | TIMES
|	INSTALMENTS | STARTING | ROUNDED | UP | DOWN | NOTHING | OWED | REFUSED | BY | LAST
|	PLACEHOLDER
|	BROKEN | SHOW | NEEDS
|	BUDGET | OWNER | LEFT | SPENT | UNFUNDED
|	RELEASE | PLACES | LIKELY
;

/* These may follow a name that was left out. */
edge:
	DOCKET | URGENT | TIMEZONE | CALENDAR | CASE | EVENT | ACTION | PARTY | REQUIREMENT | FUND | PROGRAM | AMOUNT
|	NUMBER | PERCENT | PERIOD | LOCKED | STIPEND | SCHEDULE | ESCALATION | STAGES | FINE | RULE | NEVER
|	COUNTY | CHANGE | REPLACE | DROP | TODO | SCENARIO | GIVEN | EXPECT | CITE
|	ALWAYS | TABLE | SHARE | CAPACITY
|	PROJECTION | ASSUME | COHORT | UNTIL | ANOTHER | BETWEEN
;

%%

/* Called for a full stack only: syntax errors take the way below. */
static void parser_error(const PARSER_LTYPE *where, struct build *b, const char *message)
{
	(void)message;
	syntax_error_depth(b, *where);
}

static int yyreport_syntax_error(const yypcontext_t *context, struct build *b)
{
	yysymbol_kind_t kinds[YYNTOKENS];
	int token_of[YYNTOKENS] = {0}; /* bison's tables go from token to symbol; this is the way back */
	bool asked = asking_here(b);
	if (!asked && syntax_error_only_counted(b))
		return 0;
	for (int token = YYMAXUTOK; token >= 0; token--)
		token_of[YYTRANSLATE(token)] = token;
	int n = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
	struct expected_set expected = {0};
	for (int i = 0; i < n; i++)
		expected.token[expected.n++] = token_of[kinds[i]];
	if (!asked || !asking_answer(b, &expected))
		syntax_error(b, &expected);
	return 0;
}
