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

void event_lines_any_order(struct event_lines *in)
{
	correction_reader_init(&in->corrections);
	in->stream.any_order = true;
	in->stream.reader = (struct amend_reader){correction_read, &in->corrections};
}

void event_lines_release(struct event_lines *in)
{
	stream_release(&in->stream);
	json_doc_free(in->doc);
	event_reader_release(&in->reader);
	correction_reader_release(&in->corrections);
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

static void decide(struct event_lines *in, const struct event *ev, bool json)
{
	struct stream_answer a = stream_feed(&in->stream, ev);
	if (a.status && in->was_refused)
		in->was_refused(in->stream.arg, ev, a.refusal);
	if (a.status)
		refuse(in, a.refusal, json);
	else if (a.duplicate && in->duplicate)
		in->duplicate(in->stream.arg, a.seq);
}

static void decide_batch(struct event_lines *in, bool json)
{
	stream_fetch(&in->stream, in->events, in->n);
	for (size_t i = 0; i < in->n; i++) {
		in->line = in->lines[i];
		if (in->unread[i].slug)
			refuse(in, &in->unread[i], json);
		else
			decide(in, &in->events[i], json);
	}
	in->n = 0;
	arena_reset(&in->arena);
}

static void read_line(struct event_lines *in, struct str line, size_t number)
{
	const struct json *root;
	struct event *ev = &in->events[in->n];
	struct refusal *no = &in->unread[in->n];
	struct buf why = {0};
	*ev = (struct event){0};
	*no = (struct refusal){0};
	in->lines[in->n++] = number;
	if (json_parse(in->doc, line, LIMIT_BODY_BYTES, &root, &why))
		refusal_add(no, &in->arena, "malformed", STR(""), STR_FMT, STR_ARG(buf_view(&why)));
	else
		event_read(&in->reader, in->stream.rb, root, &in->arena, ev, no);
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
	char *line = NULL;
	size_t cap = 0, number = 0;
	for (ssize_t n; (n = getline(&line, &cap, f)) >= 0;) {
		struct str s = {line, (size_t)n};
		number++;
		if (!is_blank(s))
			read_line(in, s, number);
		if (in->n == STREAM_FETCH)
			decide_batch(in, json);
	}
	decide_batch(in, json);
	int status = EXIT_FINE;
	if (ferror(f))
		status =
		    cli_environment(in->command, "%s cannot be read: %s", path, strerror(errno));
	free(line);
	if (!standard_input)
		fclose(f);
	return status;
}
