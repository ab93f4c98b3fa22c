/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/export.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/export_text.h"
#include "daemon/replay/recorded_versions.h"
#include "daemon/serve/clock.h"
#include "daemon/wire/case_read.h"
#include "daemon/wire/hide.h"
#include "engine/base/limits.h"
#include "engine/base/mem.h"
#include "engine/base/vec.h"
#include "engine/case/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct version {
	uint32_t number;
	struct loaded loaded;
	bool fails;
};

struct exporting {
	const char *ledger, *from, *to, *county, *table, *jsonl, *csv, *sqlite;
	bool confidential;
	struct ledger_reader *reader; /* for the texts of policies */
	VEC(struct version *) versions;
	struct json_doc *doc;
	struct export_file *file; /* --sqlite */
	FILE *out;                /* else: of the table of now */
	uint64_t rows;
	struct buf line, state, why;
	struct arena arena; /* of one row */
};

static const char *folder(const struct exporting *x)
{
	return x->jsonl ? x->jsonl : x->csv;
}

/* ---- what must not be seen ---- */

static const struct rulebook *version(struct exporting *x, uint32_t number)
{
	for (size_t i = 0; i < x->versions.n; i++)
		if (x->versions.at[i]->number == number)
			return x->versions.at[i]->loaded.rb;
	struct version *v = mem_alloc(sizeof(*v));
	struct buf ignored = {0};
	*v = (struct version){.number = number};
	v->fails = recorded_version(x->reader, number, &v->loaded, &ignored) != STATUS_OK;
	buf_release(&ignored);
	*vec_push(&x->versions) = v;
	return v->loaded.rb;
}

/* Without the rulebook it is not known what is confidential: nothing is shown then. */
static struct str hide_state(struct exporting *x, const struct rulebook *rb, struct str json)
{
	const struct json *root;
	struct case_state *cs;
	struct buf ignored = {0};
	bool fine = rb && !json_parse(x->doc, json, SIZE_MAX, &root, &ignored) &&
		    !case_read(rb, root, &cs, &ignored);
	buf_release(&ignored);
	if (!fine)
		return STR("{}");
	buf_clear(&x->state);
	case_json(&x->state, rb, cs, false);
	case_free(rb, cs);
	return buf_view(&x->state);
}

static struct str hide(struct exporting *x, enum export_holds holds, struct str json,
		       uint32_t policy)
{
	const struct rulebook *rb = version(x, policy);
	switch (holds) {
	case EXPORT_EVENT:
		return rb ? hide_in_event(rb, x->doc, &x->arena, json) : STR("{}");
	case EXPORT_DECISION:
		return hide_in_decision(x->doc, &x->arena, json);
	case EXPORT_STATE:
		return hide_state(x, rb, json);
	case EXPORT_PLAIN:
		break;
	}
	return json;
}

/* ---- rows ---- */

static bool close_table(struct exporting *x)
{
	bool fine = !x->out || (!ferror(x->out) && fclose(x->out) == 0);
	x->out = NULL;
	if (!fine && !x->why.len)
		buf_fmt(&x->why, "cannot write to %s: %m", folder(x));
	return fine;
}

static FILE *open_in(struct exporting *x, const char *name, const char *end)
{
	struct buf path = {0};
	buf_fmt(&path, "%s/%s%s", folder(x), name, end);
	buf_char(&path, '\0');
	int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		buf_fmt(&x->why, "cannot make %s: %m", path.p);
	buf_release(&path);
	return f;
}

static bool write_line(struct exporting *x)
{
	bool fine = fwrite(x->line.p, 1, x->line.len, x->out) == x->line.len;
	if (!fine)
		buf_fmt(&x->why, "cannot write to %s: %m", folder(x));
	return fine;
}

static bool on_table(void *arg, const struct export_table *t)
{
	struct exporting *x = arg;
	if (x->file)
		return export_file_table(x->file, t);
	if (!close_table(x))
		return false;
	x->out = open_in(x, t->name, x->jsonl ? ".jsonl" : ".csv");
	if (x->jsonl || !x->out)
		return x->out != NULL;
	buf_clear(&x->line);
	export_csv_head(&x->line, t);
	return write_line(x);
}

static bool on_row(void *arg, const struct export_table *t, const struct export_cell *given,
		   uint32_t policy)
{
	struct exporting *x = arg;
	struct export_cell cells[EXPORT_COLUMNS];
	memcpy(cells, given, t->n * sizeof(*given));
	arena_reset(&x->arena);
	for (size_t i = 0; i < t->n && !x->confidential; i++)
		if (t->holds[i] != EXPORT_PLAIN)
			cells[i].text = hide(x, t->holds[i], cells[i].text, policy);
	x->rows++;
	if (x->file)
		return export_file_row(x->file, t, cells);
	buf_clear(&x->line);
	if (x->csv)
		export_csv_row(&x->line, t, cells);
	else
		export_json_row(&x->line, t, cells);
	return write_line(x);
}

/* ---- what it is ---- */

