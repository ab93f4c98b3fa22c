/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/mutate.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/history.h"
#include "daemon/commands/lines.h"
#include "engine/audit/mutate.h"
#include "engine/audit/wording.h"

#include <string.h>

struct survey {
	struct loaded *loaded;    /* as it is */
	struct rulebook *changed; /* the same, compiled once more: it is changed in place */
	struct mutants mutants;
	size_t lived, shown;
	bool json;
	struct buf out, scenarios;
};

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

/* A scenario that passes as the policy is, and fails with the change. */
static void suggest(struct survey *s, const struct mutant *m, struct witness *w)
{
	const struct rulebook *rb = s->loaded->rb;
	uint16_t county = county_of(rb, m->block);
	struct wanted wanted = {
	    .rb = {rb, s->changed}, .county = {county, county}, .block = {m->block, m->block}};
	struct buf what = {0}, text = {0};
	if (witness_find(w, &wanted)) {
		part_words(&what, rb, rb->blocks[m->block].first_part);
		buf_str(&what, STR(", "));
		buf_str(&what, m->was);
		history_scenario(&text, "Noticed", s->shown + 1, buf_view(&what),
				 rb->counties[county].name, w, 0);
		if (history_reproduced(NULL, s->loaded, buf_view(&text))) {
			s->shown++;
			buf_str(&s->scenarios, buf_view(&text));
		} else {
			w->found = false;
		}
	}
	buf_release(&what);
	buf_release(&text);
}

static void words_mutant(struct buf *b, const struct rulebook *rb, const struct mutant *m)
{
	place_words(b, rb, m->span);
	buf_str(b, STR(": "));
	buf_str(b, m->was);
	buf_str(b, STR(" -> "));
	buf_str(b, m->now);
	buf_str(b, STR(" ("));
	block_words(b, &rb->blocks[m->block]);
	buf_char(b, ')');
}

static void report_text(struct survey *s, const struct mutant *m, const struct witness *w)
{
	struct buf *b = &s->out;
	buf_str(b, STR("not noticed: "));
	words_mutant(b, s->loaded->rb, m);
	buf_char(b, '\n');
	if (!w->found) {
		buf_fmt(b, "  none of %zu histories that were tried shows it\n", w->tried);
		return;
	}
	buf_str(b, STR("  this would notice:\n"));
	lines_indented(b, "  ", w->history);
	lines_indented(b, "      expect ", w->came[0]);
}

static void report_json(struct survey *s, const struct mutant *m, const struct witness *w)
{
	struct buf *b = &s->out;
	const struct rulebook *rb = s->loaded->rb;
	buf_c(b, s->lived > 1 ? "," : "");
	buf_str(b, STR("{\"file\":"));
	buf_json(b, rb->sources[m->span.source].name);
	buf_fmt(b, ",\"line\":%u,\"block\":", rulebook_line(rb, m->span));
	buf_json(b, rb->blocks[m->block].name);
	buf_str(b, STR(",\"was\":"));
	buf_json(b, m->was);
	buf_str(b, STR(",\"now\":"));
	buf_json(b, m->now);
	if (w->found) {
		lines_json(b, "history", w->history);
		lines_json(b, "expect", w->came[0]);
	}
	buf_char(b, '}');
}

static void try_one(struct survey *s, const struct mutant *m)
{
	struct witness w = {0};
	mutant_apply(m);
	bool noticed = mutant_noticed(s->changed);
	if (!noticed) {
		s->lived++;
		suggest(s, m, &w);
		if (s->json)
			report_json(s, m, &w);
		else
			report_text(s, m, &w);
	}
	witness_release(&w);
	mutant_undo(m);
}

static void summary(struct survey *s)
{
	struct buf *b = &s->out;
	size_t n = s->mutants.n;
	if (s->json) {
		buf_fmt(b, "],\"changes\":%zu,\"noticed\":%zu,\"not_noticed\":%zu,\"shown\":%zu}\n",
			n, n - s->lived, s->lived, s->shown);
		return;
	}
	buf_fmt(b, "%zu of %zu small changes are noticed by a scenario\n", n - s->lived, n);
	if (s->lived)
		buf_fmt(b, "%zu are not; for %zu of them a scenario is shown that would\n",
			s->lived, s->shown);
}

int test_mutants(struct loaded *l, const char *path, bool json)
{
	struct arena a = {0};
	struct survey s = {.loaded = l, .json = json};
	s.changed = compile_again(l, &a);
	if (!s.changed) {
		arena_release(&a);
		return cli_environment("test", "the rulebook could not be compiled once more");
	}
	mutants_find(&s.mutants, s.changed);
	buf_c(&s.out, json ? "{\"changed\":[" : "");
	for (size_t i = 0; i < s.mutants.n; i++)
		try_one(&s, &s.mutants.at[i]);
	summary(&s);
	int status = cli_write("test", stdout, &s.out);
	if (!status && path)
		status = cli_write_file("test", path, &s.scenarios);
	if (!status && s.shown)
		status = EXIT_NOT_FINE;
	mutants_release(&s.mutants);
	rulebook_unref(s.changed);
	buf_release(&s.out);
	buf_release(&s.scenarios);
	arena_release(&a);
	return status;
}
