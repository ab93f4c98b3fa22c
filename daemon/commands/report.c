/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports on what a ledger holds, for who runs a county. The daemon gives the same over HTTP.
 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/export_text.h"
#include "daemon/commands/progress.h"
#include "daemon/replay/deadlines_report.h"
#include "daemon/serve/clock.h"
#include "engine/values/calendar.h"

#include <string.h>

struct asked {
	const char *ledger, *from, *to, *county, *csv, *html;
	bool json, cases;
	struct str county_name;
	struct deadlines_wanted wanted;
	struct progress progress;
};

/* ---- as a table ---- */

static const struct export_table counts = {
    .name = "deadlines",
    .n = 15,
    .columns = {"county", "program", "block", "part", "kind", "awaits", "met", "missed", "open",
		"ended", "came_late", "days_late_median", "days_late_most", "not_come",
		"days_waiting_most"},
};
static const struct export_table lines = {
    .name = "deadlines",
    .n = 11,
    .columns = {"county", "program", "block", "part", "kind", "awaits", "case", "due", "fate",
		"came", "days_late"},
};

static struct export_cell cell_text(struct str s)
{
	return (struct export_cell){.kind = EXPORT_TEXT, .text = s};
}

static struct export_cell cell_int(bool there, uint64_t n)
{
	return (struct export_cell){.kind = there ? EXPORT_INT : EXPORT_NULL, .n = (int64_t)n};
}

static void put_kind(struct export_cell *cells, const struct deadline_kind *k)
{
	const struct str names[] = {k->county, k->program, k->block, k->part, k->what, k->awaits};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		cells[i] = cell_text(names[i]);
}

static void put_counts(struct buf *b, const struct deadlines_row *row)
{
	struct export_cell cells[EXPORT_COLUMNS];
	size_t n = row->late.n;
	put_kind(cells, row->kind);
	cells[6] = cell_int(true, row->n[DEADLINE_MET]);
	cells[7] = cell_int(true, row->n[DEADLINE_MISSED]);
	cells[8] = cell_int(true, row->n[DEADLINE_OPEN]);
	cells[9] = cell_int(true, row->n[DEADLINE_ENDED]);
	cells[10] = cell_int(true, n);
	cells[11] = cell_int(n, n ? (uint64_t)deadlines_median(row) : 0);
	cells[12] = cell_int(n, n ? (uint64_t)row->late.at[n - 1] : 0);
	cells[13] = cell_int(true, row->not_come);
	cells[14] = cell_int(row->not_come, (uint64_t)row->longest);
	export_csv_row(b, &counts, cells);
}

static void put_line(struct buf *b, const struct deadlines_row *row, const struct deadline_line *l)
{
	struct export_cell cells[EXPORT_COLUMNS];
	struct buf due = {0}, came = {0};
	int32_t late = deadline_days_late(&l->deadline);
	put_kind(cells, row->kind);
	day_text(&due, l->deadline.due);
	if (l->deadline.came != DAY_NONE)
		day_text(&came, l->deadline.came);
	cells[6] = cell_text(l->id);
	cells[7] = cell_text(buf_view(&due));
	cells[8] = cell_text(deadline_fate_word(l->deadline.fate));
	cells[9] = cell_text(buf_view(&came));
	cells[10] = cell_int(late != DAY_NONE, (uint64_t)late);
	export_csv_row(b, &lines, cells);
	buf_release(&due);
	buf_release(&came);
}

static void put_csv(struct buf *b, const struct deadlines_found *f)
{
	export_csv_head(b, f->wanted.cases ? &lines : &counts);
	for (size_t i = 0; i < f->rows.n; i++) {
		const struct deadlines_row *row = &f->rows.at[i];
		if (!f->wanted.cases)
			put_counts(b, row);
		for (size_t k = 0; k < row->lines.n; k++)
			put_line(b, row, &row->lines.at[k]);
	}
}

/* ---- the whole ---- */

