/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/review_money.h"

#include "engine/page/html.h"

static const struct projection *projection_named(const struct rulebook *rb, struct str name)
{
	for (uint32_t i = 0; i < rb->nprojections; i++)
		if (str_eq(rb->projections[i].name, name))
			return &rb->projections[i];
	return NULL;
}

static bool differs(const struct review_money *m, const struct projected *p)
{
	const struct projection_result *both[2] = {&p->before, &p->after};
	return projection_differs(m->rb, both);
}

static void run(struct review_money *m, const struct projection *p, struct coverage *covered)
{
	const struct projection *was = projection_named(m->rb[0], p->name);
	struct projected *x = vec_push(&m->at);
	*x = (struct projected){.projection = p, .had_before = was};
	projection_run(m->rb[1], p, covered, &x->after);
	if (was)
		projection_run(m->rb[0], was, NULL, &x->before);
	x->differs = was && differs(m, x);
	m->differ += x->differs;
}

void review_money_find(struct review_money *m, const struct rulebook *old,
		       const struct rulebook *new, struct coverage *covered)
{
	*m = (struct review_money){.rb = {old, new}};
	for (uint32_t i = 0; i < new->nprojections; i++)
		run(m, &new->projections[i], covered);
	for (uint32_t i = 0; i < old->nprojections; i++)
		m->gone += !projection_named(new, old->projections[i].name);
}

void review_money_release(struct review_money *m)
{
	for (size_t i = 0; i < m->at.n; i++) {
		projection_result_release(&m->at.at[i].after);
		if (m->at.at[i].had_before)
			projection_result_release(&m->at.at[i].before);
	}
	vec_release(&m->at);
}

/* ---- words ---- */

static struct str title_of(const struct projected *p)
{
	const struct projection *x = p->projection;
	return x->base.title.len ? x->base.title : x->name;
}

static void compared(struct buf *b, const struct review_money *m, const struct projected *p)
{
	const struct projection_result *both[2] = {&p->before, &p->after};
	html_subsection(b, title_of(p));
	if (p->after.failed)
		html_note(b, "After the change this is not what the projection expects.");
	projection_compare_html(b, m->rb, both);
}

static void differing(struct buf *b, const struct review_money *m)
{
	html_section(b, STR("Before and after the change"));
	for (size_t i = 0; i < m->at.n; i++)
		if (m->at.at[i].differs)
			compared(b, m, &m->at.at[i]);
}

static void same_ones(struct buf *b, const struct review_money *m)
{
	html_section(b, STR("The same as before"));
	html_list(b);
	for (size_t i = 0; i < m->at.n; i++)
		if (m->at.at[i].had_before && !m->at.at[i].differs)
			html_item(b, title_of(&m->at.at[i]));
	html_list_end(b);
}

void review_money_html(struct buf *b, const struct review_money *m)
{
	size_t new = 0;
	if (!m->at.n)
		html_p(b,
		       "The policy has no projection: nobody has said how many people to expect.");
	else
		projection_html_head(b);
	if (m->gone)
		html_note(b, "%zu projections were taken out along with the change.", m->gone);
	for (size_t i = 0; i < m->at.n; i++)
		new += !m->at.at[i].had_before;
	if (m->differ)
		differing(b, m);
	if (m->at.n > m->differ + new)
		same_ones(b, m);
	for (size_t i = 0; i < m->at.n; i++)
		if (!m->at.at[i].had_before || m->at.at[i].differs)
			projection_html(b, m->rb[1], &m->at.at[i].after, 1);
}
