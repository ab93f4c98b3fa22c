/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parser's actions call: node making and attaching. Inside the grammar folder only.
 *
 * The declaration that is being read stays open in `struct build`; its lists are built backwards
 * and turned round by build_close. What was read before a syntax error is therefore kept.
 */
#ifndef WAYMARK_GRAMMAR_BUILD_H
#define WAYMARK_GRAMMAR_BUILD_H

#include "engine/base/mem.h"
#include "grammar/tokens.h"

struct asking;

struct build {
	struct arena *arena;
	struct diag_list *diags;
	struct ast_file *file;
	struct str text;
	struct token_list tokens;
	size_t at;   /* the next token to hand out */
	size_t stop; /* when not 0: the file seems to end before this token */
	int start;   /* start token to hand out first, or 0 */
	struct token start_token;
	bool quiet;      /* an error was reported in this block: say no more about it */
	bool patched;    /* a misspelt word was put right: read the clause again */
	size_t error_at; /* the token handed out last: that of a syntax error */

	struct ast_decl *decl;       /* open declaration, or NULL */
	struct ast_decl *inner;      /* where clauses go: decl, or the block anew of a `replace` */
	struct ast_section *section; /* open step or tier, or NULL: the body */
	int resume;                  /* start token that goes on inside decl */
	struct ast_expect *expect;   /* the one just made */
	bool head;                   /* the head of decl is not complete */
	uint32_t done;               /* end of the last piece that was attached */
	struct asking *asking;       /* NULL, or what can stand at a place is wanted: asking.h */
	struct diag *mixed;          /* the latest report of mixed `and` and `or`, or NULL */
};

