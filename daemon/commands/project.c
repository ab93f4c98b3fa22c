/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/rulebook.h"
#include "engine/trial/projection.h"
#include "engine/base/mem.h"
#include "engine/page/html.h"

struct asked {
	const char *name, *counties, *csv, *html;
	bool json;
};

struct output {
	const struct rulebook *rb;
	const struct asked *asked;
	struct buf text, csv, html;
	size_t n; /* written to text */
	bool failed;
};

/* ---- which counties ---- */

struct counties {
	VEC(uint16_t) at; /* none: each projection's own */
};

static bool is_named(const struct counties *c, uint16_t county)
{
	for (size_t i = 0; i < c->at.n; i++)
		if (c->at.at[i] == county)
			return true;
	return false;
}

/* `alameda,los_angeles`, or `all`. */
static bool read_counties(const struct rulebook *rb, const char *list, struct counties *out)
{
	bool all = strcmp(list, "all") == 0;
	for (uint16_t i = 0; all && i < rb->ncounties; i++)
		*vec_push(&out->at) = i;
	while (!all && list) {
		const char *comma = strchr(list, ',');
		struct str name = {list, comma ? (size_t)(comma - list) : strlen(list)};
		uint16_t county = rulebook_county(rb, name);
		if (county == NONE) {
			cli_usage("project", "the rulebook has no county `" STR_FMT "`",
				  STR_ARG(name));
			return false;
		}
		if (is_named(out, county)) {
			cli_usage("project", "the county `" STR_FMT "` is named twice",
				  STR_ARG(name));
			return false;
		}
		*vec_push(&out->at) = county;
		list = comma ? comma + 1 : NULL;
	}
	return true;
}

/* ---- one projection ---- */

static void write_text(struct output *out, const struct projection_result *r)
{
	if (out->asked->json) {
		buf_c(&out->text, out->n ? "," : "");
		projection_json(&out->text, out->rb, r);
	} else {
		buf_c(&out->text, out->n ? "\n" : "");
		projection_text(&out->text, out->rb, r);
	}
	out->n++;
}

static void write_results(struct output *out, const struct projection_result *of, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		write_text(out, &of[i]);
		projection_csv(&out->csv, out->rb, &of[i]);
		out->failed |= of[i].failed;
	}
	if (n > 1) {
		struct projection_result joined;
		projection_join(of, n, &joined);
		write_text(out, &joined);
		out->failed |= joined.failed;
		projection_result_release(&joined);
	}
	projection_html(&out->html, out->rb, of, n);
}

static void project_one(struct output *out, const struct projection *p, const struct counties *c)
{
	size_t n = c->at.n ? c->at.n : 1;
	struct projection_result *of = mem_alloc(n * sizeof(*of));
	for (size_t i = 0; i < n; i++) {
		if (!c->at.n || c->at.at[i] == p->base.county)
			projection_run(out->rb, p, NULL, &of[i]);
		else
			projection_run_in(out->rb, p, c->at.at[i], &of[i]);
	}
	write_results(out, of, n);
	for (size_t i = 0; i < n; i++)
		projection_result_release(&of[i]);
	mem_free(of);
}

static int unknown(const struct rulebook *rb, const char *name)
{
	const char *names[64], *near;
	struct buf all[64] = {0};
	size_t n = 0;
	for (; n < rb->nprojections && n < 64; n++) {
		buf_str(&all[n], rb->projections[n].name);
		buf_char(&all[n], '\0');
		names[n] = all[n].p;
	}
	near = cli_nearest(name, names, n);
	fprintf(stderr, "waymark project: there is no projection `%s`%s%s%s\n", name,
		near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
	for (size_t i = 0; i < n; i++)
		buf_release(&all[i]);
	return EXIT_NOT_FINE;
}

/* ---- all of them ---- */

static int write_files(struct output *out)
{
	int status = EXIT_FINE;
	if (out->asked->csv)
		status = cli_write_file("project", out->asked->csv, &out->csv);
	if (!status && out->asked->html) {
		html_end(&out->html);
		status = cli_write_file("project", out->asked->html, &out->html);
	}
	return status ? status : cli_write("project", stdout, &out->text);
}

static int project(const struct rulebook *rb, const struct asked *a, const struct counties *c)
{
	struct output out = {.rb = rb, .asked = a};
	int status = EXIT_NOT_FINE;
	buf_c(&out.text, a->json ? "[" : "");
	projection_csv_head(&out.csv);
	html_begin(&out.html, STR("What it comes to"));
	projection_html_head(&out.html);
	for (uint32_t i = 0; i < rb->nprojections; i++)
		if (!a->name || str_eq(rb->projections[i].name, str_from(a->name)))
			project_one(&out, &rb->projections[i], c);
	buf_c(&out.text, a->json ? "]\n" : "");
	if (!out.n && a->name)
		status = unknown(rb, a->name);
	else if (!out.n)
		fprintf(stderr, "waymark project: there is no projection in this rulebook\n");
	else
		status = write_files(&out);
	buf_release(&out.text);
	buf_release(&out.csv);
	buf_release(&out.html);
	return !status && out.failed ? EXIT_NOT_FINE : status;
}

int cmd_project(int argc, char **argv)
{
	struct asked a = {0};
	const struct cli_opt opts[] = {
	    {"county", "NAMES", "in these counties (with commas between, or all), and together",
	     &a.counties, NULL},
	    {"json", NULL, "the results as a JSON array", NULL, &a.json},
	    {"csv", "FILE", "also the money by county, fund, provision and month as CSV", &a.csv,
	     NULL},
	    {"html", "FILE", "also a page with charts", &a.html, NULL},
	};
	const struct cli_spec spec = {
	    .name = "project",
	    .synopsis = "RULEBOOK [NAME] [--county NAMES] [--csv FILE] [--html FILE]",
	    .summary =
		"Runs the projections of a rulebook, or the one called NAME: every member of "
		"every\n"
		"cohort is a case that the engine decides. Shows the money by fund and line, "
		"month\n"
		"by month, and what was expected. Where numbers are ranges, it is run at all\n"
		"their ends, and the lowest and highest that came out are shown.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 2,
	};
	struct cli_args args;
	struct counties counties = {0};
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	a.name = args.n > 1 ? args.at[1] : NULL;
	struct loaded l = {0};
	done = load_or_report(&l, "project", args.at[0]);
	if (!done && a.counties && !read_counties(l.rb, a.counties, &counties))
		done = EXIT_USAGE;
	if (!done)
		done = project(l.rb, &a, &counties);
	vec_release(&counties.at);
	load_release(&l);
	return done;
}
