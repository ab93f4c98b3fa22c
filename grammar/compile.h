/* SPDX-License-Identifier: Apache-2.0
 *
 * Text to rule graph: the compiler's front door.
 *
 *     struct diag_list diags;
 *     struct rulebook *rb = NULL;
 *     diag_init(&diags, &arena);
 *     if (compile(sources, n, &env, &diags, &rb) == STATUS_OK)
 *             ... rulebook_unref(rb);
 *     diagnostics_print(...)   // warnings too
 *
 * The compiler does no I/O: the caller reads the files (sorted by name, names relative to the
 * rulebook) and hands in how to get the bytes of a time zone.
 */
#ifndef WAYMARK_GRAMMAR_COMPILE_H
#define WAYMARK_GRAMMAR_COMPILE_H

#include "engine/base/diag.h"
#include "engine/policy/scenario.h"

struct names;

struct compile_env {
	/* The TZif bytes of a zone such as "America/Los_Angeles", alive until compile returns;
	 * p NULL when there is no such zone. */
	struct str (*zone_bytes)(void *arg, struct str name);
	void *arg;
	/* Filled with what is named where, also when the policy has errors; or NULL (names.h). */
	struct names *names;
};

/* STATUS_OK and a rulebook with one reference, or STATUS_INVALID with at least one error in the
 * list; a policy with any error never becomes a rulebook. Diagnostics' spans are by index into
 * `sources`, in the given order; they come sorted. Texts are copied. */
enum status compile(const struct source *sources, size_t n, const struct compile_env *env,
		    struct diag_list *diags, struct rulebook **out);

/* The same without the checks over all cases (check_flow, check_cases, check_unused): for whoever
 * looks into policies with contradictions. Never for a policy that is to decide. */
enum status compile_unchecked(const struct source *sources, size_t n, const struct compile_env *env,
			      struct diag_list *diags, struct rulebook **out);

#endif
