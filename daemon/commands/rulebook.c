/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/rulebook.h"

#include "daemon/commands/cli.h"

int load_or_report(struct loaded *l, const char *command, const char *path)
{
	struct buf why = {0}, out = {0};
	int status = EXIT_FINE;
	enum status s = load_rulebook(l, path, &why);
	if (why.len) {
		status = cli_environment(command, STR_FMT, STR_ARG(buf_view(&why)));
	} else if (s) {
		load_report(l, &out, false, cli_colour(stderr));
		cli_write(command, stderr, &out);
		status = EXIT_NOT_FINE;
	}
	buf_release(&why);
	buf_release(&out);
	return status;
}
