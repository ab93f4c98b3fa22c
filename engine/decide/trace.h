/* SPDX-License-Identifier: Apache-2.0
 *
 * What each condition saw, for explanations and coverage. A trace is a list of entries in order of
 * evaluation: a part was considered, a value was read, a comparison or truth came out, the part
 * applied or not and why. Values are those of the moment; texts live in the decider's arena.
 */
#ifndef WAYMARK_DECIDE_TRACE_H
#define WAYMARK_DECIDE_TRACE_H

#include "engine/base/vec.h"
#include "engine/case/case.h"

enum trace_kind {
	TRACE_PART,  /* part `part` is considered */
	TRACE_VALUE, /* `span` was read as `value` (fact, field, count, parameter …) */
	TRACE_TRUTH, /* comparison or condition at `span` came out as `value` (missing: undecidable)
		      */
	TRACE_RESULT,   /* how it ended for the part: `result` */
	TRACE_NEVER,    /* never block number `part` (index into nevers) was checked: `result` */
	TRACE_OVERRIDE, /* precedence number `part` was asked: `result` */
	TRACE_ROW,      /* the row at `span` of table number `part` fits what was read before */
	TRACE_BEYOND,   /* with `whole`: what a jump left out would have come out as `value` */
	TRACE_HOLDS,    /* schedule number `part` was asked whether it holds: `result` */
	TRACE_SHARE,    /* share number `part` was asked for: `result` of its condition */
	TRACE_LATER,    /* something that part `part` leaves open, by its action number `by` (NONE:
			   by itself): what became of it is `later` */
};

enum trace_result {
	RESULT_APPLIES,
	RESULT_NOT_MET,     /* its condition is not met */
	RESULT_UNDECIDABLE, /* a fact is missing */
	RESULT_OTHER_STEP,  /* the case does not stand in a step that it follows */
	RESULT_LIMIT,       /* a limit is used up; `span` is the limit */
	RESULT_NOT_IN_FORCE,
	RESULT_NO_EFFECT, /* nothing to do: the schedule runs already, none runs, nothing is owed */
	RESULT_BREAKS,    /* TRACE_NEVER: the event is stopped */
	RESULT_HOLDS,     /* TRACE_NEVER: not broken */
	RESULT_OVERRIDDEN, /* another block overrides it: `by`; `span` is where that says so */
};

enum trace_later {
	LATER_OPENED,   /* a deadline runs from now on, or a first item has its day */
	LATER_ANSWERED, /* what it waits for came in time */
	LATER_RAN_OUT,  /* its time has come */
	LATER_LAST,     /* and the item is the last one of its schedule */
	LATER_APPROVED,
	LATER_DECLINED,
};

struct trace_entry {
	enum trace_kind kind;
	enum trace_result result;
	enum trace_later later;
	uint32_t part;
	struct span span;
	struct type type; /* of value */
	struct value value;
	uint16_t by;           /* RESULT_OVERRIDDEN: block; TRACE_LATER: action */
	const struct insn *in; /* TRACE_VALUE, TRACE_TRUTH, TRACE_BEYOND: what came out so */
};

struct trace {
	VEC(struct trace_entry) entries;
	bool whole; /* set it, and what `and` and `or` need not look at is looked at, too */
};

void trace_clear(struct trace *t);
void trace_release(struct trace *t);

#endif
