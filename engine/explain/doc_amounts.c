/* SPDX-License-Identifier: Apache-2.0
 *
 * The figures of a program: what they are on the day, what changed when, how counties differ, and
 * the funds, places and meetings.
 */
#include "engine/explain/doc_internal.h"

#include "engine/explain/wording.h"

static bool is_mine(const struct doc *d, uint16_t param)
{
	return d->rb->params[param].program == d->program;
}

static const struct dated_list *list_of(const struct doc *d, uint16_t param)
{
	return d->view->county == NONE ? &d->rb->params[param].values
				       : &d->rb->counties[d->view->county].values[param];
}

static void name_cell(struct doc *d, uint16_t param)
{
	plain_title(&d->words, d->rb->params[param].title, d->rb->params[param].name);
	plain_capital(&d->words, 0);
	doc_cell(d);
}

static void value_cell(struct doc *d, uint16_t param, const struct dated *v)
{
	policy_value_text(&d->words, d->rb, &d->rb->params[param].type, v->value);
	doc_cell(d);
}

static void from_cell(struct doc *d, const struct dated *v)
{
	if (v->from == DAY_MIN)
		buf_c(&d->words, "the beginning");
	else
		plain_day(&d->words, v->from);
	doc_cell(d);
}

static void source_cell(struct doc *d, uint16_t param, const struct dated *v)
{
	struct str cite = v->cite.len ? v->cite : d->rb->params[param].cite;
	if (v->placeholder.len) {
		buf_c(&d->words, "PLACEHOLDER, in no document yet: ");
		buf_str(&d->words, v->placeholder);
		buf_c(&d->words, " — ");
	}
	if (cite.len) {
		buf_c(&d->words, "“");
		buf_str(&d->words, cite);
		buf_c(&d->words, "” — ");
	}
	place_words(&d->words, d->rb, v->span);
	doc_cell(d);
}

void doc_amounts(struct doc *d)
{
	static const struct html_column columns[] = {
	    {"what", false}, {"now", true}, {"since", false}, {"source", false}};
	struct plain p = doc_plain(d, NULL, NONE);
	bool any = false;
	for (uint16_t i = 0; i < d->rb->nparams; i++) {
		if (!is_mine(d, i))
			continue;
		if (!any) {
			sheet_section(d->sheet, STR("Amounts, numbers and times"));
			sheet_table(d->sheet, columns, 4);
		}
		any = true;
		const struct dated *v = plain_dated(&p, i);
		sheet_row(d->sheet);
		name_cell(d, i);
		value_cell(d, i, v);
		from_cell(d, v);
		source_cell(d, i, v);
	}
	if (any)
		sheet_table_end(d->sheet);
}

/* Every value of every figure that has had, or will have, more than one. */
void doc_changes(struct doc *d)
{
	static const struct html_column columns[] = {
	    {"what", false}, {"value", true}, {"from", false}, {"source", false}};
	bool any = false;
	for (uint16_t i = 0; i < d->rb->nparams; i++) {
		const struct dated_list *l = list_of(d, i);
		if (!is_mine(d, i) || (l->n < 2 && l->at == d->rb->params[i].values.at))
			continue;
		if (!any) {
			sheet_section(d->sheet, STR("What changed, and what will change"));
			sheet_table(d->sheet, columns, 4);
		}
		any = true;
		for (uint16_t k = 0; k < l->n; k++) {
			sheet_row(d->sheet);
			name_cell(d, i);
			value_cell(d, i, &l->at[k]);
			from_cell(d, &l->at[k]);
			source_cell(d, i, &l->at[k]);
		}
	}
	if (any)
		sheet_table_end(d->sheet);
}

/* ---- how counties differ ---- */

static bool adopts(const struct doc *d, uint16_t county)
{
	const struct county *c = &d->rb->counties[county];
	for (uint16_t i = 0; i < c->nadopts; i++)
		if (c->adopts[i].program == d->program)
			return true;
	return false;
}

