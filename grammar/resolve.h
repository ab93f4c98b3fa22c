/* SPDX-License-Identifier: Apache-2.0
 *
 * What a compilation knows while it runs: the declarations of all files by name, and the rulebook
 * that grows from them. Internal to the compiler (compile.c, resolve*.c, check*.c, lower*.c).
 *
 * First resolve_declarations gathers every name of every file, so that neither the order of files
 * nor of blocks matters; then each pass looks names up here. A look-up that fails reports why, with
 * the nearest name of the kind that was wanted, and yields NONE; whoever asked goes on quietly.
 */
#ifndef WAYMARK_GRAMMAR_RESOLVE_H
#define WAYMARK_GRAMMAR_RESOLVE_H

#include "engine/base/vec.h"
#include "grammar/ast.h"
#include "grammar/codes.h"
#include "grammar/compile.h"
#include "grammar/names.h"

struct decl_list {
	const struct ast_decl **at;
	size_t n, cap;
};

#define NO_BODY UINT32_MAX

struct over { /* a block that is overridden, by its own body, and where it is named */
	uint32_t body;
	struct span span;
};

/* A block to be lowered: a program's own, or a county's replacement of one. */
struct body {
	const struct ast_decl *decl; /* AST_BLOCK or AST_NEVER */
	struct str name;             /* a never's is made up: never_1 */
	uint16_t program;
	uint16_t county;   /* NONE, or who replaces */
	uint32_t replaces; /* the program's own body; itself for one of the program's own */
	bool broken;       /* reported already; not lowered */
	bool uses_fields;  /* a schedule whose payment reads fields of `event` */
	uint16_t event;
	struct over
	    *over; /* what it `overrides`: blocks of its program; made by resolve_overrides */
	uint16_t nover;
	uint32_t rank; /* above that of all that override it */
	uint32_t first_precedence;
	uint32_t nprecedences;
	struct map steps; /* escalation, program's own: name -> number, replacements' steps too */
	VEC(struct named) step_list;
};

/* A county's replacement (`by` a body) or drop (`by` NO_BODY) of a program's body. */
struct override {
	uint16_t county;
	uint32_t body, by;
	int32_t from;
	struct span span;
};

struct program_names {
	const struct ast_decl *decl;
	struct map blocks; /* name -> body */
	struct map params; /* name -> parameter */
	uint32_t nevers;   /* so far */
};

/* A `change`, `replace` or `drop`, and whose. */
struct county_change {
	const struct ast_decl *decl;
	uint16_t county;
};

/* Somewhere a schedule is started, by an event (NONE: a deadline), or a table is looked up. */
struct start {
	uint32_t body;
	uint32_t by; /* the body that does so */
	uint16_t event;
	struct span span;
};

/* What sets a fine with tiers off, for the check that some tier applies. */
struct tier_trigger {
	uint32_t block;
	uint16_t event;
	struct code when;
	struct span span;
};

struct book {
	struct rulebook *rb;
	struct arena arena; /* dropped with the compilation */
	struct diag_list *diags;
	const struct compile_env *env;
	struct ast_file *files;
	struct names *names; /* or NULL: nobody asks what is named where */

	struct decl_list zones, calendars, kinds, events, orders, parties, requirements, funds;
	struct decl_list counties, params, scenarios, projections, dockets, capacities;
	VEC(uint16_t) fund_programs, docket_programs, capacity_programs; /* beside them; likewise */
	VEC(uint16_t) param_programs; /* beside params; NONE: outside of any program */
	VEC(struct program_names) programs;
	VEC(struct body) bodies; /* block index = body index */
	VEC(struct county_change) changes;
	VEC(struct override) overrides; /* by county, body, day */
	VEC(struct named) lines, stages;
	VEC(struct choice_set) choices;

	struct map program_names, calendar_names, order_names, party_names, requirement_names,
	    fund_names;
	struct map docket_names, capacity_names, line_names, stage_names,
	    choice_names;         /* choice sets by their joined names */
	struct map shared_params; /* declared outside of any program */

	VEC(struct start) starts;
	VEC(struct part) parts;
	VEC(struct tier_trigger) tier_triggers;
	size_t nactions; /* lowered so far */
	bool too_many_actions;
	bool lines_lost; /* an `assess` is broken: a line that nothing assesses may be its line */
	VEC(struct code) codes; /* all that were emitted, for verification */

	struct table_plan *tables; /* by table; see lower_table.h */

	bool *event_vague; /* by event: whose it is was reported as unknown */

	/* What somebody uses, for the warnings about what nobody does. */
	bool *event_used, *param_used, *party_used, *order_used, *requirement_used, *fund_used;
	bool *capacity_used;
	bool *table_used;
	bool **fact_used;       /* by kind, fact: somebody reads it */
	struct span **fact_set; /* likewise: where an action sets it; empty: none does */
};

