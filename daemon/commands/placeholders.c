/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/placeholders.h"

#include "engine/case/json_write.h"
#include "grammar/diagnostics.h"

/* One value that nobody has settled: the program's, or (county not NONE) a county's own. */
struct placeholder {
	const struct param *param;
	uint16_t index, county;
	const struct dated *value;
};

static bool in_list(const struct dated_list *l, const struct dated *v)
{
	for (uint16_t i = 0; i < l->n; i++)
		if (l->at[i].span.source == v->span.source && l->at[i].span.off == v->span.off)
			return true;
	return false;
}

/* Calls each for the program's placeholders, then for those that counties have set themselves. */
static void each_placeholder(const struct rulebook *rb,
			     void (*each)(void *arg, const struct placeholder *p), void *arg)
{
	for (uint16_t i = 0; i < rb->nparams; i++) {
		const struct param *p = &rb->params[i];
		for (uint16_t k = 0; k < p->values.n; k++)
			if (p->values.at[k].placeholder.len)
				each(arg, &(struct placeholder){p, i, NONE, &p->values.at[k]});
		for (uint16_t c = 0; c < rb->ncounties; c++) {
			const struct dated_list *own = &rb->counties[c].values[i];
			for (uint16_t k = 0; own->at != p->values.at && k < own->n; k++)
				if (own->at[k].placeholder.len && !in_list(&p->values, &own->at[k]))
					each(arg, &(struct placeholder){p, i, c, &own->at[k]});
		}
	}
}

/* The first figure of its own that a county has set instead; NULL: it goes by the program. */
static const struct dated *set_by(const struct rulebook *rb, const struct placeholder *p,
				  uint16_t county)
{
	const struct dated_list *own = &rb->counties[county].values[p->index];
	if (p->county != NONE)
		return NULL;
	for (uint16_t k = 0; own->at != p->param->values.at && k < own->n; k++)
		if (!own->at[k].placeholder.len && !in_list(&p->param->values, &own->at[k]))
			return &own->at[k];
	return NULL;
}

/* ---- for people ---- */

struct listing {
	struct buf *out;
	const struct rulebook *rb;
	struct str root;
	size_t n;
};

static void place(struct listing *l, struct span span)
{
	source_path(l->out, l->root, l->rb->sources[span.source].name);
	buf_fmt(l->out, ":%u", rulebook_line(l->rb, span));
}

static void value_words(struct listing *l, const struct param *p, const struct dated *v)
{
	policy_value_text(l->out, l->rb, &p->type, v->value);
	if (v->from > DAY_MIN) {
		buf_c(l->out, " from ");
		day_text(l->out, v->from);
	}
}

static void text_one(void *arg, const struct placeholder *p)
{
	struct listing *l = arg;
	l->n++;
	place(l, p->value->span);
	buf_fmt(l->out, ": " STR_FMT, STR_ARG(p->param->name));
	if (p->param->program != NONE)
		buf_fmt(l->out, " of " STR_FMT, STR_ARG(l->rb->programs[p->param->program].name));
	if (p->county != NONE)
		buf_fmt(l->out, " in " STR_FMT, STR_ARG(l->rb->counties[p->county].name));
	buf_c(l->out, " is ");
	value_words(l, p->param, p->value);
	buf_fmt(l->out, "\n  " STR_FMT "\n", STR_ARG(p->value->placeholder));
	for (uint16_t c = 0; c < l->rb->ncounties; c++) {
		const struct dated *own = set_by(l->rb, p, c);
		if (!own)
			continue;
		buf_fmt(l->out, "  set by " STR_FMT ": ", STR_ARG(l->rb->counties[c].name));
		value_words(l, p->param, own);
		buf_c(l->out, ", ");
		place(l, own->span);
		buf_char(l->out, '\n');
	}
}

void placeholders_text(struct buf *out, const struct rulebook *rb, struct str root)
{
	struct listing l = {out, rb, root, 0};
	each_placeholder(rb, text_one, &l);
	if (l.n)
		buf_fmt(out, "%zu figure%s that no document gives\n", l.n, l.n == 1 ? "" : "s");
	else
		buf_c(out, "every figure is given by a document\n");
}

/* ---- for programs ---- */

static void json_figure(struct listing *l, const struct param *p, const struct dated *v)
{
	buf_c(l->out, ",\"value\":");
	json_value(l->out, l->rb, &p->type, v->value);
	buf_c(l->out, ",\"from\":");
	json_day(l->out, v->from > DAY_MIN ? v->from : DAY_NONE);
	buf_c(l->out, ",\"file\":");
	buf_json(l->out, l->rb->sources[v->span.source].name);
	buf_fmt(l->out, ",\"line\":%u", rulebook_line(l->rb, v->span));
}

static void json_one(void *arg, const struct placeholder *p)
{
	struct listing *l = arg;
	bool first = true;
	buf_c(l->out, l->n++ ? "," : "");
	buf_c(l->out, "{\"name\":");
	json_name(l->out, p->param->name);
	if (p->param->program != NONE) {
		buf_c(l->out, ",\"program\":");
		json_name(l->out, l->rb->programs[p->param->program].name);
	}
	if (p->county != NONE) {
		buf_c(l->out, ",\"county\":");
		json_name(l->out, l->rb->counties[p->county].name);
	}
	json_figure(l, p->param, p->value);
	buf_c(l->out, ",\"reason\":");
	buf_json(l->out, p->value->placeholder);
	buf_c(l->out, ",\"set_by\":[");
	for (uint16_t c = 0; c < l->rb->ncounties; c++) {
		const struct dated *own = set_by(l->rb, p, c);
		if (!own)
			continue;
		buf_c(l->out, first ? "{\"county\":" : ",{\"county\":");
		json_name(l->out, l->rb->counties[c].name);
		json_figure(l, p->param, own);
		buf_char(l->out, '}');
		first = false;
	}
	buf_c(l->out, "]}");
}

void placeholders_json(struct buf *out, const struct rulebook *rb)
{
	struct listing l = {.out = out, .rb = rb};
	buf_char(out, '[');
	each_placeholder(rb, json_one, &l);
	buf_c(out, "]\n");
}
