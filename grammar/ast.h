/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of one policy file, as written: the parser only builds it, resolve and check look things
 * up and judge it, lower turns it into the rule graph, format prints it back. Nodes live in the
 * compilation's arena; lists are singly linked through `next`, in order of writing. Words are kept
 * as the author wrote them; nothing is looked up here.
 */
#ifndef WAYMARK_GRAMMAR_AST_H
#define WAYMARK_GRAMMAR_AST_H

#include "engine/base/arena.h"
#include "engine/base/diag.h"
#include "engine/policy/policy.h"

/* A word or text with its place; len 0 of `s` means absent. */
struct ast_word {
	struct str s; /* a text literal comes without its quotes */
	struct span span;
	struct ast_word *next; /* in lists of words */
};

/* ---- expressions ---- */

enum ast_expr_kind {
	EXPR_LITERAL,    /* value; weeks: written in weeks, held in days */
	EXPR_NAME,       /* word: field, fact, parameter, choice — resolve decides */
	EXPR_MEMBER,     /* word . word2 */
	EXPR_COUNT,      /* count of word */
	EXPR_COUNT_IN,   /* count of word in last a: a literal length, or a parameter's name */
	EXPR_DAYS_SINCE, /* days since word */
	EXPR_PAID_UNDER, /* paid under word */
	EXPR_STEP,       /* step of word: compares with the name of a step or `none` */
	EXPR_STAGE,      /* stage of word: likewise */
	EXPR_PLACED,     /* placed on word */
	EXPR_ENROLLED,   /* enrolled in word */
	EXPR_WAITING,    /* waiting for word */
	EXPR_BALANCE,    /* balance owed */
	EXPR_TODAY,
	EXPR_NOT, /* a */
	EXPR_AND,
	EXPR_OR, /* a, b */
	EXPR_EQ,
	EXPR_NE,
	EXPR_LT,
	EXPR_LE,
	EXPR_GT,
	EXPR_GE,
	EXPR_KNOWN,
	EXPR_UNKNOWN,    /* a is known, a is unknown. EXPR_UNKNOWN with a NULL is
			    the value `unknown` in scenarios */
	EXPR_OR_UNKNOWN, /* a or unknown */
	EXPR_ONE_OF,     /* a is one of list (each an expression: literal or name) */
	EXPR_NOT_ONE_OF, /* a is not one of list */
	EXPR_ADD,
	EXPR_SUB,
	EXPR_MUL,        /* a, b; `52 x $251` is EXPR_MUL */
	EXPR_DIV,        /* a / b, rounding */
	EXPR_PERCENT_OF, /* a of b, rounding */
	EXPR_FOR_EACH,   /* a for each b; b is EXPR_UNITS */
	EXPR_UNITS,      /* a of b: how often a goes into b; rounding: up with `or part` */
	EXPR_LESSER,
	EXPR_GREATER, /* of a and b */
	EXPR_PAREN,   /* ( a ): kept for format and for the check on mixed and/or */
	EXPR_BETWEEN, /* between a and b, likely list: a range in a projection; no list: not said */
};

struct ast_expr {
	enum ast_expr_kind kind;
	struct span span;
	struct ast_word word, word2;
	struct value value; /* EXPR_LITERAL */
	bool weeks;
	uint16_t height;  /* of the tree below: at most LIMIT_EXPR_HEIGHT */
	uint16_t nesting; /* parentheses and `not`: at most LIMIT_NESTING */
	struct ast_expr *a, *b;
	struct ast_expr *list; /* EXPR_ONE_OF: first of the options; EXPR_BETWEEN: what is likely */
	enum rounding rounding; /* ROUND_EXACT: not stated */
	struct ast_expr *next;  /* in lists */
};

/* ---- small pieces ---- */

/* `14 days` or the name of a parameter; absent: span.len 0. Weeks are kept as written here. */
struct ast_period {
	struct span span;
	enum unit unit;
	int64_t n;
	struct ast_word param; /* instead of n and unit */
};

