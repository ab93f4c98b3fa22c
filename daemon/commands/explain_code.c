/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "grammar/codes.h"

static void list_all(struct buf *out)
{
	for (size_t i = 0; i < codes_count(); i++) {
		const struct code_entry *e = codes_at(i);
		buf_fmt(out, "W%04d  " STR_FMT "\n", e->number, STR_ARG(e->title));
	}
}

static void entry_json(struct buf *out, const struct code_entry *e)
{
	buf_fmt(out, "{\"code\":\"W%04d\",\"title\":", e->number);
	buf_json(out, e->title);
	buf_c(out, ",\"explanation\":");
	buf_json(out, e->explanation);
	buf_c(out, ",\"wrong\":");
	buf_json(out, e->wrong);
	buf_c(out, ",\"right\":");
	buf_json(out, e->right);
	buf_c(out, "}\n");
}

int cmd_explain_code(int argc, char **argv)
{
	bool json = false;
	const struct cli_opt opts[] = {
	    {"json", NULL, "as a JSON object", NULL, &json},
	};
	const struct cli_spec spec = {
	    .name = "explain-code",
	    .synopsis = "[CODE]",
	    .summary =
		"Says what a diagnostic such as W0101 means, with an example of the mistake and\n"
		"of how it is put right. Without a code, lists them all.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	struct buf out = {0};
	const struct code_entry *e = args.n ? codes_find_name(str_from(args.at[0])) : NULL;
	if (args.n && !e)
		return cli_usage("explain-code",
				 "there is no diagnostic `%s`; codes look like W0101", args.at[0]);
	if (!e)
		list_all(&out);
	else if (json)
		entry_json(&out, e);
	else
		codes_explain(&out, e);
	done = cli_write("explain-code", stdout, &out);
	buf_release(&out);
	return done;
}
