/* SPDX-License-Identifier: Apache-2.0
 *
 * Expressions with their names looked up and their types settled. check_* turns what the author
 * wrote into a tree of the machine's operations, reports what does not fit, and yields NULL then;
 * check_guards sees to it that nothing unknown is read; lower_code flattens the tree. Trees live in
 * the build's arena.
 */
#ifndef WAYMARK_GRAMMAR_CHECK_H
#define WAYMARK_GRAMMAR_CHECK_H

#include "grammar/resolve.h"

/* Where an expression stands: what its names can mean. */
struct scope {
	struct book *b;
	uint16_t program;     /* NONE: outside of any program */
	uint16_t kind;        /* of the case; NONE: any case */
	uint16_t event;       /* the event whose fields can be read; NONE: there is none */
	const char *no_event; /* why not: "a deadline has no fields" */
	uint32_t body;        /* what it stands in; NO_BODY: in none */
	bool elsewhere;       /* it may also be worked out where another event is at hand */
	const struct case_kind *partner; /* in a share: of whom `partner.FACT` speaks */
	bool in_table;                   /* it is a column of a table */
	bool used_fields;                /* set when a field was read */
	struct span field_span;          /* the latest one */
};

struct texpr {
	enum op op;
	uint16_t a; /* operands as in struct insn */
	uint32_t b;
	struct value k; /* OP_CONST */
	struct type type;
	struct span span;
	bool bare;     /* a plain number that takes on the unit of its surroundings */
	bool optional; /* may be unknown: needs a guard */
	struct texpr *l, *r;
};

/* check_expr.c */
struct texpr *check_expr(struct scope *s, const struct ast_expr *e);
struct texpr *check_condition(struct scope *s, const struct ast_expr *e); /* yes or no */
struct texpr *check_money(struct scope *s, const struct ast_expr *e);
struct texpr *check_typed(struct scope *s, const struct ast_expr *e, const struct type *want);
struct texpr *texpr_new(struct scope *s, enum op op, struct type type, struct span span);
struct texpr *texpr_and(struct scope *s, struct texpr *l, struct texpr *r); /* NULL: neither */
/* `on second a`, and with a length `in last` it; NULL when the length is none. */
struct texpr *texpr_count_is(struct scope *s, uint16_t event, int64_t n,
			     const struct ast_period *in_last, struct span span);
const struct ast_expr *expr_inner(const struct ast_expr *e); /* without parentheses */

/* A slot whose type was reported: whatever is done with it is not judged. */
static inline bool type_is_broken(const struct type *t)
{
	return t->kind == TYPE_REF && t->of == NONE;
}

/* check_name.c: leaves */
bool field_of_no_event(struct scope *s,
		       const struct ast_word *w); /* reports a field out of place */
bool scope_is_broken(const struct scope *s); /* a name may be one that a broken declaration has */
bool name_resolves(const struct scope *s, struct str name);
struct texpr *check_name(struct scope *s, const struct ast_word *w);
struct texpr *check_member(struct scope *s, const struct ast_expr *e);
struct texpr *check_event_leaf(struct scope *s, const struct ast_expr *e); /* count, days since */
struct texpr *check_constant(struct scope *s, const struct ast_expr *e, struct value v,
			     struct type t);
bool event_reaches(struct book *b, uint16_t event, uint16_t kind, const struct ast_word *w);

/* lower_table.c: TABLE.COLUMN */
bool names_table(const struct scope *s, struct str name);
void suggest_tables(const struct scope *s, struct suggestion *near);
struct texpr *check_lookup(struct scope *s, const struct ast_expr *e);

/* check_compare.c */
struct texpr *check_compare(struct scope *s, const struct ast_expr *e);
struct texpr *check_one_of(struct scope *s, const struct ast_expr *e);
/* The other side of something of type `side`: a choice by its name, else an expression. */
struct texpr *check_against(struct scope *s, const struct type *side, const struct ast_expr *e);
bool adopt_unit(struct texpr *l, struct texpr *r); /* a bare number takes on the other's unit */

/* check_window.c: `count of a in last 12 months` */
struct texpr *check_count_in(struct scope *s, const struct ast_expr *e);
struct texpr *texpr_count_in(struct scope *s, uint16_t event, const struct ast_period *length,
			     struct span span);

/* check_arith.c */
struct texpr *check_arith(struct scope *s, const struct ast_expr *e);

/* check_value.c: constants and types */
bool check_type(struct book *b, const struct ast_type *t, struct type *out);
/* The value of a literal or choice as one of type t, within its range. */
bool check_value(struct book *b, const struct ast_expr *e, const struct type *t, struct value *out);
void type_words(struct buf *b, const struct book *book, const struct type *t); /* "in years" */
struct str span_text(const struct book *b, struct span span); /* what the author wrote */

/* check_guard.c: what is known where. A set of known things; NULL is the empty one. */
struct known {
	const struct texpr *what;
	const struct known *next;
};
/* Reports what may be unknown in e although nothing guards it; `given` is known already. Yields
 * what is known as well where e holds. e may be NULL. */
const struct known *check_guards(struct book *b, const struct texpr *e, const struct known *given);

/* check_never.c, check_flow.c, check_cases.c, check_unused.c: after everything is lowered */
void check_nevers(struct book *b);
void check_flow(struct book *b);
void check_cases(struct book *b);
void check_unused(struct book *b);

#endif
