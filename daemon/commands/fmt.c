/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/wire/load.h"
#include "grammar/diagnostics.h"
#include "grammar/format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fmt_tally {
	bool check;
	size_t changed, broken;
	int status;
};

/* Into a file beside it, then over it: a crash leaves the old or the new one, whole. */
static int replace_file(const char *path, const struct buf *text)
{
	struct buf tmp = {0};
	struct stat st;
	buf_fmt(&tmp, "%s.XXXXXX%c", path, 0);
	int fd = stat(path, &st) ? -1 : mkstemp(tmp.p);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	bool fine = f && (!text->len || fwrite(text->p, 1, text->len, f) == text->len) &&
		    fflush(f) == 0 && fchmod(fd, st.st_mode & 07777) == 0 && fsync(fd) == 0;
	if (f && fclose(f))
		fine = false;
	int status = EXIT_FINE;
	if (!fine || rename(tmp.p, path)) {
		status = cli_environment("fmt", "%s cannot be written: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(tmp.p);
	}
	buf_release(&tmp);
	return status;
}

static void path_of(struct buf *b, const struct loaded *l, const struct source *s)
{
	source_path(b, l->root, s->name);
	buf_char(b, 0);
}

static void settle(struct fmt_tally *t, const char *path, const struct buf *text)
{
	t->changed++;
	if (t->check)
		printf("%s is not in the canonical layout\n", path);
	else if (!t->status)
		t->status = replace_file(path, text);
}

static void format_one(struct fmt_tally *t, struct loaded *l, uint32_t i)
{
	const struct source *s = &l->sources[i];
	struct buf text = {0}, path = {0};
	path_of(&path, l, s);
	enum status done = format_source(&l->arena, s, i, &l->diags, &text);
	if (done == STATUS_INVALID)
		t->broken++;
	else if (done)
		t->status = cli_environment("fmt",
					    "%s is left as it is: its layout cannot be changed "
					    "without changing its meaning; please report this "
					    "file",
					    path.p);
	else if (!str_eq(s->text, buf_view(&text)))
		settle(t, path.p, &text);
	buf_release(&text);
	buf_release(&path);
}

static void format_path(struct fmt_tally *t, const char *path)
{
	struct loaded l = {0};
	struct buf why = {0}, report = {0};
	if (load_sources(&l, path, &why))
		t->status = cli_environment("fmt", STR_FMT, STR_ARG(buf_view(&why)));
	for (uint32_t i = 0; i < l.n && !t->status; i++)
		format_one(t, &l, i);
	load_report(&l, &report, false, cli_colour(stderr));
	cli_write("fmt", stderr, &report);
	buf_release(&why);
	buf_release(&report);
	load_release(&l);
}

int cmd_fmt(int argc, char **argv)
{
	struct fmt_tally t = {0};
	const struct cli_opt opts[] = {
	    {"check", NULL, "change nothing; name the files that would be changed", NULL, &t.check},
	};
	const struct cli_spec spec = {
	    .name = "fmt",
	    .synopsis = "[--check] FILES",
	    .summary =
		"Brings policy files into the canonical layout. It never changes what they mean,\n"
		"and keeps their comments. FILES are files, or folders with policy files. A file\n"
		"that has an error is reported and left as it is.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = -1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	for (int i = 0; i < args.n && !t.status; i++)
		format_path(&t, args.at[i]);
	if (t.status)
		return t.status;
	return t.broken || (t.check && t.changed) ? EXIT_NOT_FINE : EXIT_FINE;
}
