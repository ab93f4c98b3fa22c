/* SPDX-License-Identifier: Apache-2.0
 *
 * A table, row by row: its cells as they are written, with the parameters' values of the day.
 */
#include "engine/explain/doc_internal.h"

#include "engine/explain/wording.h"
#include "engine/base/limits.h"

static void bound(struct doc *d, const struct plain *p, const struct type *t,
		  const struct table_bound *x)
{
	struct value v = value_int(t->kind, x->n);
	if (x->param != NONE)
		v.i += plain_dated(p, x->param)->value.i;
	policy_value_text(&d->words, d->rb, t, v);
}

/* What stands in the cell; where it names parameters, their values follow. */
static void input_cell(struct doc *d, const struct plain *p, const struct type *t,
		       const struct table_cell *c)
{
	bool params = false;
	source_words(&d->words, d->rb, c->span);
	for (uint16_t i = 0; i < c->n; i++)
		params |= c->at[i].lo.param != NONE || c->at[i].hi.param != NONE;
	for (uint16_t i = 0; params && i < c->n; i++) {
		buf_c(&d->words, i ? ", " : " (now: ");
		if (c->at[i].lo.param != NONE || c->at[i].hi.param == NONE)
			bound(d, p, t, &c->at[i].lo);
		if (c->at[i].hi.param != NONE) {
			buf_c(&d->words, " to ");
			bound(d, p, t, &c->at[i].hi);
		}
	}
	buf_c(&d->words, params ? ")" : "");
	doc_cell(d);
}

static void output_cell(struct doc *d, const struct plain *p, const struct type *t,
			const struct table_output *o)
{
	if (o->param != NONE)
		plain_param(&d->words, p, o->param);
	else
		policy_value_text(&d->words, d->rb, t, o->value);
	doc_cell(d);
}

static void heads(struct doc *d, const struct table *t, const struct table *own)
{
	struct html_column columns[LIMIT_TABLE_INPUTS + LIMIT_TABLE_OUTPUTS] = {{NULL, false}};
	struct buf names[LIMIT_TABLE_INPUTS + LIMIT_TABLE_OUTPUTS] = {{0}};
	size_t n = 0;
	for (; n < (size_t)t->ninputs + own->noutputs; n++) {
		bool out = n >= t->ninputs;
		buf_c(&names[n], out ? "gives: " : "");
		plain_name(&names[n], out ? own->outputs[n - t->ninputs].name : t->inputs[n].name);
		buf_char(&names[n], '\0');
		columns[n] = (struct html_column){names[n].p, false};
	}
	sheet_table(d->sheet, columns, n);
	while (n-- > 0)
		buf_release(&names[n]);
}

void doc_table(struct doc *d, const struct block *k)
{
	const struct table *t = &d->rb->tables[k->detail], *own = &d->rb->tables[t->first];
	struct plain p = doc_plain(d, k, NONE);
	heads(d, t, own);
	for (uint16_t i = 0; i < t->nrows; i++) {
		sheet_row(d->sheet);
		for (uint16_t c = 0; c < t->ninputs; c++) {
			if (t->rows[i].cells) {
				input_cell(d, &p, &t->inputs[c].type, &t->rows[i].cells[c]);
				continue;
			}
			buf_c(&d->words, "otherwise");
			doc_cell(d);
		}
		for (uint16_t c = 0; c < own->noutputs; c++)
			output_cell(d, &p, &own->outputs[c].type, &t->rows[i].outputs[c]);
	}
	sheet_table_end(d->sheet);
}
