/* SPDX-License-Identifier: Apache-2.0
 *
 * What the compiler has to say to the author. A diagnostic is a stable code, a severity, a span in
 * a source, one sentence that says what is wrong in the author's words, and a help line that says
 * what to do. Rendering (line, column, carets, JSON) happens at the edge: grammar/diagnostics.
 */
#ifndef WAYMARK_BASE_DIAG_H
#define WAYMARK_BASE_DIAG_H

#include "engine/base/arena.h"
#include "engine/base/str.h"

/* A place in a source, compact enough to stand on every node and instruction. */
struct span {
	uint32_t
	    source; /* index of the source in its set; 0 with len 0 and off 0 may mean nowhere */
	uint32_t off, len;
};

#define DIAG_MEANING                                                                               \
	200 /* codes from here on speak of what is said, those below of how it is written */

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct diag {
	int code; /* 101 is printed as W0101 */
	enum severity severity;
	struct span span;
	struct str message;   /* one sentence, no full stop missing, no code in it */
	struct str help;      /* what to do; may be empty */
	struct span also;     /* a second place of interest (the first definition); len 0: none */
	struct str also_note; /* what is there, such as "first defined here" */
};

struct diag_list {
	struct arena *arena; /* owns the texts; lives as long as the list */
	struct diag *at;     /* at most LIMIT_DIAGNOSTICS, in order of report */
	size_t n, cap;
	size_t errors, warnings; /* all of them, also those past the limit */
	struct diag unsaid;      /* stands in for one that is not kept */
};

void diag_init(struct diag_list *l, struct arena *arena);
void diag_release(struct diag_list *l); /* the list, not the arena */

/* Adds one and returns it, so that the caller may add help or a second place; past the limit, for
 * an exact repetition, and for what only follows from a mistake in how the place is written, the
 * returned diagnostic is a scratch one that is not kept. */
struct diag *diag_add(struct diag_list *l, int code, enum severity severity, struct span span,
		      const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void diag_help(struct diag_list *l, struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void diag_also(struct diag_list *l, struct diag *d, struct span where, const char *note);
void diag_sort(struct diag_list *l); /* by source, offset, code: the order of report */

#endif
