/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics as people and programs read them. Text:
 *
 *     policies/programs/pathway.way:12:9: error W0101: the commas in `$1,00` are in the wrong place
 *      12 |   amount fee is $1,00
 *         |                 ^^^^^
 *       help: commas separate thousands …
 *
 * Lines count from 1; columns count characters, not bytes, also from 1. Tabs are kept, so that the
 * carets stand where the reader's screen shows the span. `root` is the rulebook as the user wrote
 * it and is put before the names of the sources; empty: the names as they are.
 */
#ifndef WAYMARK_GRAMMAR_DIAGNOSTICS_H
#define WAYMARK_GRAMMAR_DIAGNOSTICS_H

#include "engine/base/diag.h"
#include "engine/policy/policy.h"

void diagnostics_text(struct buf *out, const struct diag_list *diags, const struct source *sources,
		      size_t n, struct str root, bool colour);

/* One array of {code, severity, file, line, column, end_line, end_column, message, help}, with a
 * line break at its end. The end is the place after the last character. */
void diagnostics_json(struct buf *out, const struct diag_list *diags, const struct source *sources,
		      size_t n, struct str root);

/* A file's name as the user would write it: `root` before the name of the source. */
void source_path(struct buf *out, struct str root, struct str name);

/* One diagnostic, in both forms. */
void diagnostic_text(struct buf *out, const struct diag *d, const struct source *source,
		     struct str root, bool colour);
void diagnostic_json(struct buf *out, const struct diag *d, const struct source *source,
		     struct str root);

#endif
