/* SPDX-License-Identifier: Apache-2.0
 *
 * Boxes of a table's space in the author's words.
 */
#include "grammar/lower_table.h"

#include "engine/analyse/cover.h"
#include "engine/analyse/ranges.h"

static void interval_words(struct buf *out, const struct book *b, const struct type *t,
			   const struct cover_column *of, struct interval v)
{
	struct range r = {v.lo, v.hi, v.lo <= of->lo, v.hi >= of->hi};
	range_cell_words(out, b->rb, t, &r);
}

static void set_words(struct buf *out, const struct book *b, const struct type *t,
		      const struct cover_column *of, const struct cover_set *s)
{
	bool any = false, listed = t->kind == TYPE_CHOICE || t->kind == TYPE_YES_NO;
	bool all_known = s->n == 1 && s->at[0].lo == of->lo && s->at[0].hi == of->hi;
	if (all_known && !listed) {
		buf_c(out, "known");
		return;
	}
	for (uint32_t i = 0; i < s->n; i++) {
		int64_t lo = s->at[i].lo;
		do {
			buf_c(out, any ? " or " : "");
			any = true;
			struct interval one = {lo, listed ? lo : s->at[i].hi};
			interval_words(out, b, t, of, one);
		} while (listed && lo++ < s->at[i].hi);
	}
	if (s->unknown)
		buf_c(out, any ? " or unknown" : "unknown");
}

void table_box_words(struct buf *out, const struct book *b, const struct table *t,
		     const struct cover *c, const struct cover_set *box)
{
	bool any = false;
	for (uint16_t i = 0; i < t->ninputs; i++) {
		if (cover_is_all(c, i, &box[i]))
			continue;
		buf_c(out, any ? " and " : "");
		buf_str(out, t->inputs[i].name);
		buf_char(out, ' ');
		set_words(out, b, &t->inputs[i].type, &c->axes[i].of, &box[i]);
		any = true;
	}
	if (!any)
		buf_c(out, "whatever the columns are");
}