/* `monthly for 12 months starting first of next month`, `in 12 weekly instalments` */
struct ast_plan {
	struct span span; /* len 0: absent */
	int64_t every;    /* 1 for monthly; unit */
	enum unit unit;
	bool has_interval;
	struct ast_expr *times;  /* `for 12 times`, `in 12 … instalments`: a number; or NULL */
	struct ast_period lasts; /* `for 12 months`: a length of time */
	enum anchor anchor;
	struct ast_period anchor_period;
	bool remainder_stated, remainder_in_last;
};

/* What must never happen, may happen only after an event, or must happen in time after one. */
enum ast_invariant { INVARIANT_NEVER, INVARIANT_ONLY_AFTER, INVARIANT_ALWAYS };
enum ast_never_form { NEVER_ANY, NEVER_NAME, NEVER_TO, NEVER_AS };

struct ast_action {
	enum action_kind kind;
	bool may;
	bool unfunded;    /* expected to be */
	bool waiting;     /* likewise */
	bool taken_back;  /* likewise */
	struct span span; /* the whole */
	struct span head; /* without its `otherwise` */
	struct ast_expr *amount;
	struct ast_word to;   /* pay, refer, notify */
	struct ast_word fund; /* from / into */
	struct ast_word name; /* as LINE, against LINE, waive LINE, require NAME, order NAME,
				 start/stop SCHEDULE, set FACT, enter STAGE, place on
				 DOCKET */
	struct ast_word text; /* notify, deny */
	struct ast_plan plan;
	struct ast_period within; /* also `due within` */
	struct ast_word answered_by;
	bool urgent; /* place */
	struct ast_action *otherwise;
	struct ast_expr *value; /* set; NULL: `unknown` */
	struct ast_action *next;
};

/* `on a or b when …`, `on second a`, `when no a within 14 days` (absence) */
struct ast_trigger {
	struct span span;
	struct ast_word *events;
	int64_t ordinal;       /* 0: none; 2: `on second …` */
	struct ast_expr *when; /* or NULL */
	bool absence;
	struct ast_period within; /* of an absence; with an ordinal: `in last …`, or absent */
	struct ast_trigger *next;
};

struct ast_move { /* move step OLD to NEW */
	struct span span;
	bool stage; /* written `move stage` */
	struct ast_word from, to;
	struct ast_move *next;
};

struct ast_limit {
	struct span span;
	struct ast_expr *most;
	bool per_case;
	enum unit per;
	struct ast_limit *next;
};

/* A tier, a step, a stage, or the body of a block itself. */
struct ast_section {
	struct span span;     /* the head line */
	struct ast_word name; /* step's name; tier's number as text; empty for a body */
	bool stage;
	struct ast_word title, cite;
	struct ast_word *after; /* steps; `none` never stands here */
	struct ast_expr *when;  /* tiers */
	struct ast_trigger *triggers;
	struct ast_action *actions;
	struct ast_section *next;
};

/* ---- tables ---- */

enum ast_option_kind {
	OPTION_VALUE, /* a: a value, a choice, a parameter; a header's expression; `any` and
			 `otherwise` are names here */
	OPTION_RANGE, /* a to b */
	OPTION_UNDER,
	OPTION_OVER,
	OPTION_OR_MORE,
	OPTION_OR_LESS, /* a */
	OPTION_UNKNOWN
};

struct ast_option { /* `a or b` in a cell are two of them */
	struct span span;
	enum ast_option_kind kind;
	struct ast_expr *a, *b;
	struct ast_option *next;
};

struct ast_cell {
	struct span span;
	struct ast_word output; /* `-> NAME`, in the header */
	struct ast_option *options;
	struct ast_cell *next;
};

struct ast_row {
	struct span span;
	struct ast_cell *cells;
	struct ast_row *next;
};

struct ast_dated {
	struct span span;
	struct ast_expr *value;
	int32_t from;         /* DAY_MIN: not stated */
	struct ast_word cite; /* of the later values; that of the first one is the declaration's */
	struct ast_word placeholder; /* why no document gives it */
	struct ast_dated *next;
};

/* ---- types and vocabulary ---- */

struct ast_type {
	struct span span;
	enum type_kind kind;
	struct ast_word of;         /* TYPE_REF: kind of case (also any unknown word) */
	struct ast_word *choices;   /* TYPE_CHOICE */
	struct ast_expr *min, *max; /* from … to …; or NULL */
};

