/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/mutate.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/lines.h"
#include "daemon/commands/suggest.h"
#include "engine/explain/wording.h"

#include <string.h>

struct survey {
	struct suggesting by;
	struct mutants mutants;
	size_t lived;
	bool json;
	struct buf out;
};

static void suggest_mutant(struct survey *s, const struct mutant *m, struct witness *w)
{
	const struct rulebook *rb = s->by.loaded->rb;
	struct buf what = {0};
	part_words(&what, rb, rb->blocks[m->block].first_part);
	buf_str(&what, STR(", "));
	buf_str(&what, m->was);
	(void)suggest(&s->by, m, buf_view(&what), SUGGEST_ANY, w);
	buf_release(&what);
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
	words_mutant(b, s->by.loaded->rb, m);
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
	const struct rulebook *rb = s->by.loaded->rb;
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
	bool noticed = mutant_noticed(s->by.changed, NULL);
	if (!noticed) {
		s->lived++;
		suggest_mutant(s, m, &w);
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
			n, n - s->lived, s->lived, s->by.shown);
		return;
	}
	buf_fmt(b, "%zu of %zu small changes are noticed by a scenario\n", n - s->lived, n);
	if (s->lived)
		buf_fmt(b, "%zu are not; for %zu of them a scenario is shown that would\n",
			s->lived, s->by.shown);
}

int test_mutants(struct loaded *l, const char *path, bool json)
{
	struct survey s = {.json = json};
	if (!suggest_begin(&s.by, l)) {
		suggest_end(&s.by);
		return cli_environment("test", "the rulebook could not be compiled once more");
	}
	mutants_find(&s.mutants, s.by.changed);
	buf_c(&s.out, json ? "{\"changed\":[" : "");
	for (size_t i = 0; i < s.mutants.n; i++)
		try_one(&s, &s.mutants.at[i]);
	summary(&s);
	int status = cli_write("test", stdout, &s.out);
	if (!status && path)
		status = cli_write_file("test", path, &s.by.scenarios);
	if (!status && s.by.shown)
		status = EXIT_NOT_FINE;
	mutants_release(&s.mutants);
	suggest_end(&s.by);
	buf_release(&s.out);
	return status;
}
