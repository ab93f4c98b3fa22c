/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/graphviz.h"
#include "daemon/commands/on_day.h"
#include "daemon/commands/rulebook.h"
#include "engine/explain/picture.h"
#include "engine/explain/plain.h"
#include "engine/page/html.h"
#include "engine/policy/graph.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct asked {
	const char *county, *program, *format, *pages, *on;
	struct picture_view view;
};

/* ---- one page per program ---- */

static int write_page(const struct asked *a, struct str name, const struct buf *page)
{
	struct buf path = {0};
	buf_fmt(&path, "%s/" STR_FMT ".html", a->pages, STR_ARG(name));
	buf_char(&path, '\0');
	int status = cli_write_file("graph", path.p, page);
	buf_release(&path);
	return status;
}

static void where_and_when(struct buf *b, const struct rulebook *rb, const struct asked *a)
{
	struct buf day = {0};
	plain_day(&day, a->view.day);
	if (a->view.county == NONE)
		html_p(
		    b,
		    "As the program is written, whichever county adopts it; amounts as of " STR_FMT
		    ".",
		    STR_ARG(buf_view(&day)));
	else
		html_p(b, "As it is in force in " STR_FMT "; amounts as of " STR_FMT ".",
		       STR_ARG(rb->counties[a->view.county].title), STR_ARG(buf_view(&day)));
	buf_release(&day);
}

static int program_page(const struct rulebook *rb, const struct asked *a, uint16_t program)
{
	struct picture_view view = a->view;
	struct buf dot = {0}, svg = {0}, page = {0}, title = {0};
	view.program = program;
	plain_title(&title, rb->programs[program].title, rb->programs[program].name);
	picture_dot(&dot, rb, &view);
	int status = graphviz_svg("graph", &dot, &svg);
	html_begin(&page, buf_view(&title));
	where_and_when(&page, rb, a);
	html_drawing(&page, buf_view(&svg));
	html_end(&page);
	if (!status)
		status = write_page(a, rb->programs[program].name, &page);
	buf_release(&dot);
	buf_release(&svg);
	buf_release(&page);
	buf_release(&title);
	return status;
}

/* Has the view anything of the program? A county shows what it has adopted. */
static bool is_shown(const struct rulebook *rb, const struct asked *a, uint16_t program)
{
	if (a->view.program != NONE && a->view.program != program)
		return false;
	if (a->view.county == NONE)
		return true;
	const struct county *c = &rb->counties[a->view.county];
	for (uint16_t i = 0; i < c->nadopts; i++)
		if (c->adopts[i].program == program)
			return true;
	return false;
}

static void index_item(struct buf *b, const struct rulebook *rb, uint16_t program)
{
	const struct program *p = &rb->programs[program];
	struct buf file = {0}, words = {0};
	buf_fmt(&file, STR_FMT ".html", STR_ARG(p->name));
	plain_title(&words, p->title, p->name);
	buf_fmt(&words, " (%u provision%s)", p->nblocks, p->nblocks == 1 ? "" : "s");
	html_link_item(b, buf_view(&file), buf_view(&words));
	buf_release(&file);
	buf_release(&words);
}

static int pages(const struct rulebook *rb, const struct asked *a)
{
	struct buf index = {0};
	int status = EXIT_FINE;
	if (mkdir(a->pages, 0777) && errno != EEXIST)
		return cli_environment("graph", "the folder %s cannot be made: %m", a->pages);
	html_begin(&index, STR("Programs"));
	where_and_when(&index, rb, a);
	html_list(&index);
	for (uint16_t i = 0; i < rb->nprograms && !status; i++) {
		if (!is_shown(rb, a, i))
			continue;
		index_item(&index, rb, i);
		status = program_page(rb, a, i);
	}
	html_list_end(&index);
	html_end(&index);
	if (!status)
		status = write_page(a, STR("index"), &index);
	buf_release(&index);
	return status;
}

/* ---- one graph ---- */

static int show(const struct rulebook *rb, const struct asked *a)
{
	struct graph_view view = {a->view.program, a->view.county};
	struct buf out = {0}, svg = {0};
	int status = EXIT_FINE;
	if (strcmp(a->format, "json") == 0) {
		graph_json(&out, rb, &view);
	} else if (strcmp(a->format, "dot") == 0) {
		graph_dot(&out, rb, &view);
	} else {
		picture_dot(&out, rb, &a->view);
		status = graphviz_svg("graph", &out, &svg);
		buf_clear(&out);
		buf_str(&out, buf_view(&svg));
	}
	if (!status)
		status = cli_write("graph", stdout, &out);
	buf_release(&out);
	buf_release(&svg);
	return status;
}

static int graph(const struct rulebook *rb, struct asked *a)
{
	a->view = (struct picture_view){NONE, NONE, 0};
	if (a->county && (a->view.county = rulebook_county(rb, str_from(a->county))) == NONE)
		return cli_usage("graph", "the rulebook has no county `%s`", a->county);
	if (a->program && (a->view.program = rulebook_program(rb, str_from(a->program))) == NONE)
		return cli_usage("graph", "the rulebook has no program `%s`", a->program);
	if (!on_day("graph", a->on, rb, &a->view.day))
		return EXIT_USAGE;
	return a->pages ? pages(rb, a) : show(rb, a);
}

int cmd_graph(int argc, char **argv)
{
	struct asked a = {.format = "dot"};
	const struct cli_opt opts[] = {
	    {"county", "NAME", "as it is in force in this county", &a.county, NULL},
	    {"program", "NAME", "this program only", &a.program, NULL},
	    {"pages", "FOLDER", "a page with a picture for each program, and an index", &a.pages,
	     NULL},
	    {"on", "DATE", "the amounts of this day in pictures; without it today's", &a.on, NULL},
	    {"format", "FORMAT", "dot (the bare graph), json, or svg (a picture for people)",
	     &a.format, NULL},
	};
	const struct cli_spec spec = {
	    .name = "graph",
	    .synopsis = "RULEBOOK [--county C] [--program P] [--pages FOLDER | --format "
			"dot|json|svg]",
	    .summary =
		"Prints the rule graph: which event touches which provision, and what follows.\n"
		"Pictures are drawn by Graphviz: on the left what happens, in the middle the\n"
		"provisions, on the right what they bring about and the funds.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (strcmp(a.format, "dot") && strcmp(a.format, "json") && strcmp(a.format, "svg"))
		return cli_usage("graph", "--format is dot, json or svg");
	struct loaded l = {0};
	done = load_or_report(&l, "graph", args.at[0]);
	if (!done)
		done = graph(l.rb, &a);
	load_release(&l);
	return done;
}
