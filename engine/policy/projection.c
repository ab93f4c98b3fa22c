/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy/projection.h"

uint32_t projection_runs(const struct projection *p)
{
	return (UINT32_C(1) << p->nranges) + (p->likely ? 1 : 0);
}

uint32_t projection_corner(const struct projection *p, uint32_t i)
{
	return i >> p->nranges ? CORNER_LIKELY : i;
}

int64_t measure_at(const struct measure *m, uint32_t corner)
{
	if (m->range == NONE)
		return m->at[END_LOW];
	if (corner == CORNER_LIKELY)
		return m->at[END_LIKELY];
	return m->at[corner >> m->range & 1 ? END_HIGH : END_LOW];
}

enum reach_fault members_reach(const struct members *m, uint32_t corner, uint32_t all,
			       uint32_t behind, struct reach *out)
{
	uint64_t n = all, left = all - (m->another ? behind : 0);
	*out = (struct reach){.first = m->another ? behind : 0};
	if (m->kind != SHARE_ALL)
		n = (uint64_t)measure_at(&m->n, corner);
	if (m->kind == SHARE_PERCENT) {
		if (n > PERCENT_ONE)
			return REACH_TOO_MANY;
		n *= all;
		if (n % PERCENT_ONE)
			return REACH_UNEVEN;
		n /= PERCENT_ONE;
	}
	if (n > left)
		return REACH_TOO_MANY;
	out->n = (uint32_t)n;
	return REACH_FINE;
}

/* The lines of a cohort stand in order of time here as they do where they are written. */
struct settled projection_settle(const struct projection *p, uint32_t corner, struct arena *a)
{
	struct settled s = {.size = arena_array(a, p->ncohorts, sizeof(*s.size)),
			    .lines = arena_array(a, p->nlines, sizeof(*s.lines))};
	uint32_t *behind = arena_array(a, p->ncohorts, sizeof(*behind));
	for (uint16_t i = 0; i < p->ncohorts; i++)
		s.size[i] = (uint32_t)measure_at(&p->cohorts[i].n, corner);
	for (uint16_t i = 0; i < p->nlines; i++) {
		uint16_t c = p->lines[i].cohort;
		(void)members_reach(&p->lines[i].members, corner, s.size[c], behind[c],
				    &s.lines[i]); /* the compiler has checked them */
		behind[c] = s.lines[i].first + s.lines[i].n;
	}
	return s;
}