static void put_note(struct buf *b, const struct exporting *x)
{
	buf_fmt(b, "{\"waymark\":\"%s\",\"made\":\"", WAYMARK_VERSION);
	time_text(b, zone_utc(), clock_now_us());
	buf_fmt(b, "\",\"confidential\":%s", x->confidential ? "true" : "false");
	const char *const given[][2] = {
	    {"from", x->from}, {"to", x->to}, {"county", x->county}, {"table", x->table}};
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		if (!given[i][1])
			continue;
		buf_fmt(b, ",\"%s\":", given[i][0]);
		buf_json(b, str_from(given[i][1]));
	}
	buf_fmt(b, ",\"rows\":%llu}\n", (unsigned long long)x->rows);
}

static bool note(struct exporting *x)
{
	buf_clear(&x->line);
	put_note(&x->line, x);
	if (x->file)
		return export_file_note(x->file, STR("export"), buf_view(&x->line));
	if (!close_table(x))
		return false;
	x->out = open_in(x, "export", ".json");
	return x->out && write_line(x) && close_table(x);
}

/* ---- all of it ---- */

static enum status open_target(struct exporting *x)
{
	if (x->sqlite)
		return export_file_create(x->sqlite, &x->file, &x->why);
	if (mkdir(folder(x), 0750) == 0)
		return STATUS_OK;
	buf_fmt(&x->why, "cannot make the folder %s: %m", folder(x));
	return STATUS_IO;
}

static enum status export_all(struct exporting *x, struct export_config *config)
{
	enum status st = ledger_reader_open(x->ledger, &x->reader, &x->why);
	if (!st)
		st = ledger_reader_open(x->ledger, &config->reader, &x->why);
	if (!st)
		st = open_target(x);
	if (!st)
		st = ledger_export(config, &x->why);
	if (!st && (x->why.len || !note(x)))
		st = STATUS_IO;
	close_table(x);
	ledger_reader_close(config->reader);
	if (x->file && export_file_close(x->file, &x->why))
		st = STATUS_IO;
	return st;
}

static void release(struct exporting *x)
{
	for (size_t i = 0; i < x->versions.n; i++) {
		load_release(&x->versions.at[i]->loaded);
		mem_free(x->versions.at[i]);
	}
	vec_release(&x->versions);
	ledger_reader_close(x->reader);
	json_doc_free(x->doc);
	buf_release(&x->line);
	buf_release(&x->state);
	buf_release(&x->why);
	arena_release(&x->arena);
}

static int export(struct exporting *x, struct export_config *config)
{
	config->county = str_from(x->county ? x->county : "");
	config->only = x->table;
	config->on_table = on_table;
	config->on_row = on_row;
	config->arg = x;
	x->doc = json_doc_new();
	int status = EXIT_FINE;
	enum status st = export_all(x, config);
	if (st == STATUS_NOT_FOUND)
		status = cli_usage("export", STR_FMT, STR_ARG(buf_view(&x->why)));
	else if (st)
		status = cli_environment("export", STR_FMT, STR_ARG(buf_view(&x->why)));
	else if (x->confidential)
		fprintf(stderr, "note: the export has confidential facts in it\n");
	release(x);
	return status;
}

/* A day as the instant at which it begins (UTC), or at which the one after it does. */
static bool read_day(const char *text, int32_t more, int64_t *out)
{
	int32_t day;
	if (!text)
		return true;
	if (day_read(str_from(text), &day))
		return false;
	*out = zone_day_start(zone_utc(), day + more);
	return true;
}

int cmd_export(int argc, char **argv)
{
	struct exporting x = {0};
	struct export_config config = {.from_us = INT64_MIN, .to_us = INT64_MAX};
	const struct cli_opt opts[] = {
	    {"jsonl", "DIR", "JSON Lines: a file for each table in a new folder", &x.jsonl, NULL},
	    {"csv", "DIR", "CSV: a file for each table in a new folder", &x.csv, NULL},
	    {"sqlite", "FILE", "a new SQLite file", &x.sqlite, NULL},
	    {"from", "DATE", "what was recorded on that day (UTC) or later", &x.from, NULL},
	    {"to", "DATE", "what was recorded on that day (UTC) or before", &x.to, NULL},
	    {"county", "C", "what is of that county", &x.county, NULL},
	    {"table", "T", "only that table", &x.table, NULL},
	    {"confidential", NULL, "with confidential facts; the export says so", NULL,
	     &x.confidential},
	};
	const struct cli_spec spec = {
	    .name = "export",
	    .synopsis = "LEDGER --jsonl DIR | --csv DIR | --sqlite FILE",
	    .summary =
		"Writes what a ledger holds for people's tools: policies, cases, events,\n"
		"outcomes, disclosures, what is left of funds and places. Confidential facts\n"
		"are left out unless they are asked for. The ledger may be in use.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if ((x.jsonl != NULL) + (x.csv != NULL) + (x.sqlite != NULL) != 1)
		return cli_usage("export", "say in which form: --jsonl DIR, --csv DIR or --sqlite "
					   "FILE");
	if (!read_day(x.from, 0, &config.from_us) || !read_day(x.to, 1, &config.to_us))
		return cli_usage("export", "--from and --to are days such as 2026-07-02");
	x.ledger = args.at[0];
	return export(&x, &config);
}
