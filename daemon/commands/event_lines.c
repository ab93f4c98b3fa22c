/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/event_lines.h"

#include "daemon/commands/cli.h"
#include "engine/base/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void event_lines_init(struct event_lines *in, const char *command, const struct rulebook *rb,
		      stream_sink *sink, void *arg)
{
	*in = (struct event_lines){.command = command, .doc = json_doc_new()};
	stream_init(&in->stream, rb, sink, arg);
}

void event_lines_release(struct event_lines *in)
{
	stream_release(&in->stream);
	json_doc_free(in->doc);
	event_reader_release(&in->reader);
	arena_release(&in->arena);
	buf_release(&in->out);
}

static void reasons_text(struct buf *b, const struct refusal *r)
{
	for (size_t i = 0; i < r->n; i++) {
		buf_c(b, "\n  ");
		if (r->reasons[i].where.len)
			buf_fmt(b, STR_FMT ": ", STR_ARG(r->reasons[i].where));
		buf_str(b, r->reasons[i].text);
	}
}

static void reasons_json(struct buf *b, const struct refusal *r)
{
	buf_char(b, '[');
	for (size_t i = 0; i < r->n; i++) {
		buf_c(b, i ? ",{\"where\":" : "{\"where\":");
		buf_json(b, r->reasons[i].where);
		buf_c(b, ",\"text\":");
		buf_json(b, r->reasons[i].text);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void refuse(struct event_lines *in, const struct refusal *r, bool json)
{
	in->refused++;
	buf_clear(&in->out);
	if (json) {
		buf_fmt(&in->out, "{\"line\":%zu,\"refused\":\"%s\",\"reasons\":", in->line,
			r->slug);
		reasons_json(&in->out, r);
		buf_char(&in->out, '}');
	} else {
		buf_fmt(&in->out, "%s:%zu: refused (%s)", in->path, in->line, r->slug);
		reasons_text(&in->out, r);
	}
	buf_char(&in->out, '\n');
	fwrite(in->out.p, 1, in->out.len, stderr);
}

static void refuse_words(struct event_lines *in, const char *slug, struct str words, bool json)
{
	struct refusal r = {0};
	refusal_add(&r, &in->arena, slug, STR(""), STR_FMT, STR_ARG(words));
	refuse(in, &r, json);
}

static void decide(struct event_lines *in, const struct event *ev, bool json)
{
	struct stream_answer a = stream_feed(&in->stream, ev);
	if (a.status == STATUS_CONFLICT && !a.refusal)
		refuse_words(in, "conflict",
			     STR("the same source and id came before with another content"), json);
	else if (a.status)
		refuse(in, a.refusal, json);
	else if (a.duplicate && in->duplicate)
		in->duplicate(in->stream.arg, a.seq);
}

static void feed_line(struct event_lines *in, struct str line, bool json)
{
	const struct json *root;
	struct event ev;
	struct refusal no = {0};
	struct buf why = {0};
	arena_reset(&in->arena);
	if (json_parse(in->doc, line, LIMIT_BODY_BYTES, &root, &why))
		refuse_words(in, "malformed", buf_view(&why), json);
	else if (!event_read(&in->reader, in->stream.rb, root, &in->arena, &ev, &no))
		refuse(in, &no, json);
	else
		decide(in, &ev, json);
	buf_release(&why);
}

static bool is_blank(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr(" \t\r\n", s.p[i]))
			return false;
	return true;
}

int event_lines_feed(struct event_lines *in, const char *path, bool json)
{
	bool standard_input = strcmp(path, "-") == 0;
	FILE *f = standard_input ? stdin : fopen(path, "r");
	if (!f)
		return cli_environment(in->command, "%s cannot be opened: %s", path,
				       strerror(errno));
	in->path = path;
	in->line = 0;
	char *line = NULL;
	size_t cap = 0;
	for (ssize_t n; (n = getline(&line, &cap, f)) >= 0;) {
		struct str s = {line, (size_t)n};
		in->line++;
		if (!is_blank(s))
			feed_line(in, s, json);
	}
	int status = EXIT_FINE;
	if (ferror(f))
		status =
		    cli_environment(in->command, "%s cannot be read: %s", path, strerror(errno));
	free(line);
	if (!standard_input)
		fclose(f);
	return status;
}
