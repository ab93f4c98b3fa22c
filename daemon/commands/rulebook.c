/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/rulebook.h"

#include "daemon/commands/cli.h"

static int report(struct loaded *l, const char *command)
{
	struct buf out = {0};
	load_report(l, &out, false, cli_colour(stderr));
	cli_write(command, stderr, &out);
	buf_release(&out);
	return EXIT_NOT_FINE;
}

int load_or_report(struct loaded *l, const char *command, const char *path)
{
	struct buf why = {0};
	int status = EXIT_FINE;
	enum status s = load_rulebook(l, path, &why);
	if (why.len)
		status = cli_environment(command, STR_FMT, STR_ARG(buf_view(&why)));
	else if (s)
		status = report(l, command);
	buf_release(&why);
	return status;
}

/* ---- without scenarios ---- */

static bool begins_with(struct str text, size_t at, struct str word)
{
	return text.len - at > word.len && !memcmp(text.p + at, word.p, word.len) &&
	       text.p[at + word.len] == ' ';
}

/* Only scenarios and projections stand in it: what begins a line is one of their words. */
static bool has_only_scenarios(struct str text)
{
	bool any = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if ((i && text.p[i - 1] != '\n') || c == ' ' || c == '\t' || c == '\n' ||
		    c == '\r' || c == '#')
			continue;
		if (!begins_with(text, i, STR("scenario")) && !begins_with(text, i, STR("todo")) &&
		    !begins_with(text, i, STR("projection")))
			return false;
		any = true;
	}
	return any;
}

static size_t leave_out(struct loaded *l, struct buf *names)
{
	size_t n = 0, out = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (!has_only_scenarios(l->sources[i].text)) {
			l->sources[n++] = l->sources[i];
			continue;
		}
		buf_c(names, out++ ? ", " : "");
		buf_str(names, l->sources[i].name);
	}
	l->n = n;
	return out;
}

int load_policy_or_report(struct loaded *l, const char *command, const char *path)
{
	struct loaded less = {0};
	struct buf why = {0}, names = {0};
	enum status s = load_rulebook(l, path, &why);
	int status = EXIT_FINE;
	if (why.len) {
		status = cli_environment(command, STR_FMT, STR_ARG(buf_view(&why)));
	} else if (s && load_sources(&less, path, &why) == STATUS_OK && leave_out(&less, &names) &&
		   load_compile(&less) == STATUS_OK) {
		fprintf(stderr,
			"waymark %s: scenarios of %s do not fit it and were left out; the rest is "
			"whole: " STR_FMT "\n",
			command, path, STR_ARG(buf_view(&names)));
		load_release(l);
		*l = less;
		less = (struct loaded){0};
	} else if (s) {
		status = report(l, command);
	}
	load_release(&less);
	buf_release(&why);
	buf_release(&names);
	return status;
}
