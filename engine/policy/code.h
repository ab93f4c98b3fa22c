/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions and amounts as flat postfix code. A value on the stack is a struct value; a truth is a
 * TYPE_YES_NO value, and a missing one means "not decidable". `and` and `or` are Kleene's: no and
 * unknown is no. Jumps only go forward, and only the two short-circuit ones exist, so that code
 * always ends; code_verify checks stack depth, indices and jumps once after lowering.
 */
#ifndef WAYMARK_POLICY_CODE_H
#define WAYMARK_POLICY_CODE_H

#include "engine/base/diag.h"
#include "engine/values/value.h"

/* X(constant, values popped, values pushed) — operands a, b, k as noted */
#define OPS(X)                                                                                     \
	X(OP_CONST, 0, 1)      /* k */                                                             \
	X(OP_FACT, 0, 1)       /* a: fact of the case */                                           \
	X(OP_FIELD, 0, 1)      /* a: field of the event */                                         \
	X(OP_FIELD_FACT, 0, 1) /* a: reference field, b: fact of the case it names */              \
	X(OP_FACT_FACT, 0, 1)  /* a: reference fact, b: fact of the case it names */               \
	X(OP_PARAM, 0, 1)      /* a: parameter, in the case's county on the event's day */         \
	X(OP_COUNT, 0, 1)      /* a: event type; this event included */                            \
	X(OP_DAYS_SINCE, 0, 1) /* a: event type; days since the last one before this event;        \
				  missing when there was none */                                   \
	X(OP_STEP_IS, 0, 1)    /* a: escalation, b: step (0: none) */                              \
	X(OP_OWED, 0, 1)       /* balance owed by the case */                                      \
	X(OP_PAID_UNDER, 0, 1) /* a: schedule */                                                   \
	X(OP_PLACED_ON, 0, 1)  /* a: docket; for a meeting after the day of the event */           \
	X(OP_PLACE, 0, 1)      /* a: capacity, b: 0 has a place, 1 waits for one */                \
	X(OP_PARTNER, 0, 1)    /* a: fact of the partner who asks, b: kind of its case */          \
	X(OP_TODAY, 0, 1)      /* the civil day of the event */                                    \
	X(OP_TABLE, 0, 1)      /* a: table, b: reading << 8 | output; the row that fits */         \
	X(OP_EQ, 2, 1)                                                                             \
	X(OP_NE, 2, 1)                                                                             \
	X(OP_LT, 2, 1)                                                                             \
	X(OP_LE, 2, 1)                                                                             \
	X(OP_GT, 2, 1)                                                                             \
	X(OP_GE, 2, 1)                                                                             \
	X(OP_KNOWN, 1, 1) /* never missing */                                                      \
	X(OP_NOT, 1, 1)                                                                            \
	X(OP_AND, 2, 1)                                                                            \
	X(OP_OR, 2, 1)                                                                             \
	X(OP_OR_UNKNOWN, 1, 1) /* missing becomes yes */                                           \
	X(OP_COUNT_IN, 1, 1) /* how often event type a in the last …; b: enum unit of the length \
				popped, which the instruction before pushes; missing when days     \
				that it needs were not kept */                                     \
	X(OP_SKIP_IF_NO, 1, 1)  /* b: on a known no jump to instruction b, keeping it */           \
	X(OP_SKIP_IF_YES, 1, 1) /* b: likewise on a known yes */                                   \
	X(OP_ADD, 2, 1)         /* same type */                                                    \
	X(OP_SUB, 2, 1)                                                                            \
	X(OP_MUL, 2, 1)     /* the second is a number */                                           \
	X(OP_DIV, 2, 1)     /* the second is a number; a: enum rounding */                         \
	X(OP_PERCENT, 2, 1) /* percent of money; a: enum rounding. Stack: percent, money */        \
	X(OP_UNITS, 2, 1)   /* how often the first goes into the second; a: ROUND_UP or _DOWN */   \
	X(OP_LESSER, 2, 1)                                                                         \
	X(OP_GREATER, 2, 1)                                                                        \
	X(OP_DATE_ADD, 2, 1)  /* date, count; a: enum unit */                                      \
	X(OP_DATE_SUB, 2, 1)  /* date, count; a: enum unit */                                      \
	X(OP_DATE_DIFF, 2, 1) /* date - date, in days */

/* The operand b of OP_TABLE. */
#define TABLE_READING(b) ((b) >> 8)
#define TABLE_OUTPUT(b)  ((b)&0xffu)

enum op {
#define X(constant, pops, pushes) constant,
	OPS(X)
#undef X
};

struct insn {
	uint8_t op; /* enum op */
	uint16_t a;
	uint32_t b;
	struct value k; /* OP_CONST */
	struct span
	    span; /* the source text this came from: of the operand, or the whole comparison */
};

struct code {
	const struct insn *at;
	uint32_t n;       /* 0: absent; as a condition that is "always" */
	struct type type; /* of the result */
	struct span span;
};

struct str op_name(enum op op);
uint32_t op_pops(enum op op);
uint32_t op_pushes(enum op op);
enum op op_opposite(enum op op); /* of a comparison: `<` and `>=` */

/* The same code with a constant in the place of the instructions `first` to `last`, which work out
 * one value. In the arena. */
struct arena;
struct code code_with_constant(struct arena *a, const struct code *c, uint32_t first, uint32_t last,
			       struct value k);

struct rulebook;
/* Stack stays within LIMIT_STACK and ends with one value, jumps go forward inside the code (their
 * target is counted from its first instruction and may be n, the end: `a SKIP_IF_NO b AND`),
 * indices exist. A failure is a bug of the compiler, never of a policy. */
bool code_verify(const struct rulebook *rb, const struct code *c);

#endif
