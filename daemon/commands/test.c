/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/mutate.h"
#include "daemon/commands/rulebook.h"
#include "daemon/commands/test_coverage.h"
#include "engine/trial/mutate.h"
#include "engine/trial/projection.h"
#include "engine/trial/scenario_run.h"

#include <string.h>

struct test_options {
	const char *filter, *junit, *suggest;
	bool trace, json, mutate;
	enum audience told_for; /* with trace */
	struct covering covering;
};

struct tally {
	const struct rulebook *rb;
	const struct test_options *options;
	struct covering covering;
	size_t passed, failed, todo;
	struct buf out;         /* for people, or the JSON array's elements */
	struct buf projections; /* of the JSON array */
	struct buf junit;       /* the test cases */
};

static void xml_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		switch (s.p[i]) {
		case '&':
			buf_c(b, "&amp;");
			break;
		case '<':
			buf_c(b, "&lt;");
			break;
		case '>':
			buf_c(b, "&gt;");
			break;
		case '"':
			buf_c(b, "&quot;");
			break;
		default:
			buf_char(b, s.p[i]);
		}
	}
}

static void junit_case(struct tally *t, const struct scenario *sc, const struct scenario_result *r)
{
	struct buf *b = &t->junit;
	buf_c(b, "  <testcase classname=\"");
	xml_text(b, t->rb->sources[sc->span.source].name);
	buf_c(b, "\" name=\"");
	xml_text(b, sc->title);
	buf_c(b, "\"");
	if (r->verdict == VERDICT_PASSED) {
		buf_c(b, "/>\n");
		return;
	}
	if (r->verdict == VERDICT_TODO) {
		buf_c(b, "><skipped/></testcase>\n");
		return;
	}
	struct buf text = {0};
	scenario_text(&text, t->rb, r);
	buf_c(b, "><failure message=\"not as expected\">");
	xml_text(b, buf_view(&text));
	buf_c(b, "</failure></testcase>\n");
	buf_release(&text);
}

static void report_one(struct tally *t, const struct scenario *sc, const struct scenario_result *r)
{
	if (t->options->json) {
		if (t->passed + t->failed + t->todo > 1)
			buf_char(&t->out, ',');
		scenario_json(&t->out, t->rb, r);
	} else if (r->verdict == VERDICT_TODO) {
		buf_fmt(&t->out, "todo: " STR_FMT "\n", STR_ARG(sc->title));
	} else {
		scenario_text(&t->out, t->rb, r);
	}
	if (t->options->junit)
		junit_case(t, sc, r);
}

static void run_one(struct tally *t, const struct scenario *sc)
{
	struct scenario_result r;
	struct scenario_options options = {.coverage = t->covering.coverage};
	if (t->options->trace && !t->options->json) {
		buf_fmt(&t->out, "== " STR_FMT "\n", STR_ARG(sc->title));
		options.told = &t->out;
		options.told_for = t->options->told_for;
	}
	scenario_run(t->rb, sc, options, &r);
	t->passed += r.verdict == VERDICT_PASSED;
	t->failed += r.verdict == VERDICT_FAILED;
	t->todo += r.verdict == VERDICT_TODO;
	report_one(t, sc, &r);
	scenario_result_release(&r);
}

static void junit_projection(struct tally *t, const struct projection_result *r)
{
	const struct projection *p = r->projection;
	struct buf *b = &t->junit;
	struct buf text = {0};
	buf_c(b, "  <testcase classname=\"");
	xml_text(b, t->rb->sources[p->span.source].name);
	buf_c(b, "\" name=\"");
	xml_text(b, p->name);
	buf_c(b, r->failed ? "\"><failure message=\"not as expected\">" : "\"/>\n");
	projection_failures(&text, t->rb, r);
	xml_text(b, buf_view(&text));
	buf_c(b, r->failed ? "</failure></testcase>\n" : "");
	buf_release(&text);
}

static void run_projection(struct tally *t, const struct projection *p)
{
	struct projection_result r;
	projection_run(t->rb, p, t->covering.coverage, &r);
	t->passed += !r.failed;
	t->failed += r.failed;
	if (t->options->json) {
		buf_c(&t->projections, t->projections.len ? "," : "");
		projection_json(&t->projections, t->rb, &r);
	} else {
		projection_failures(&t->out, t->rb, &r);
	}
	if (t->options->junit)
		junit_projection(t, &r);
	projection_result_release(&r);
}

static int write_junit(const struct tally *t)
{
	struct buf b = {0};
	buf_fmt(&b,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"waymark\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n",
		t->passed + t->failed + t->todo, t->failed, t->todo);
	buf_str(&b, buf_view(&t->junit));
	buf_c(&b, "</testsuite>\n");
	int status = cli_write_file("test", t->options->junit, &b);
	buf_release(&b);
	return status;
}