static bool is_own(const struct doc *d, uint16_t county, uint16_t param)
{
	return is_mine(d, param) && adopts(d, county) &&
	       d->rb->counties[county].values[param].at != d->rb->params[param].values.at;
}

static void county_cell(struct doc *d, uint16_t county)
{
	const struct county *c = &d->rb->counties[county];
	plain_title(&d->words, c->title, c->name);
	doc_cell(d);
}

static size_t own_values(struct doc *d, uint16_t county, uint16_t param)
{
	const struct dated_list *l = &d->rb->counties[county].values[param];
	const struct dated_list *program = &d->rb->params[param].values;
	size_t n = 0;
	for (uint16_t k = 0; k < l->n; k++) {
		bool same = false; /* a county's list has the program's values of before it, too */
		for (uint16_t i = 0; i < program->n; i++)
			same |= program->at[i].from == l->at[k].from &&
				program->at[i].value.i == l->at[k].value.i;
		if (same)
			continue;
		sheet_row(d->sheet);
		county_cell(d, county);
		name_cell(d, param);
		value_cell(d, param, &l->at[k]);
		from_cell(d, &l->at[k]);
		source_cell(d, param, &l->at[k]);
		n++;
	}
	return n;
}

static void own_blocks(struct doc *d)
{
	bool any = false;
	for (uint32_t i = 0; i < d->rb->nblocks; i++) {
		const struct block *k = &d->rb->blocks[i];
		if (k->program != d->program || k->county == NONE)
			continue;
		if (!any)
			sheet_list(d->sheet);
		any = true;
		buf_str(&d->words, d->rb->counties[k->county].title);
		buf_c(&d->words, " has its own ");
		plain_titled(&d->words, k->title, k->name);
		buf_c(&d->words, ": see the county's page");
		doc_item(d);
	}
	if (any)
		sheet_list_end(d->sheet);
}

void doc_differences(struct doc *d)
{
	static const struct html_column columns[] = {{"county", false},
						     {"what", false},
						     {"value", true},
						     {"from", false},
						     {"source", false}};
	size_t n = 0;
	if (d->view->county != NONE)
		return;
	sheet_section(d->sheet, STR("Where counties differ"));
	for (uint16_t c = 0; c < d->rb->ncounties; c++)
		for (uint16_t i = 0; i < d->rb->nparams; i++) {
			if (!is_own(d, c, i))
				continue;
			if (!n++)
				sheet_table(d->sheet, columns, 5);
			(void)own_values(d, c, i);
		}
	if (n)
		sheet_table_end(d->sheet);
	else
		sheet_p(d->sheet, STR("No county has set other amounts, numbers or times."));
	own_blocks(d);
}

/* ---- funds, places, meetings ---- */

static bool reads_fund(const struct doc *d, uint16_t fund)
{
	for (size_t g = 0; g < d->n; g++) {
		const struct block *k = &d->rb->blocks[d->blocks[g].block];
		if (k->kind == BLOCK_SCHEDULE && d->rb->schedules[k->detail].fund == fund)
			return true;
		for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
			for (uint16_t a = 0; a < d->rb->parts[i].nactions; a++)
				if (d->rb->parts[i].actions[a].fund == fund)
					return true;
	}
	return false;
}

/* In what order a part's actions name it; kinds of case decide what a place or a meeting is for. */
static bool names(const struct doc *d, enum action_kind kind, uint16_t name)
{
	for (size_t g = 0; g < d->n; g++) {
		const struct block *k = &d->rb->blocks[d->blocks[g].block];
		for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
			for (uint16_t a = 0; a < d->rb->parts[i].nactions; a++)
				if (d->rb->parts[i].actions[a].kind == kind &&
				    d->rb->parts[i].actions[a].name == name)
					return true;
	}
	return false;
}

/* Ends what is said of a fund, places or a meeting. */
static void named_end(struct doc *d, const struct named *n)
{
	plain_sentence(&d->words, 0);
	buf_c(&d->words, " Source: ");
	if (n->cite.len) {
		buf_c(&d->words, "“");
		buf_str(&d->words, n->cite);
		buf_c(&d->words, "” — ");
	}
	place_words(&d->words, d->rb, n->span);
	doc_item(d);
}

