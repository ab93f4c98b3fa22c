/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/diff_report.h"
#include "daemon/commands/history.h"
#include "daemon/commands/rulebook.h"
#include "daemon/wire/difference_words.h"

#include <stdlib.h>
#include <string.h>

/* What a partner may see is asked for, and comes of no event. */
static bool comes_of_events(const struct differences *d, const struct difference *x)
{
	if (x->meant != MEANT_BLOCK || x->change == CHANGE_SAID || !x->ncounties)
		return false;
	for (int i = 0; i < 2; i++)
		if (x->block[i] != NO_BLOCK && d->rb[i]->blocks[x->block[i]].kind == BLOCK_SHARE)
			return false;
	return true;
}

static void make_scenario(struct diff_report *r, const struct difference *x, struct shown_by *by)
{
	struct buf title = {0}, text = {0};
	difference_words(&title, &r->d, x);
	history_scenario(&text, "Difference", r->found, buf_view(&title), x->counties[0],
			 &by->witness, 1);
	by->scenario = history_reproduced(r->loaded[0], r->loaded[1], buf_view(&text));
	if (by->scenario)
		buf_str(&r->scenarios, buf_view(&text));
	buf_release(&title);
	buf_release(&text);
}

static void look_for_history(struct diff_report *r, const struct difference *x, struct shown_by *by)
{
	struct wanted wanted = {.rb = {r->d.rb[0], r->d.rb[1]},
				.block = {x->block[0], x->block[1]}};
	for (int i = 0; i < 2; i++)
		wanted.county[i] = rulebook_county(r->d.rb[i], x->counties[0]);
	by->searched = true;
	r->searched++;
	if (!witness_find(&by->witness, &wanted))
		return;
	r->found++;
	make_scenario(r, x, by);
}

static void find_out(struct diff_report *r)
{
	differences_find(&r->d, r->loaded[0]->rb, r->loaded[1]->rb);
	r->by = mem_alloc((r->d.n + 1) * sizeof(*r->by));
	memset(r->by, 0, (r->d.n + 1) * sizeof(*r->by));
	for (size_t i = 0; i < r->d.n; i++)
		if (comes_of_events(&r->d, &r->d.at[i]))
			look_for_history(r, &r->d.at[i], &r->by[i]);
}

static int diff(struct diff_report *r, const char *scenarios, bool json)
{
	struct buf out = {0};
	find_out(r);
	if (json)
		diff_json(&out, r);
	else
		diff_text(&out, r);
	int status = cli_write("diff", stdout, &out);
	if (!status && scenarios)
		status = cli_write_file("diff", scenarios, &r->scenarios);
	if (!status && differences_matter(&r->d))
		status = EXIT_NOT_FINE;
	for (size_t i = 0; i < r->d.n; i++)
		witness_release(&r->by[i].witness);
	mem_free(r->by);
	differences_release(&r->d);
	buf_release(&out);
	buf_release(&r->scenarios);
	return status;
}

int cmd_diff(int argc, char **argv)
{
	struct diff_report r = {0};
	const char *scenarios = NULL;
	bool json = false;
	const struct cli_opt opts[] = {
	    {"scenarios", "FILE", "write the histories as scenarios: NEW passes, OLD fails",
	     &scenarios, NULL},
	    {"json", NULL, "report as JSON", NULL, &json},
	};
	const struct cli_spec spec = {
	    .name = "diff",
	    .synopsis = "OLD NEW [--scenarios FILE]",
	    .summary =
		"What is different between two rulebooks: amounts by date, provisions added,\n"
		"removed and changed, in which counties, and for each changed provision a\n"
		"short history, with days, that both decide differently. Layout, comments,\n"
		"the order of blocks and the names of parameters are no difference.\n"
		"The exit status is 0 when both mean the same, 1 when not.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 2,
	    .max_args = 2,
	};
	struct cli_args args;
	struct loaded old = {0}, new = {0};
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	r.loaded[0] = &old;
	r.loaded[1] = &new;
	done = EXIT_FINE;
	for (int i = 0; i < 2 && !done; i++) {
		r.path[i] = args.at[i];
		done = load_or_report(r.loaded[i], "diff", args.at[i]);
	}
	if (!done)
		done = diff(&r, scenarios, json);
	load_release(&old);
	load_release(&new);
	return done;
}