struct ast_slot { /* a fact or a field */
	struct span span;
	struct ast_word name, title;
	struct ast_type type;
	bool optional, confidential;
	struct span consent;      /* the word; len 0: absent */
	struct ast_expr *initial; /* default, or NULL */
	struct ast_slot *next;
};

struct ast_holiday {
	struct span span;
	int32_t day;
	struct ast_word title;
	struct ast_holiday *next;
};

/* `budget $1,000,000 per fiscal year from July 1` */
struct ast_budget {
	struct span span;
	struct ast_expr *amount; /* a literal or the name of a parameter */
	struct ast_word per;     /* `year` or `fiscal year`; absent: in all */
	struct ast_word month;   /* of a fiscal year, and its day */
	struct ast_expr *day;
};

/* `meets weekly on Thursday`, `every 2 weeks from 2026-07-02`, `monthly on first Thursday` */
struct ast_docket {
	struct span meets, seats, kept; /* the clauses; len 0: not there */
	struct ast_period every;        /* span len 0: no */
	int32_t from;
	struct ast_word weekday;
	bool monthly;
	int64_t nth; /* monthly; 0: last */
	struct ast_expr *most, *keeps;
};

/* ---- scenarios ---- */

struct ast_given_fund {
	struct span span;
	struct ast_word fund;
	struct ast_expr *amount;
	bool spent; /* so much is gone; else so much is left */
	struct ast_given_fund *next;
};

struct ast_pair { /* FACT VALUE */
	struct span span;
	struct ast_word name;
	struct ast_expr *value;
	struct ast_pair *next;
};

struct ast_given {
	struct span span;
	struct ast_word kind, name;
	struct ast_pair *facts;
	struct ast_given *next;
};

/* `expect …`; the action forms are an ast_action of which only what was written is filled in. */
struct ast_expect {
	struct span span;
	enum expect_form {
		FORM_NOTHING,
		FORM_AMONG_OTHERS,
		FORM_ACTION,      /* action; no */
		FORM_OWED,        /* amount, whose */
		FORM_LEFT,        /* left in name: amount */
		FORM_FACT,        /* name is value, whose */
		FORM_STEP,        /* name at step, whose */
		FORM_SHARE,       /* share name with `step`, whose; no */
		FORM_REFUSED,     /* text */
		FORM_PAID_FROM,   /* in projections only, with the amount: from fund `name` */
		FORM_PAID_UNDER,  /* schedule */
		FORM_PAID_BY,     /* block */
		FORM_ASSESSED_AS, /* line */
		FORM_UNFUNDED,    /* fund, if any */
		FORM_COUNT,       /* times outcomes like action */
	} form;
	bool no;
	struct ast_action *action;
	bool due_stated;
	int32_t due;
	int64_t times; /* 0: not stated */
	struct ast_expr *amount, *value;
	struct ast_word name, step, whose, text;
	struct ast_expect *next;
};

struct ast_line {
	struct span span;    /* the line itself, without its expectations */
	int32_t day, minute; /* minute -1: not stated */
	struct ast_word event, of;
	/* `take back EVENT on DAY`, `put right EVENT on DAY to DAY with …`: about an earlier line
	 */
	bool amends, corrects;
	int32_t on;                /* the day of that line */
	int32_t to_day, to_minute; /* DAY_NONE: it does not move */
	struct ast_pair *fields;
	struct ast_expect *expects;
	struct ast_line *next;
};

/* ---- projections ---- */

/* `all of them` (n NULL), `1,250 of them`, `75% of them`, `another 1,250 of them`, `between 70% and
 * 80% of them` */
struct ast_members {
	struct span span;
	struct ast_expr *n;
	bool another;
};

struct ast_member_line {
	struct ast_members share;
	struct ast_line line; /* without expectations */
	struct ast_member_line *next;
};

struct ast_cohort {
	struct ast_expr *n;
	struct ast_given one; /* of whom there are n; without a name */
	struct ast_member_line *lines;
	struct ast_cohort *next;
};

/* ---- declarations ---- */

