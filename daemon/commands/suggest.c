/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/suggest.h"

#include "daemon/commands/history.h"

/* Rulebooks are shared and never change; here one is compiled that nobody else has. */
static struct rulebook *compile_again(struct loaded *l, struct arena *a)
{
	struct compile_env env = load_env(l);
	struct diag_list diags;
	struct rulebook *rb = NULL;
	diag_init(&diags, a);
	if (compile_unchecked(l->sources, l->n, &env, &diags, &rb))
		rb = NULL;
	diag_release(&diags);
	return rb;
}

/* The first county in which the provision is in force. */
static uint16_t county_of(const struct rulebook *rb, uint32_t block)
{
	for (uint16_t c = 0; c < rb->ncounties; c++) {
		const struct dispatch *d = rb->counties[c].dispatch;
		for (uint16_t e = 0; e < rb->nevents; e++)
			for (uint32_t i = 0; i < d->n[e]; i++)
				if (rb->parts[d->by_event[e][i].part].block == block)
					return c;
		for (uint32_t i = 0; i < d->nnevers; i++)
			if (d->nevers[i] == block)
				return c;
	}
	return 0;
}

bool suggest_begin(struct suggesting *s, struct loaded *l)
{
	*s = (struct suggesting){.loaded = l};
	s->changed = compile_again(l, &s->arena);
	return s->changed;
}

bool suggest(struct suggesting *s, const struct mutant *m, struct str title, size_t point,
	     struct witness *w)
{
	const struct rulebook *rb = s->loaded->rb;
	uint16_t county = county_of(rb, m->block);
	struct wanted wanted = {
	    .rb = {rb, s->changed}, .county = {county, county}, .block = {m->block, m->block}};
	struct buf text = {0};
	if (witness_find(w, &wanted)) {
		history_scenario(&text, "Noticed", s->shown + 1, title, rb->counties[county].name,
				 w, 0);
		w->found = point == SUGGEST_ANY
			       ? history_reproduced(NULL, s->loaded, buf_view(&text))
			       : history_covers(s->loaded, buf_view(&text), point);
	}
	if (w->found) {
		s->shown++;
		buf_str(&s->scenarios, buf_view(&text));
	}
	buf_release(&text);
	return w->found;
}

void suggest_end(struct suggesting *s)
{
	rulebook_unref(s->changed);
	buf_release(&s->scenarios);
	arena_release(&s->arena);
}