static int write_report(const struct asked *a, const struct deadlines_found *f)
{
	struct buf out = {0};
	int status;
	if (a->csv) {
		put_csv(&out, f);
		status = cli_write_file("report", a->csv, &out);
	} else if (a->html) {
		deadlines_page(&out, f, true);
		status = cli_write_file("report", a->html, &out);
	} else {
		if (a->json)
			deadlines_json(&out, f);
		else
			deadlines_page(&out, f, false);
		buf_c(&out, a->json ? "\n" : "");
		status = cli_write("report", stdout, &out);
	}
	if (a->csv && (f->destroyed || f->undecided))
		fprintf(stderr,
			"note: %llu cases that were destroyed and %llu that cannot be decided "
			"again are not in it\n",
			(unsigned long long)f->destroyed, (unsigned long long)f->undecided);
	buf_release(&out);
	return status;
}

static void on_progress(void *arg, uint64_t done, uint64_t of)
{
	struct asked *a = arg;
	progress_show(&a->progress, done, of);
}

static int report(struct asked *a)
{
	struct deadlines all = {0};
	struct deadlines_found found = {0};
	struct ledger_reader *r = NULL;
	struct buf why = {0};
	const struct deadlines_config config = {
	    .ledger = a->ledger, .now_us = clock_now_us(), .on_progress = on_progress, .arg = a};
	enum status st = deadlines_read(&all, &config, &why);
	progress_end(&a->progress);
	if (!st)
		st = ledger_reader_open(a->ledger, &r, &why);
	if (!st && (st = deadlines_find(&found, &all, &a->wanted, r)))
		buf_str(&why, ledger_reader_error(r));
	int status = st ? cli_environment("report", STR_FMT, STR_ARG(buf_view(&why)))
			: write_report(a, &found);
	deadlines_found_release(&found);
	deadlines_release(&all);
	ledger_reader_close(r);
	buf_release(&why);
	return status;
}

static bool read_day(const char *text, int32_t without, int32_t *out)
{
	*out = without;
	return !text || !day_read(str_from(text), out);
}

static int check_options(struct asked *a, const char *name)
{
	struct deadlines_wanted *w = &a->wanted;
	if (strcmp(name, "deadlines") != 0)
		return cli_usage("report", "there is no report `%s`; there is `deadlines`", name);
	if (a->json + (a->csv != NULL) + (a->html != NULL) > 1)
		return cli_usage("report", "give one of --json, --csv and --html");
	if (!read_day(a->from, DAY_MIN, &w->from) || !read_day(a->to, DAY_MAX, &w->to) ||
	    w->from > w->to)
		return cli_usage("report", "--from and --to are days such as 2026-07-02, the first "
					   "not after the last");
	a->county_name = str_from(a->county ? a->county : "");
	w->counties = &a->county_name;
	w->n = a->county != NULL;
	w->cases = a->cases;
	return -1;
}

int cmd_report(int argc, char **argv)
{
	struct asked a = {0};
	const struct cli_opt opts[] = {
	    {"from", "DATE", "deadlines whose last day is that day or later", &a.from, NULL},
	    {"to", "DATE", "deadlines whose last day is that day or before", &a.to, NULL},
	    {"county", "C", "of that county only", &a.county, NULL},
	    {"cases", NULL, "with each case that has missed one or has one open", NULL, &a.cases},
	    {"json", NULL, "as JSON", NULL, &a.json},
	    {"csv", "FILE", "as CSV; with --cases a row for each of these", &a.csv, NULL},
	    {"html", "FILE", "as a page to print", &a.html, NULL},
	};
	const struct cli_spec spec = {
	    .name = "report",
	    .synopsis = "deadlines LEDGER [--from DATE] [--to DATE] [--county C] [--cases]",
	    .summary =
		"Says how many deadlines were met and how many were missed, by county, program\n"
		"and what was waited for, and how late it came. The history of each case is\n"
		"decided again for it. The ledger may be in use.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 2,
	    .max_args = 2,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	done = check_options(&a, args.at[0]);
	a.ledger = args.at[1];
	return done >= 0 ? done : report(&a);
}