static void print_summary(struct tally *t)
{
	struct buf all = {0};
	if (t->options->json) {
		buf_c(&all, "{\"scenarios\":[");
		buf_str(&all, buf_view(&t->out));
		if (t->projections.len) {
			buf_c(&all, "],\"projections\":[");
			buf_str(&all, buf_view(&t->projections));
		}
		buf_fmt(&all, "],\"passed\":%zu,\"failed\":%zu,\"todo\":%zu", t->passed, t->failed,
			t->todo);
		covering_json(&all, &t->covering);
		buf_c(&all, "}\n");
	} else {
		buf_str(&all, buf_view(&t->out));
		covering_text(&all, &t->covering);
		if (t->todo)
			buf_fmt(&all, "%zu todo\n", t->todo);
		buf_fmt(&all, "%zu passed, %zu failed\n", t->passed, t->failed);
	}
	buf_clear(&t->out);
	buf_str(&t->out, buf_view(&all));
	buf_release(&all);
}

static void play_all(struct tally *t)
{
	const struct rulebook *rb = t->rb;
	struct str filter = t->options->filter ? str_from(t->options->filter) : STR("");
	for (uint32_t i = 0; i < rb->nscenarios; i++)
		if (str_contains(rb->scenarios[i].title, filter))
			run_one(t, &rb->scenarios[i]);
	for (uint32_t i = 0; i < rb->nprojections; i++)
		if (str_contains(rb->projections[i].name, filter) ||
		    str_contains(rb->projections[i].base.title, filter))
			run_projection(t, &rb->projections[i]);
}

static int write_files(const struct tally *t, struct loaded *l)
{
	struct buf said = {0};
	int status = t->options->junit ? write_junit(t) : EXIT_FINE;
	buf_fmt(&said, "%zu scenarios and projections passed, %zu failed. Rulebook %s.%c",
		t->passed, t->failed, t->rb->version, '\0');
	if (!status)
		status = covering_write(&t->covering, l, said.p);
	buf_release(&said);
	return status;
}

static int verdict(const struct tally *t)
{
	if (t->passed + t->failed + t->todo)
		return t->failed ? EXIT_NOT_FINE : EXIT_FINE;
	fprintf(stderr, "waymark test: there is no scenario%s\n",
		t->options->filter ? " with that text in its title" : " in this rulebook");
	return EXIT_NOT_FINE;
}

static int run_all(struct loaded *l, const struct test_options *options)
{
	struct tally t = {.rb = l->rb, .options = options, .covering = options->covering};
	covering_begin(&t.covering, l->rb);
	play_all(&t);
	int status = covering_close(&t.covering);
	if (!status) {
		print_summary(&t);
		status = cli_write("test", stdout, &t.out);
	}
	if (!status)
		status = write_files(&t, l);
	if (!status)
		status = verdict(&t);
	covering_release(&t.covering);
	buf_release(&t.out);
	buf_release(&t.projections);
	buf_release(&t.junit);
	return status;
}

int cmd_test(int argc, char **argv)
{
	struct test_options o = {0};
	const char *told_for = "auditor";
	const struct cli_opt opts[] = {
	    {"filter", "TEXT", "only scenarios and projections with this text in their title",
	     &o.filter, NULL},
	    {"coverage", NULL, "name what no scenario shows, both ways", NULL, &o.covering.told},
	    {"html", "FILE", "write coverage as a page, with the policy coloured", &o.covering.html,
	     NULL},
	    {"lcov", "FILE", "write coverage as a tracefile, for genhtml", &o.covering.lcov, NULL},
	    {"ledger", "DB", "weigh what is not covered by what is recorded there",
	     &o.covering.ledger, NULL},
	    {"since", "DATE", "with --ledger: what is recorded from that day on", &o.covering.since,
	     NULL},
	    {"mutate", NULL, "which small changes of the policy no scenario notices", NULL,
	     &o.mutate},
	    {"suggest", "FILE", "write scenarios that would notice them, or close gaps", &o.suggest,
	     NULL},
	    {"trace", NULL, "explain every decision as it is taken", NULL, &o.trace},
	    {"for", "READER", "with --trace: for an auditor, a worker or the person concerned",
	     &told_for, NULL},
	    {"junit", "FILE", "write the results as JUnit XML as well", &o.junit, NULL},
	    {"json", NULL, "the results as one JSON object", NULL, &o.json},
	};
	const struct cli_spec spec = {
	    .name = "test",
	    .synopsis = "RULEBOOK",
	    .summary =
		"Runs the scenarios and projections of a rulebook through the engine. A failed "
		"one\n"
		"shows what was expected and what came, side by side, with the values that each\n"
		"condition saw, or with what a sum is made up of.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (!audience_read(str_from(told_for), &o.told_for))
		return cli_usage("test", "--for %s: it is auditor, worker or person", told_for);
	if (o.suggest && !o.mutate && !o.covering.told)
		return cli_usage("test", "--suggest goes with --mutate or --coverage");
	o.covering.suggest = o.mutate ? NULL : o.suggest;
	done = covering_check(&o.covering);
	if (done >= 0)
		return done;
	struct loaded l = {0};
	done = load_or_report(&l, "test", args.at[0]);
	if (!done && o.mutate && mutant_noticed(l.rb, NULL))
		done = run_all(&l, &o); /* what fails already notices nothing */
	else if (!done && o.mutate)
		done = test_mutants(&l, o.suggest, o.json);
	else if (!done)
		done = run_all(&l, &o);
	load_release(&l);
	return done;
}
