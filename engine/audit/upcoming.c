/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/upcoming.h"

#include <endian.h>
#include <string.h>

static bool comes_before(struct case_state *const *cases, const struct upcoming_case *a,
			 const struct upcoming_case *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	if (a->day != b->day)
		return a->day < b->day;
	if (a->head != b->head) /* most: the cases need not be visited */
		return a->head < b->head;
	return str_cmp(cases[a->which]->id, cases[b->which]->id) < 0;
}

static void put(struct upcoming *u, size_t i, struct upcoming_case c)
{
	u->heap.at[i] = c;
	u->place.at[c.which] = (uint32_t)i + 1;
}

static void rise(struct upcoming *u, struct case_state *const *cases, size_t i)
{
	struct upcoming_case c = u->heap.at[i];
	for (; i > 0 && comes_before(cases, &c, &u->heap.at[(i - 1) / 2]); i = (i - 1) / 2)
		put(u, i, u->heap.at[(i - 1) / 2]);
	put(u, i, c);
}

static void sink(struct upcoming *u, struct case_state *const *cases, size_t i)
{
	struct upcoming_case c = u->heap.at[i];
	for (size_t child; (child = 2 * i + 1) < u->heap.n; i = child) {
		const struct upcoming_case *at = u->heap.at;
		if (child + 1 < u->heap.n && comes_before(cases, &at[child + 1], &at[child]))
			child++;
		if (!comes_before(cases, &at[child], &c))
			break;
		put(u, i, at[child]);
	}
	put(u, i, c);
}

static uint64_t head_of(struct str id)
{
	uint64_t head = 0;
	memcpy(&head, id.p, id.len < sizeof(head) ? id.len : sizeof(head));
	return be64toh(head);
}

static bool due_first(const struct case_state *cs, uint32_t which, struct upcoming_case *out)
{
	if (!cs->due.n)
		return false;
	*out = (struct upcoming_case){head_of(cs->id), cs->due.at[0].at, cs->due.at[0].day, which};
	return true;
}

void upcoming_note(struct upcoming *u, struct case_state *const *cases, uint32_t which)
{
	struct upcoming_case now;
	while (u->place.n <= which)
		*vec_push(&u->place) = 0;
	if (!due_first(cases[which], which, &now))
		return;
	size_t place = u->place.at[which];
	if (!place) {
		*vec_push(&u->heap) = now;
		rise(u, cases, u->heap.n - 1);
	} else if (comes_before(cases, &now, &u->heap.at[place - 1])) {
		u->heap.at[place - 1] = now;
		rise(u, cases, place - 1);
	}
}

static void remove_first(struct upcoming *u, struct case_state *const *cases)
{
	u->place.at[u->heap.at[0].which] = 0;
	struct upcoming_case last = u->heap.at[--u->heap.n];
	if (!u->heap.n)
		return;
	put(u, 0, last);
	sink(u, cases, 0);
}

const struct upcoming_case *upcoming_first(struct upcoming *u, struct case_state *const *cases)
{
	while (u->heap.n) {
		struct upcoming_case *first = &u->heap.at[0], now;
		if (!due_first(cases[first->which], first->which, &now)) {
			remove_first(u, cases);
			continue;
		}
		if (now.at == first->at && now.day == first->day)
			return first;
		*first = now;
		sink(u, cases, 0);
	}
	return NULL;
}

void upcoming_release(struct upcoming *u)
{
	vec_release(&u->heap);
	vec_release(&u->place);
}