const struct token *build_next(struct build *b);
uint32_t build_source(const struct build *b);
struct span build_join(struct span first, struct span last); /* empty ones do not count */
/* Of a rule: from its first to its last symbol that is not empty; at[0] stands before the rule. */
struct span build_whole(const struct span *at, int n);
struct diag *build_error(struct build *b, int code, struct span span, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void build_help(struct build *b, struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- words ---- */

struct ast_word *word_add(struct build *b, struct ast_word *list, struct ast_word word);
struct ast_word *words_turn(struct ast_word *backwards);

/* ---- expressions: build_expr.c ---- */

struct ast_expr *expr_literal(struct build *b, struct span span, struct value value);
struct ast_expr *expr_word(struct build *b, struct span span, enum ast_expr_kind kind,
			   struct ast_word word);
struct ast_expr *expr_member(struct build *b, struct span span, struct ast_word word,
			     struct ast_word member);
struct ast_expr *expr_unary(struct build *b, struct span span, enum ast_expr_kind kind,
			    struct ast_expr *a);
struct ast_expr *expr_binary(struct build *b, struct span span, enum ast_expr_kind kind,
			     struct ast_expr *a, struct ast_expr *c);
struct ast_expr *expr_between(struct build *b, struct span span, struct ast_expr *low,
			      struct ast_expr *high, struct ast_expr *likely);
struct ast_expr *expr_count_in(struct build *b, struct span span, struct ast_word event,
			       struct ast_period length);
struct ast_expr *expr_for_each(struct build *b, struct span span, struct ast_expr *amount,
			       struct ast_expr *unit, enum rounding rounding, struct ast_expr *of);
struct ast_expr *expr_rounded(struct build *b, struct span span, enum ast_expr_kind kind,
			      struct ast_expr *a, struct ast_expr *c, enum rounding rounding);
/* `and`, `or`: reports a mix of the two without parentheses. */
struct ast_expr *expr_join(struct build *b, struct span span, enum ast_expr_kind kind,
			   struct ast_expr *a, struct ast_expr *c);
struct ast_expr *expr_one_of(struct build *b, struct span span, enum ast_expr_kind kind,
			     struct ast_expr *a, struct ast_expr *options);
struct ast_expr *build_period_literal(struct build *b, struct span span, struct ast_period period);
struct ast_period build_interval(struct span span, enum unit unit);

/* ---- declarations: build.c ---- */

void build_close(struct build *b); /* the open declaration is complete, or given up */
/* A declaration is opened by its kind and name, so that the name is known even when its head goes
 * wrong behind it; build_head completes the head. */
struct ast_decl *build_open(struct build *b, enum ast_kind kind, int resume, struct span span,
			    struct ast_word name);
void build_head(struct build *b, struct span span, struct ast_word title);
void build_undo(struct build *b); /* takes back a declaration whose head is not complete */
void build_kinds(struct build *b, struct ast_word *backwards);
void build_from(struct build *b, struct span span, int32_t from);
void build_holiday(struct build *b, struct span span, int32_t day, struct ast_word title);
uint32_t build_weekday(struct ast_word word);
void build_weekend(struct build *b, struct span span, uint32_t days);
void build_slot(struct build *b, struct ast_slot *slot);
void build_sets(struct build *b, struct span span, struct ast_word *backwards);
struct ast_slot *build_new_slot(struct build *b, struct span span, struct ast_word name,
				struct ast_type type);
void build_slot_optional(struct build *b, struct ast_slot *slot, struct span span);
void build_slot_confidential(struct build *b, struct ast_slot *slot, struct span span);
void build_slot_consent(struct build *b, struct ast_slot *slot, struct span span);
void build_slot_default(struct build *b, struct ast_slot *slot, struct span span,
			struct ast_expr *value);
void build_slot_title(struct build *b, struct ast_slot *slot, struct span span,
		      struct ast_word title);
void build_slot_range(struct build *b, struct ast_slot *slot, struct span span,
		      struct ast_expr *min, struct ast_expr *max);
struct ast_type build_type(struct span span, struct ast_word word);
void build_effective(struct build *b, struct span span, int32_t day);
struct ast_budget *build_budget_per(struct build *b, struct ast_word per, struct ast_word month,
				    struct ast_expr *day);
void build_budget(struct build *b, struct span span, struct ast_budget *budget);
void build_capacity(struct build *b, struct ast_word kind, struct ast_expr *count);
void build_warn(struct build *b, struct span span, struct ast_expr *percent);
void build_owner(struct build *b, struct span span, struct ast_word party);
void build_title(struct build *b, struct span span, struct ast_word title);
void build_cite(struct build *b, struct span span, struct ast_word cite); /* of what is open */
void build_adopt(struct build *b, struct span span, struct ast_word program, int32_t from);
void build_drop(struct build *b, struct span span, enum block_kind kind, struct ast_word name);
void build_param(struct build *b, struct span span, bool locked, enum type_kind kind,
		 struct ast_word name);
void build_change(struct build *b, struct span span, enum type_kind kind, struct ast_word name);
struct ast_dated *build_new_dated(struct build *b, struct span span, struct ast_expr *value,
				  int32_t from);
void build_dated(struct build *b, struct ast_dated *value);
void build_placeholder(struct build *b, struct span span, struct ast_word reason);

/* ---- blocks: build_block.c ---- */

void build_block(struct build *b, struct span span, bool locked, enum block_kind kind,
		 struct ast_word name);
void build_of(struct build *b, struct span span, struct ast_word of, struct ast_word title);
void build_replace(struct build *b, struct span span, enum block_kind kind, struct ast_word name);
int64_t build_ordinal(struct ast_word word); /* second: 2 */
struct ast_trigger *build_new_trigger(struct build *b, struct span span, int64_t ordinal,
				      struct ast_word *events, struct ast_period within,
				      struct ast_expr *when);
void build_trigger(struct build *b, struct span span, struct ast_trigger *trigger);
void build_absence(struct build *b, struct span span, struct ast_word event,
		   struct ast_period within);
void build_step(struct build *b, struct span span, enum block_kind kind, struct ast_word name,
		struct ast_word *after);
void build_tier(struct build *b, struct span span, struct span number, struct ast_expr *when);
/* A clause that only says what is meant so: `otherwise nothing`, `ends never`. */
void build_said(struct build *b, struct span span, enum block_kind kind, const char *clause);
void build_ends(struct build *b, struct span span, struct ast_trigger *trigger);
void build_stops(struct build *b, struct span span, struct ast_trigger *trigger);
void build_holds(struct build *b, struct span span, struct ast_expr *cond);
/* `per NAME`; false: it is no unit to count by. */
bool build_limit_unit(struct ast_limit *limit, struct str per);
void build_limit(struct build *b, struct span span, struct ast_expr *most, struct ast_word per);
void build_move(struct build *b, struct span span, enum block_kind kind, struct ast_word from,
		struct ast_word to);
void build_also_running(struct build *b, struct span span);
void build_overrides(struct build *b, struct span span, struct ast_word *backwards,
		     struct ast_expr *when);
void build_action(struct build *b, struct ast_action *action);

/* ---- shares: build_share.c ---- */

void build_share_with(struct build *b, struct span span, struct ast_word kind);
void build_share_show(struct build *b, struct span span, struct ast_word *backwards);
void build_share_needs(struct build *b, struct span span, struct ast_word fact,
		       struct ast_period period);
void build_share_when(struct build *b, struct span span, struct ast_expr *cond);

/* ---- never, only after, always: build_never.c ---- */

void build_never(struct build *b, struct span span, bool locked, enum ast_invariant invariant,
		 struct ast_word after, struct ast_action *action);
void build_never_most(struct build *b, struct span span, struct ast_expr *most,
		      struct ast_word *backwards);
void build_never_fund(struct build *b, struct span span, struct ast_word fund);
void build_always_within(struct build *b, struct span span, struct ast_period within,
			 struct ast_word event);
void build_never_name(struct build *b, struct span span, struct ast_word name);
void build_never_to(struct build *b, struct span span, struct ast_word to);
void build_never_as(struct build *b, struct span span, struct ast_word line);
void build_never_for(struct build *b, struct span span, struct ast_word kind);
void build_never_when(struct build *b, struct span span, struct ast_expr *cond);

/* ---- tables: build_table.c ---- */

struct ast_option *build_option(struct build *b, struct span span, enum ast_option_kind kind,
				struct ast_expr *a, struct ast_expr *c);
struct ast_cell *build_cell(struct build *b, struct span span, struct ast_option *backwards);
struct ast_cell *build_output(struct build *b, struct span span, struct ast_word name);
void build_row(struct build *b, struct span span, struct ast_cell *backwards);

/* ---- dockets: build_docket.c ---- */

void build_docket(struct build *b, struct span span, struct ast_word name);
void build_meets(struct build *b, struct span span, struct ast_docket *meets);
void build_seats(struct build *b, struct span span, struct ast_expr *most, struct ast_word cases);
void build_keeps(struct build *b, struct span span, struct ast_expr *seats, struct ast_word whom);
struct ast_docket *meets_weekly(struct build *b, struct ast_word weekday);
struct ast_docket *meets_every(struct build *b, struct ast_period every, int32_t from);
struct ast_docket *meets_monthly(struct build *b, int64_t nth, struct ast_word weekday);

/* ---- actions: build_action.c ---- */

enum phrase_kind {
	PHRASE_TO,
	PHRASE_TO_VALUE,
	PHRASE_FUND,
	PHRASE_AS,
	PHRASE_AGAINST,
	PHRASE_ANSWERED,
	PHRASE_TEXT,
	PHRASE_WITHIN,
	PHRASE_DUE,
	PHRASE_DUE_DAY,
	PHRASE_INTERVAL,
	PHRASE_LASTS,
	PHRASE_TIMES,
	PHRASE_INSTALMENTS,
	PHRASE_START,
	PHRASE_REMAINDER_FIRST,
	PHRASE_REMAINDER_LAST,
	PHRASE_AMOUNT,
	PHRASE_URGENT,
	PHRASE_WHOSE,
	PHRASE_KINDS
};

/* A part of an action: `to survivor`, `within 14 days`. */
struct phrase {
	enum phrase_kind kind;
	struct span span;
	struct ast_word word;
	struct ast_expr *count;
	struct ast_period period;
	enum anchor anchor;
	int32_t day;
	struct phrase *next; /* backwards */
};

struct phrase *phrase_word(struct build *b, struct span span, enum phrase_kind kind,
			   struct ast_word word);
struct phrase *phrase_period(struct build *b, struct span span, enum phrase_kind kind,
			     struct ast_period period);
struct phrase *phrase_count(struct build *b, struct span span, enum phrase_kind kind,
			    struct ast_expr *count);
struct phrase *phrase_instalments(struct build *b, struct span span, struct ast_expr *count,
				  struct ast_period interval);
struct phrase *phrase_start(struct build *b, enum anchor anchor, struct ast_period period);
struct phrase *phrase_day(struct build *b, struct span span, int32_t day);

struct ast_action *build_verb(struct build *b, struct span span, enum action_kind kind,
			      struct ast_expr *amount, struct ast_word name);
struct ast_action *build_phrases(struct build *b, struct span span, bool may,
				 struct ast_action *action, struct phrase *backwards);
struct ast_action *build_otherwise(struct build *b, struct span span, struct ast_action *action,
				   struct ast_action *backwards);

/* ---- scenarios: build_scenario.c ---- */

void build_scenario(struct build *b, struct span span, bool todo, struct ast_word title);
void build_county(struct build *b, struct span span, struct ast_word county);
void build_given(struct build *b, struct span span, struct ast_word kind, struct ast_word name,
		 struct ast_pair *facts);
void build_given_fund(struct build *b, struct span span, struct ast_word fund,
		      struct ast_expr *amount, bool spent);
void build_line(struct build *b, struct span span, int64_t day, int64_t minute,
		struct ast_word event, struct ast_word of, struct ast_pair *fields);
struct ast_line *build_amending(struct build *b, struct span span, int64_t day, int64_t minute,
				struct ast_word event, struct ast_word of, int64_t on);
/* Of the line just built. */
void build_correction(struct build *b, int64_t to_day, int64_t to_minute, struct ast_pair *fields);
struct ast_pair *build_pair(struct build *b, struct span span, struct ast_word name,
			    struct ast_expr *value);
struct ast_pair *build_pairs(struct ast_pair *backwards);
/* Likewise; `likely VALUE` behind a range is a part of it. */
struct ast_pair *build_member_pairs(struct ast_pair *backwards);
struct ast_expect *build_expect(struct build *b, enum expect_form form);
void build_expect_span(struct build *b, struct span span); /* attaches the one just made */
void build_expect_action(struct build *b, struct ast_action *action, bool no);
struct ast_action *build_expect_phrases(struct build *b, struct span span, bool may,
					struct ast_action *action, struct phrase *backwards);
void build_expect_share(struct build *b, struct ast_word name, struct ast_word with,
			struct ast_word whose, bool no);
void build_expect_broken(struct build *b, struct span span, struct ast_word text, bool no);
void build_expect_left(struct build *b, struct ast_word fund, struct ast_expr *amount);
void build_expect_owed(struct build *b, struct ast_expr *amount, struct ast_word whose);
void build_expect_fact(struct build *b, struct ast_word name, struct ast_expr *value,
		       struct ast_word whose);
void build_expect_step(struct build *b, struct ast_word name, struct ast_word step,
		       struct ast_word whose);

/* ---- projections: build_projection.c ---- */

void build_projection(struct build *b, struct span span, struct ast_word title,
		      struct ast_word county);
void build_assume(struct build *b, struct span span, struct ast_word param, struct ast_expr *value);
void build_cohort(struct build *b, struct span span, struct ast_expr *n, struct ast_word kind,
		  struct ast_pair *facts);
void build_member_line(struct build *b, struct span span, struct ast_members share, int64_t day,
		       int64_t minute, struct ast_word event, struct ast_pair *fields);
void build_until(struct build *b, struct span span, int32_t day);
void build_total(struct build *b, struct span span, enum expect_form form, struct ast_word name,
		 struct ast_expr *amount);
void build_times(struct build *b, struct span span, struct ast_expr *n, struct ast_action *action);

/* Lists are built backwards. */
#define BUILD_PUSH(list, node) ((node)->next = (list), (list) = (node))
#define BUILD_TURN(type, list)                                                                     \
	do {                                                                                       \
		type *turned_ = NULL;                                                              \
		while (list) {                                                                     \
			type *next_ = (list)->next;                                                \
			(list)->next = turned_;                                                    \
			turned_ = (list);                                                          \
			(list) = next_;                                                            \
		}                                                                                  \
		(list) = turned_;                                                                  \
	} while (0)

#endif