static void fund_item(struct doc *d, uint16_t fund)
{
	const struct budget *b = fund_budget(d->rb, fund);
	struct plain p = doc_plain(d, NULL, NONE);
	plain_title(&d->words, d->rb->funds[fund].title, d->rb->funds[fund].name);
	buf_c(&d->words, ": ");
	if (!b) {
		buf_c(&d->words, "no limit is set");
	} else {
		if (b->param != NONE)
			plain_param(&d->words, &p, b->param);
		else
			money_text(&d->words, b->cents);
		buf_c(&d->words, b->per == BUDGET_PER_YEAR ? " a year" : " in all");
		buf_c(&d->words, ". When it is used up, payments are noted, but not made");
	}
	named_end(d, &d->rb->funds[fund]);
}

static void place_item(struct doc *d, uint16_t capacity)
{
	const struct capacity *c = &d->rb->places[capacity];
	struct plain p = doc_plain(d, NULL, NONE);
	plain_title(&d->words, d->rb->capacities[capacity].title, d->rb->capacities[capacity].name);
	buf_c(&d->words, ": ");
	if (c->param != NONE)
		plain_param(&d->words, &p, c->param);
	else
		number_text(&d->words, c->n);
	buf_c(&d->words,
	      " places in each county. When all are taken, people wait in line, and whoever "
	      "came first is next");
	named_end(d, &d->rb->capacities[capacity]);
}

static void count_words(struct doc *d, const struct plain *p, const struct count *c)
{
	if (c->param != NONE)
		plain_param(&d->words, p, c->param);
	else
		number_text(&d->words, c->n);
}

static void next_meeting(struct doc *d, const struct docket *k)
{
	int32_t day;
	if (k->nth)
		buf_c(&d->words, ". It meets once a month");
	else if (k->every == 7)
		buf_c(&d->words, ". It meets every week");
	else
		buf_fmt(&d->words, ". It meets every %d days", k->every);
	if (!docket_next(k, d->view->day, &day))
		return;
	buf_c(&d->words, "; the next meeting after ");
	plain_day(&d->words, d->view->day);
	buf_c(&d->words, " is on ");
	plain_day(&d->words, day);
}

static void meeting_item(struct doc *d, uint16_t docket)
{
	const struct docket *k = &d->rb->meetings[docket];
	struct plain p = doc_plain(d, NULL, NONE);
	plain_title(&d->words, d->rb->dockets[docket].title, d->rb->dockets[docket].name);
	buf_c(&d->words, ": at most ");
	count_words(d, &p, &k->most);
	buf_c(&d->words, " cases at one meeting");
	if (k->keeps.param != NONE || k->keeps.n) {
		buf_c(&d->words, ", of them ");
		count_words(d, &p, &k->keeps);
		buf_c(&d->words, " seats kept for urgent ones");
	}
	next_meeting(d, k);
	named_end(d, &d->rb->dockets[docket]);
}

void doc_means(struct doc *d)
{
	bool any = false;
	const struct {
		uint16_t n;
		void (*item)(struct doc *d, uint16_t i);
	} kinds[] = {{d->rb->nfunds, fund_item},
		     {d->rb->ncapacities, place_item},
		     {d->rb->ndockets, meeting_item}};
	for (size_t k = 0; k < 3; k++)
		for (uint16_t i = 0; i < kinds[k].n; i++) {
			bool mine = k == 0   ? reads_fund(d, i)
				    : k == 1 ? names(d, ACTION_ENROL, i)
					     : names(d, ACTION_PLACE, i);
			if (!mine)
				continue;
			if (!any) {
				sheet_section(d->sheet, STR("Funds, places and meetings"));
				sheet_list(d->sheet);
			}
			any = true;
			kinds[k].item(d, i);
		}
	if (any)
		sheet_list_end(d->sheet);
}
