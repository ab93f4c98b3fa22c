/* SPDX-License-Identifier: Apache-2.0
 *
 * Trees to the rule graph. compile() calls the passes in this order; each needs what the ones
 * before it have put into the rulebook, and each goes on after an error, so that one run reports
 * all.
 */
#ifndef WAYMARK_GRAMMAR_LOWER_H
#define WAYMARK_GRAMMAR_LOWER_H

#include "grammar/check.h"

void lower_named(struct book *b);       /* parties, orders, requirements, funds, calendars, zone */
void lower_vocabulary(struct book *b);  /* kinds of case with facts, events with fields */
void lower_params(struct book *b);      /* parameters as their programs say */
void lower_dockets(struct book *b);     /* after the parameters */
void lower_heads(struct book *b);       /* programs; blocks without their bodies; steps; lines */
void lower_table_heads(struct book *b); /* the columns of tables */
void lower_bodies(struct book *b);      /* parts, schedules, escalations, nevers */
void lower_overrides(struct book *b);   /* which blocks override which, for which events */
void lower_tables(struct book *b);      /* their rows, checked; all places that look up are known */
void lower_counties(struct book *b);    /* what holds where: dispatch */
void lower_scenarios(struct book *b);
void lower_projections(struct book *b);

void lower_share(struct book *b, uint32_t body); /* lower_share.c */
void check_share_names(struct book *b);

/* lower_override.c: a block without a trigger is about the kind of case of what it overrides. */
void lower_override_kinds(struct book *b);

/* lower_param.c: what a county's `change` blocks make of the parameters. */
void lower_changes(struct book *b);
/* For what a projection in the county assumes: the parameter, or NONE; a value of it. Both report
 * what does not fit. */
uint16_t param_assumed(struct book *b, uint16_t county, const struct ast_word *name);
bool param_dated(struct book *b, const struct ast_dated *v, const struct type *t,
		 struct dated *out);
/* Calls each for every value that a parameter ever has, in any county. */
void param_values(struct book *b, uint16_t param, void (*each)(void *arg, const struct dated *v),
		  void *arg);

/* lower_capacity.c */
void lower_capacities(struct book *b);

/* lower_fund.c */
void lower_budgets(struct book *b);
void check_unfunded(struct book *b); /* payments that no fund covers */

/* lower_table.c: likewise for every value that an output column gives. */
void table_output_values(struct book *b, uint16_t table, uint16_t output,
			 void (*each)(void *arg, const struct dated *v), void *arg);

/* lower_code.c */
struct code lower_code(struct book *b, const struct texpr *e); /* NULL: empty code */
struct code lower_number(struct book *b, int64_t n, struct span span);

/* lower_period.c: lengths of time and series of dates */
bool lower_period(struct scope *s, const struct ast_period *p, struct period *out);
bool lower_plan(struct scope *s, const struct ast_plan *p, struct plan *out);

/* lower_action.c. `known` is what the part's condition guarantees. */
struct action *lower_actions(struct scope *s, const struct ast_action *list,
			     const struct known *known, uint16_t *n);
bool lower_target(struct scope *s, const struct ast_word *w, const struct known *known,
		  struct target *out);

/* lower_part.c: one part for each trigger and event */
struct part_maker {
	struct scope scope;
	uint32_t block;
	enum part_role role;
	struct str label, cite;
	struct span span;
	const struct ast_expr *when; /* on top of the trigger's: a tier's condition */
	const struct ast_action *actions;
	uint16_t escalation, step, schedule;
	uint64_t after;
	const struct action *fixed;  /* instead of `actions` */
	const struct period *within; /* PART_PROMISE */
};
/* For a body's own parts; lower_body.c. */
struct part_maker part_maker_of(struct book *b, uint32_t body, enum part_role role);
void lower_limits(struct book *b, uint32_t body);
void lower_trigger(struct part_maker *m, const struct ast_trigger *t);
/* Notes what a trigger alone asks, without the tiers below it (resolve.h, struct tier_trigger). */
void lower_tier_trigger(struct part_maker *m, const struct ast_trigger *t);

/* lower_schedule.c, lower_escalation.c: the bodies that are more than parts */
void lower_schedule(struct book *b, uint32_t body);
void lower_escalation(struct book *b, uint32_t body);
/* Source on one line without comments, as it is said to people. */
struct str words_of(struct book *b, struct span span);
void lower_never(struct book *b, uint32_t body); /* lower_never.c: also only after, always */
void lower_moves(struct book *b);                /* lower_move.c: steps of former versions */
void lower_variants(struct book *b);             /* counties' replacements of schedules */

#endif
