/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/rulebook.h"
#include "engine/audit/projection.h"

struct output {
	struct buf text;
	size_t n;
	bool json, failed;
};

static void project_one(struct output *out, const struct rulebook *rb, const struct projection *p)
{
	struct projection_result r;
	projection_run(rb, p, &r);
	if (out->json) {
		buf_c(&out->text, out->n ? "," : "");
		projection_json(&out->text, rb, &r);
	} else {
		buf_c(&out->text, out->n ? "\n" : "");
		projection_text(&out->text, rb, &r);
	}
	out->failed |= r.failed;
	out->n++;
	projection_result_release(&r);
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

static int project(const struct rulebook *rb, const char *name, bool json)
{
	struct output out = {.json = json};
	int status = EXIT_FINE;
	buf_c(&out.text, json ? "[" : "");
	for (uint32_t i = 0; i < rb->nprojections; i++)
		if (!name || str_eq(rb->projections[i].name, str_from(name)))
			project_one(&out, rb, &rb->projections[i]);
	buf_c(&out.text, json ? "]\n" : "");
	if (!out.n && name) {
		status = unknown(rb, name);
	} else if (!out.n) {
		fprintf(stderr, "waymark project: there is no projection in this rulebook\n");
		status = EXIT_NOT_FINE;
	} else {
		status = cli_write("project", stdout, &out.text);
	}
	buf_release(&out.text);
	return !status && out.failed ? EXIT_NOT_FINE : status;
}

int cmd_project(int argc, char **argv)
{
	bool json = false;
	const struct cli_opt opts[] = {
	    {"json", NULL, "the results as a JSON array", NULL, &json},
	};
	const struct cli_spec spec = {
	    .name = "project",
	    .synopsis = "RULEBOOK [NAME]",
	    .summary = "Runs the projections of a rulebook, or the one called NAME: every member "
		       "of every\n"
		       "cohort is a case that the engine decides. Shows the money by fund and "
		       "line, month\n"
		       "by month, and what was expected.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 2,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	struct loaded l = {0};
	done = load_or_report(&l, "project", args.at[0]);
	if (!done)
		done = project(l.rb, args.n > 1 ? args.at[1] : NULL, json);
	load_release(&l);
	return done;
}
