/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/doc.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/on_day.h"
#include "daemon/commands/rulebook.h"
#include "engine/page/html.h"

struct asked {
	const char *county, *program, *on, *html;
};

static struct str title(const struct rulebook *rb, const struct doc_view *v)
{
	if (v->county == NONE)
		return STR("The rules in plain words");
	return rb->counties[v->county].title.len ? rb->counties[v->county].title
						 : rb->counties[v->county].name;
}

static int write_doc(const struct rulebook *rb, const struct asked *a, const struct doc_view *v)
{
	struct buf out = {0};
	int status;
	if (a->html) {
		html_begin(&out, title(rb, v));
		doc_html(&out, rb, v);
		html_end(&out);
		status = cli_write_file("doc", a->html, &out);
	} else {
		doc_text(&out, rb, v);
		status = cli_write("doc", stdout, &out);
	}
	buf_release(&out);
	return status;
}

static int doc(const struct rulebook *rb, const struct asked *a)
{
	struct doc_view v = {NONE, NONE, 0};
	if (a->county && (v.county = rulebook_county(rb, str_from(a->county))) == NONE)
		return cli_usage("doc", "the rulebook has no county `%s`", a->county);
	if (a->program && (v.program = rulebook_program(rb, str_from(a->program))) == NONE)
		return cli_usage("doc", "the rulebook has no program `%s`", a->program);
	if (!on_day("doc", a->on, rb, &v.day))
		return EXIT_USAGE;
	return write_doc(rb, a, &v);
}

int cmd_doc(int argc, char **argv)
{
	struct asked a = {0};
	const struct cli_opt opts[] = {
	    {"county", "NAME", "as it is in force in this county", &a.county, NULL},
	    {"program", "NAME", "this program only", &a.program, NULL},
	    {"on", "DATE", "with the amounts of this day; without it today's", &a.on, NULL},
	    {"html", "FILE", "as a page, in place of the text", &a.html, NULL},
	};
	const struct cli_spec spec = {
	    .name = "doc",
	    .synopsis = "RULEBOOK [--county C] [--program P] [--on DATE] [--html FILE]",
	    .summary =
		"Writes the policy in plain words, for the public: what each program gives and "
		"asks, the\n"
		"amounts that are in force, what changed when, and by which document. The "
		"sentences\n"
		"are made from the rules that decide.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	struct loaded l = {0};
	done = load_or_report(&l, "doc", args.at[0]);
	if (!done)
		done = doc(l.rb, &a);
	load_release(&l);
	return done;
}
