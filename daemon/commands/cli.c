/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *cli_nearest(const char *word, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t nearest = 3;
	for (size_t i = 0; i < n; i++) {
		size_t d = str_distance(str_from(word), str_from(names[i]), 2);
		if (d < nearest) {
			nearest = d;
			best = names[i];
		}
	}
	return best;
}

static void complain(const char *command, const char *fmt, va_list ap)
{
	fprintf(stderr, "waymark %s: ", command);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int cli_usage(const char *command, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	complain(command, fmt, ap);
	va_end(ap);
	fprintf(stderr, "  help: `waymark help %s` shows how it is used\n", command);
	return EXIT_USAGE;
}

int cli_environment(const char *command, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	complain(command, fmt, ap);
	va_end(ap);
	return EXIT_ENVIRONMENT;
}

static bool is_output(const struct cli_opt *o)
{
	return strcmp(o->name, "output") == 0;
}

static int help(const struct cli_spec *spec)
{
	printf("waymark %s %s\n\n%s\n", spec->name, spec->synopsis, spec->summary);
	if (spec->nopts)
		printf("\nOptions:\n");
	for (size_t i = 0; i < spec->nopts; i++) {
		const struct cli_opt *o = &spec->opts[i];
		char left[64];
		snprintf(left, sizeof(left), "%s--%s%s%s", is_output(o) ? "-o, " : "", o->name,
			 o->arg ? " " : "", o->arg ? o->arg : "");
		printf("  %-26s %s\n", left, o->help);
	}
	printf("\nExit status: 0 fine, 1 not fine, 2 wrong usage, 3 the environment failed.\n");
	return EXIT_FINE;
}

static int unknown_option(const struct cli_spec *spec, const char *name)
{
	const char *names[32];
	size_t n = 0;
	for (; n < spec->nopts && n < 32; n++)
		names[n] = spec->opts[n].name;
	const char *near = cli_nearest(name, names, n);
	if (near)
		return cli_usage(spec->name, "there is no option --%s; did you mean --%s?", name,
				 near);
	return cli_usage(spec->name, "there is no option --%s", name);
}

static int take_value(const struct cli_spec *spec, const struct cli_opt *o, const char *value,
		      int argc, char **argv, int *i)
{
	if (!o->arg && value)
		return cli_usage(spec->name, "--%s takes no value", o->name);
	if (!o->arg) {
		*o->flag = true;
		return -1;
	}
	if (!value && *i + 1 >= argc)
		return cli_usage(spec->name, "--%s needs a value: --%s %s", o->name, o->name,
				 o->arg);
	*o->value = value ? value : argv[++*i];
	return -1;
}

/* `-o FILE` */
static int take_letter(const struct cli_spec *spec, int argc, char **argv, int *i)
{
	const char *word = argv[*i];
	if (strcmp(word, "-h") == 0)
		return help(spec);
	for (size_t k = 0; k < spec->nopts; k++)
		if (is_output(&spec->opts[k]) && strcmp(word, "-o") == 0)
			return take_value(spec, &spec->opts[k], NULL, argc, argv, i);
	return cli_usage(spec->name, "there is no option %s", word);
}

/* Takes argv[*i], an option, and its value. Less than 0: go on. */
static int take_option(const struct cli_spec *spec, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '=');
	struct str wanted = {name, eq ? (size_t)(eq - name) : strlen(name)};
	if (str_eq(wanted, STR("help")))
		return help(spec);
	for (size_t k = 0; k < spec->nopts; k++) {
		const struct cli_opt *o = &spec->opts[k];
		if (str_eq(wanted, str_from(o->name)))
			return take_value(spec, o, eq ? eq + 1 : NULL, argc, argv, i);
	}
	char *copy = strndup(wanted.p, wanted.len);
	int status = unknown_option(spec, copy ? copy : "");
	free(copy);
	return status;
}

int cli_parse(const struct cli_spec *spec, int argc, char **argv, struct cli_args *args)
{
	args->at = argv + 1;
	args->n = 0;
	bool options = true;
	for (int i = 1; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && strncmp(argv[i], "--", 2) == 0) {
			int done = take_option(spec, argc, argv, &i);
			if (done >= 0)
				return done;
		} else if (options && argv[i][0] == '-' && argv[i][1]) {
			int done = take_letter(spec, argc, argv, &i);
			if (done >= 0)
				return done;
		} else {
			args->at[args->n++] = argv[i];
		}
	}
	if (args->n < spec->min_args)
		return cli_usage(spec->name, "something is missing: waymark %s %s", spec->name,
				 spec->synopsis);
	if (spec->max_args >= 0 && args->n > spec->max_args)
		return cli_usage(spec->name, "`%s` is one too many: waymark %s %s",
				 args->at[spec->max_args], spec->name, spec->synopsis);
	return -1;
}

bool cli_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR");
	return !(no && *no) && isatty(fileno(f));
}

int cli_write(const char *command, FILE *f, const struct buf *b)
{
	if ((b->len && fwrite(b->p, 1, b->len, f) != b->len) || fflush(f))
		return cli_environment(command, "the result could not be written: %s",
				       strerror(errno));
	return EXIT_FINE;
}

int cli_write_file(const char *command, const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "w");
	if (!f)
		return cli_environment(command, "%s cannot be written: %m", path);
	int status = cli_write(command, f, b);
	if (fclose(f) && !status)
		status = cli_environment(command, "%s cannot be written: %m", path);
	return status;
}
