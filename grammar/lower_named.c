/* SPDX-License-Identifier: Apache-2.0
 *
 * What only has a name, and what time is: the zone and the calendars.
 */
#include "grammar/lower.h"

#include <stdlib.h>

static struct named *names_of(struct book *b, const struct decl_list *list, uint16_t *n,
			      bool **used)
{
	struct named *at = arena_array(&b->rb->arena, list->n, sizeof(*at));
	for (size_t i = 0; i < list->n; i++) {
		const struct ast_decl *d = list->at[i];
		at[i] = (struct named){d->name.s, d->title.s, d->name.span, d->cite.s};
	}
	*n = (uint16_t)list->n;
	*used = arena_array(&b->arena, list->n, sizeof(bool));
	return at;
}

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

static void lower_calendar(struct book *b, const struct ast_decl *d, struct calendar *c)
{
	size_t n = 0;
	for (const struct ast_holiday *h = d->holidays; h; h = h->next)
		n++;
	int32_t *days = arena_array(&b->rb->arena, n, sizeof(*days));
	n = 0;
	for (const struct ast_holiday *h = d->holidays; h; h = h->next)
		days[n++] = h->day;
	if (n)
		qsort(days, n, sizeof(*days), by_day);
	*c = (struct calendar){
	    .name = d->name.s, .weekend = d->weekend ? d->weekend : 0x60, .holidays = days, .n = n};
	if ((d->weekend & 0x7f) == 0x7f) {
		struct diag *g =
		    fault(b, W_BAD_RANGE, d->name.span, "this calendar has no business day at all");
		help(b, g, "leave at least one day of the week out of `weekend`");
	}
}

static void lower_zone(struct book *b)
{
	struct rulebook *rb = b->rb;
	if (!b->zones.n) {
		struct span start = {0};
		struct diag *d =
		    fault(b, W_TIMEZONE, start, "the policy does not say its time zone");
		help(b, d, "add `timezone \"America/Los_Angeles\"` to the vocabulary");
		return;
	}
	const struct ast_decl *first = b->zones.at[0];
	for (size_t i = 1; i < b->zones.n; i++) {
		struct diag *d = fault(b, W_DEFINED_TWICE, b->zones.at[i]->span,
				       "the time zone is stated twice");
		help(b, d, "keep one of them");
		diag_also(b->diags, d, first->span, "first stated here");
	}
	struct str bytes = b->env->zone_bytes(b->env->arg, first->title.s);
	if (bytes.p && zone_read(&rb->arena, first->title.s, bytes, &rb->zone) == STATUS_OK)
		return;
	if (first->broken)
		return;
	struct diag *d = fault(b, W_TIMEZONE, first->title.span,
			       "there is no time zone `" STR_FMT "`", STR_ARG(first->title.s));
	help(b, d, "write the name of a zone such as \"America/Los_Angeles\"");
}

void lower_named(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->parties = names_of(b, &b->parties, &rb->nparties, &b->party_used);
	rb->requirements = names_of(b, &b->requirements, &rb->nrequirements, &b->requirement_used);
	rb->orders = names_of(b, &b->orders, &rb->norders, &b->order_used);
	rb->funds = names_of(b, &b->funds, &rb->nfunds, &b->fund_used);
	rb->capacities = names_of(b, &b->capacities, &rb->ncapacities, &b->capacity_used);
	rb->calendars = arena_array(&rb->arena, b->calendars.n, sizeof(*rb->calendars));
	rb->ncalendars = (uint16_t)b->calendars.n;
	for (size_t i = 0; i < b->calendars.n; i++)
		lower_calendar(b, b->calendars.at[i], &rb->calendars[i]);
	lower_zone(b);
}