#define fault(b, code, span, ...) diag_add((b)->diags, (code), SEVERITY_ERROR, (span), __VA_ARGS__)
#define warn(b, code, span, ...)  diag_add((b)->diags, (code), SEVERITY_WARNING, (span), __VA_ARGS__)
#define help(b, d, ...)           diag_help((b)->diags, (d), __VA_ARGS__)

/* resolve.c: gathers the declarations; vocabulary names get their indices. */
void resolve_declarations(struct book *b);
/* resolve_county.c: what counties adopt, change, replace and drop. Adds the replacements' bodies.
 */
void resolve_counties(struct book *b);
/* resolve_override.c: what the blocks override, and that no one overrides itself on a way round. */
void resolve_overrides(struct book *b);
/* What stands in the place of each block: its own body, then the counties' replacements. By own
 * body the first one, by body the next one; both are counted from 1, 0 is none. */
struct body_groups {
	uint32_t *first, *next;
};
void bodies_group(struct book *b, struct body_groups *g);
bool county_is_whole(const struct book *b, uint16_t county); /* all that it adopts is known */
void resolve_release(struct book *b);
struct str resolve_builtin_name(enum builtin_event event);
/* Whether one more fits below a limit; reports the first that does not. */
bool resolve_room(struct book *b, size_t n, size_t limit, struct span span, const char *what);

/* resolve_names.c. Where a declaration is broken, what it lacks is not reported as unknown. */
static inline bool word_given(const struct ast_word *w)
{
	return w->s.len != 0;
}
/* Whoever has found what a word names tells it with the name as it was declared. */
static inline void name_used(struct book *b, const struct ast_word *w, struct str declared)
{
	if (b->names)
		names_use(b->names, b->rb, w, declared);
}
uint16_t resolve_event(struct book *b, const struct ast_word *w); /* not the internal ones */
uint16_t resolve_kind(struct book *b, const struct ast_word *w);
uint16_t resolve_party(struct book *b, const struct ast_word *w);
uint16_t resolve_requirement(struct book *b, const struct ast_word *w);
uint16_t resolve_order(struct book *b, const struct ast_word *w);
uint16_t resolve_fund(struct book *b, const struct ast_word *w);
/* `kind`: of the cases that can have the place; NONE: any. */
uint16_t resolve_capacity(struct book *b, uint16_t kind, const struct ast_word *w);
uint16_t resolve_line(struct book *b, const struct ast_word *w);
uint16_t resolve_county(struct book *b, const struct ast_word *w);
uint16_t resolve_program(struct book *b, const struct ast_word *w);
uint16_t resolve_fact(struct book *b, uint16_t kind, const struct ast_word *w);
uint16_t resolve_choice(struct book *b, uint16_t set, const struct ast_word *w);
/* A parameter that a block of `program` may use; quiet: NONE without a word. */
uint16_t resolve_param(struct book *b, uint16_t program, const struct ast_word *w);
/* The same where something else than a parameter could stand, too. */
uint16_t resolve_param_or(struct book *b, uint16_t program, const struct ast_word *w,
			  const char *needed);
uint16_t find_param(const struct book *b, uint16_t program, struct str name);
/* A block of `program` of a kind, by its index; NONE and a report otherwise. */
uint32_t resolve_block(struct book *b, uint16_t program, enum block_kind kind,
		       const struct ast_word *w);
const char *block_needed(enum block_kind kind); /* "a schedule", for suggest_help */
/* A docket, of a kind of case (NONE: any); NONE and a report otherwise. */
uint16_t resolve_docket(struct book *b, uint16_t kind, const struct ast_word *w);
/* The name of a stage that some block has. */
uint16_t resolve_stage(struct book *b, const struct ast_word *w);
/* The block of stages of a program that has the stage, first of all the one that `body` stands for
 * itself; NO_BODY and a report when there is none, or more than one. */
uint32_t resolve_stages_with(struct book *b, uint16_t program, uint32_t body,
			     const struct ast_word *w);
/* The number of a step of an escalation (index of its own body); 0 and a report otherwise. */
uint16_t resolve_step(struct book *b, uint32_t body, const struct ast_word *w);

/* resolve_suggest.c: the nearest of several names, and what else a name is. */
struct suggestion {
	struct str wanted, best;
	size_t distance;
	struct asked *asked; /* NULL, or who wants all the candidates */
};
void suggest_init(const struct book *b, struct suggestion *s, struct str wanted);
void suggest_try(struct suggestion *s, struct str candidate);
/* Is it a field of some event, and of which? */
bool suggest_field(const struct book *b, struct str name, struct str *event);
/* The help for an unknown name: did you mean, or "`x` is an event, but a fact is needed here". */
void suggest_help(struct book *b, struct diag *d, const struct suggestion *s, const char *needed);

#endif