enum ast_kind {
	AST_TIMEZONE,    /* title */
	AST_CALENDAR,    /* holidays, weekend */
	AST_CASE,        /* slots */
	AST_EVENT,       /* kinds, slots, sets */
	AST_ACTION_NAME, /* action NAME */
	AST_PARTY,
	AST_REQUIREMENT,
	AST_CAPACITY,   /* of, count */
	AST_FUND,       /* budget, warn, owner */
	AST_DOCKET,     /* of, docket */
	AST_PROGRAM,    /* effective */
	AST_PARAM,      /* type.kind money/number/percent; TYPE_DAYS stands for `period`; values */
	AST_BLOCK,      /* block: its kind; body, sections, limits, ends, stops, holds; rows */
	AST_NEVER,      /* invariant, never_action …, limits (`more than`), when */
	AST_COUNTY,     /* adopts */
	AST_CHANGE,     /* type.kind as AST_PARAM; name; values holds one */
	AST_REPLACE,    /* decl: the block anew; from */
	AST_DROP,       /* block: its kind, or BLOCK_NEVER …; name; from */
	AST_PROJECTION, /* county, given, assumed, cohorts, until, totals */
	AST_SCENARIO,   /* county, given, lines, todo */
};

struct ast_adopt {
	struct span span;
	struct ast_word program;
	int32_t from;
	struct ast_adopt *next;
};

struct ast_decl {
	enum ast_kind kind;
	struct span span; /* the head line */
	struct ast_word name, title, cite;
	bool locked, todo;
	bool broken; /* an error was reported inside it: say nothing about what is not there */
	struct ast_decl *next;

	struct ast_slot *slots;
	struct ast_word *kinds, *sets; /* event: of …, sets … */
	struct ast_holiday *holidays;
	struct ast_docket *docket;
	uint32_t weekend;
	struct span weekend_span;

	struct ast_expr *count;    /* capacity: how many places */
	struct ast_budget *budget; /* fund; NULL: a label */
	struct ast_expr *warn;
	struct span warn_span, owner_span;
	struct ast_word owner;

	int32_t effective; /* program; DAY_NONE: missing */
	struct span effective_span;
	struct ast_type type; /* parameters */
	struct ast_dated *values;

	enum block_kind block;
	struct ast_word of;           /* block: kind of case */
	struct ast_section body;      /* triggers and actions directly in the block */
	struct ast_section *sections; /* tiers or steps */
	struct ast_trigger *ends, *stops;
	struct span said; /* fine: `otherwise nothing`; escalation: `ends never`; len 0: absent */
	struct ast_limit *limits;
	struct ast_expr *holds;
	struct ast_word with, needs; /* share: kind of the partner's case; the consent, or empty */
	struct ast_word *show;
	struct ast_period needs_for;
	struct span needs_span, when_span;
	struct ast_move *moves;     /* escalation, stages */
	struct span also_running;   /* schedule; len 0: not stated */
	struct ast_word *overrides; /* blocks, or NULL */
	struct ast_expr *overrides_when;
	struct span overrides_span;
	struct ast_row *rows; /* of a table; the first is its header */

	struct ast_action *never_action; /* kind and, as far as stated, name/to */
	enum ast_never_form never_form;
	struct ast_word never_for;
	enum ast_invariant invariant;
	struct ast_word after;    /* only after, always … of: the event */
	struct ast_period within; /* always */
	struct ast_expr *when;

	struct ast_adopt *adopts;
	struct ast_decl *replacement; /* replace */
	int32_t from;                 /* replace, drop; DAY_MIN: not stated */

	struct ast_word county;
	struct ast_given *given;
	struct ast_given_fund *given_funds;
	struct ast_line *lines;

	struct ast_pair *assumed;   /* projections: parameters with other values */
	struct ast_cohort *cohorts; /* projections */
	struct ast_expect *totals;
	int32_t until; /* DAY_MIN: not stated */
	struct span until_span;
};

struct ast_comment {
	struct span span; /* from `#` to the end of the line */
	bool alone;       /* nothing but white space before it on its line */
	struct ast_comment *next;
};

/* One file. The program or county that a block belongs to is the last one named before it in the
 * same file; resolve checks that there is one. */
struct ast_file {
	uint32_t source;
	struct ast_decl *decls;
	struct ast_comment *comments; /* all of them, in order, for format */
	bool broken;                  /* an error was reported somewhere in it */
	struct ast_file *next;
};

#endif
