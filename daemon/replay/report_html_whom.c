/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom a change concerns: how many cases of which kind in which county, and by which provision.
 */
#include "daemon/replay/report_html.h"

#include "daemon/replay/report_names.h"
#include "engine/explain/plain.h"
#include "engine/page/html.h"
#include "engine/values/money.h"

#include <stdlib.h>

/* The cases of one kind in one county that come out differently. */
struct concerned {
	struct str county, kind;
	uint64_t cases, newly, no_longer;
};

struct concerning {
	const struct compared *c;
	const struct rulebook *rb;
	struct arena arena;
	struct map by_name;
	uint32_t *row_of; /* by label; UINT32_MAX: not looked for yet */
	VEC(struct concerned) rows;
};

static uint32_t row_of(struct concerning *x, uint32_t label)
{
	const struct compared_label *l = &x->c->labels.at[label];
	struct buf key = {0};
	if (x->row_of[label] != UINT32_MAX)
		return x->row_of[label];
	struct concerned new = {.county = l->county,
				.kind = provision_kind(x->rb, l->program, l->block)};
	buf_fmt(&key, STR_FMT " " STR_FMT, STR_ARG(new.county), STR_ARG(new.kind));
	uint32_t i = map_get(&x->by_name, buf_view(&key));
	if (i == MAP_NONE) {
		i = (uint32_t)x->rows.n;
		map_put(&x->by_name, arena_str(&x->arena, buf_view(&key)), i);
		*vec_push(&x->rows) = new;
	}
	buf_release(&key);
	return x->row_of[label] = i;
}

static int by_cases(const void *a, const void *b)
{
	const struct concerned *x = a, *y = b;
	if (x->cases != y->cases)
		return x->cases < y->cases ? 1 : -1;
	int order = str_cmp(x->county, y->county);
	return order ? order : str_cmp(x->kind, y->kind);
}

/* Most cases first. */
static void find_concerned(struct concerning *x, const struct compared *c,
			   const struct rulebook *rb)
{
	*x = (struct concerning){.c = c, .rb = rb};
	x->row_of = arena_array(&x->arena, c->labels.n + 1, sizeof(*x->row_of));
	for (size_t i = 0; i < c->labels.n; i++)
		x->row_of[i] = UINT32_MAX;
	for (size_t i = 0; i < c->cases.n; i++) {
		const struct compared_case *k = &c->cases.at[i];
		const struct compared_outcome *o = &c->outcomes.at[k->first];
		bool recorded = o->label[SIDE_RECORDED] != NONE_SUCH;
		uint32_t at = row_of(x, o->label[recorded ? SIDE_RECORDED : SIDE_CANDIDATE]);
		struct concerned *row = &x->rows.at[at];
		row->cases++;
		row->newly += !k->benefit[SIDE_RECORDED] && k->benefit[SIDE_CANDIDATE];
		row->no_longer += k->benefit[SIDE_RECORDED] && !k->benefit[SIDE_CANDIDATE];
	}
	if (x->rows.n)
		qsort(x->rows.at, x->rows.n, sizeof(*x->rows.at), by_cases);
}

static void release(struct concerning *x)
{
	map_release(&x->by_name);
	vec_release(&x->rows);
	arena_release(&x->arena);
}

static void kind_words(struct buf *b, const struct concerned *row)
{
	plain_name(b, row->kind.len ? row->kind : STR("case"));
}

void replay_whom_words(struct buf *b, const struct replayed *r, const struct rulebook *rb,
		       size_t most)
{
	struct concerning x;
	find_concerned(&x, &r->compared, rb);
	for (size_t i = 0; i < x.rows.n && i < most; i++) {
		const struct concerned *row = &x.rows.at[i];
		buf_c(b, i ? ", " : "");
		number_text(b, (int64_t)row->cases);
		buf_c(b, " in ");
		called_county(b, rb, row->county);
		buf_c(b, " (");
		kind_words(b, row);
		buf_char(b, ')');
	}
	if (x.rows.n > most)
		buf_fmt(b, ", and %zu other groups", x.rows.n - most);
	release(&x);
}

/* ---- for a page ---- */

static void put_cases(struct buf *b, const struct replayed *r)
{
	struct buf text = {0};
	replay_cases_words(&text, r);
	html_p(b, STR_FMT " A benefit is a payment, a schedule of payments or a place.",
	       STR_ARG(buf_view(&text)));
	buf_clear(&text);
	replay_outcomes_words(&text, r);
	html_p(b, STR_FMT, STR_ARG(buf_view(&text)));
	buf_release(&text);
}

static void put_concerned(struct buf *b, const struct replayed *r, const struct rulebook *rb)
{
	static const struct html_column columns[] = {{"county", false},
						     {"whose case", false},
						     {"cases that come out differently", true},
						     {"a benefit only under the change", true},
						     {"a benefit only as recorded", true}};
	struct concerning x;
	struct buf text = {0};
	find_concerned(&x, &r->compared, rb);
	html_subsection(b, STR("Whom it concerns"));
	html_table(b, columns, 5);
	for (size_t i = 0; i < x.rows.n; i++) {
		const struct concerned *row = &x.rows.at[i];
		html_row(b);
		called_county(&text, rb, row->county);
		html_cell(b, buf_view(&text));
		buf_clear(&text);
		kind_words(&text, row);
		html_cell(b, buf_view(&text));
		buf_clear(&text);
		html_count(b, (int64_t)row->cases);
		html_count(b, (int64_t)row->newly);
		html_count(b, (int64_t)row->no_longer);
	}
	html_table_end(b);
	buf_release(&text);
	release(&x);
}

/* Most kinds are called what they are. */
static struct str outcome_called(struct str kind)
{
	if (str_eq(kind, STR("unfunded")))
		return STR("left unpaid for lack of money");
	return str_eq(kind, STR("waitlisting")) ? STR("a place in the waiting list") : kind;
}

static void put_provisions(struct buf *b, const struct compared *c, const struct rulebook *rb)
{
	static const struct html_column columns[] = {
	    {"provision", false}, {"what follows from it", false},
	    {"added", true},      {"removed", true},
	    {"changed", true},    {"cases", true}};
	struct buf text = {0};
	html_subsection(b, STR("By provision"));
	html_table(b, columns, 6);
	for (size_t i = 0; i < c->provisions.n; i++) {
		const struct compared_provision *p = &c->provisions.at[i];
		html_row(b);
		called_provision(&text, rb, p->program, p->block);
		html_cell(b, buf_view(&text));
		buf_clear(&text);
		buf_str(&text, outcome_called(p->kind));
		if (p->name.len && !str_eq(p->name, p->block)) {
			buf_c(&text, ": ");
			plain_name(&text, p->name);
		}
		html_cell(b, buf_view(&text));
		buf_clear(&text);
		for (int k = 0; k < OUTCOME_CHANGES; k++)
			html_count(b, (int64_t)p->changes[k]);
		html_count(b, (int64_t)p->cases);
	}
	html_table_end(b);
	buf_release(&text);
}

void replay_html_whom(struct buf *b, const struct replayed *r, const struct rulebook *rb)
{
	put_cases(b, r);
	if (!r->compared.cases.n)
		return;
	put_concerned(b, r, rb);
	put_provisions(b, &r->compared, rb);
}
