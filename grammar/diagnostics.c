/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/diagnostics.h"

#define LONGEST_LINE 400 /* bytes; a longer one is not shown */

#define BOLD         "\033[1m"
#define RED          "\033[1;31m"
#define AMBER        "\033[1;33m"
#define BLUE         "\033[1;34m"
#define PLAIN        "\033[0m"

/* A place in a source: line and column from 1, and the line's own text. */
struct place {
	uint32_t line, column;
	struct str text;   /* of the line, without its end */
	uint32_t line_off; /* where it begins */
};

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static struct place place_of(const struct source *source, uint32_t off)
{
	struct str s = source ? source->text : (struct str){0};
	struct place p = {.line = 1, .column = 1};
	size_t from = 0;
	if (off > s.len)
		off = (uint32_t)s.len;
	for (size_t i = 0; i < off; i++) {
		if (s.p[i] == '\n') {
			p.line++;
			from = i + 1;
		}
	}
	if (from == 0 && str_starts(s, STR("\xef\xbb\xbf")) && off >= 3)
		from = 3; /* the mark at the beginning is no character of the first line */
	for (size_t i = from; i < off; i++)
		p.column += !continues(s.p[i]);
	size_t to = from;
	while (to < s.len && s.p[to] != '\n' && s.p[to] != '\r')
		to++;
	p.line_off = (uint32_t)from;
	p.text = (struct str){s.p ? s.p + from : NULL, to - from};
	return p;
}

void source_path(struct buf *out, struct str root, struct str name)
{
	buf_str(out, root);
	if (root.len && name.len && root.p[root.len - 1] != '/')
		buf_char(out, '/');
	buf_str(out, name);
}

static void file_name(struct buf *out, const struct source *source, struct str root)
{
	source_path(out, root, source ? source->name : (struct str){0});
}

static uint32_t digits(uint32_t n)
{
	uint32_t d = 1;
	for (; n >= 10; n /= 10)
		d++;
	return d;
}

/* Control characters, which a malformed file may hold, never reach a terminal. */
static void visible(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			buf_char(out, '?');
			continue;
		}
		if (c < 0x80) {
			buf_char(out, (char)c);
			continue;
		}
		size_t n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		if (n <= s.len - i && str_is_utf8((struct str){s.p + i, n})) {
			buf_bytes(out, s.p + i, n);
			i += n - 1;
		} else {
			buf_char(out, '?');
		}
	}
}

/* One space, tab or caret for each character that `visible` shows. */
static size_t shown_length(const char *p, size_t left)
{
	unsigned char c = (unsigned char)p[0];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	return n <= left && (n == 1 || str_is_utf8((struct str){p, n})) ? n : 1;
}

static void carets(struct buf *out, const struct place *p, struct span span)
{
	size_t from = span.off - p->line_off, to = from + span.len;
	if (to > p->text.len)
		to = p->text.len;
	size_t i = 0;
	while (i < from && i < p->text.len) {
		buf_char(out, p->text.p[i] == '\t' ? '\t' : ' ');
		i += shown_length(p->text.p + i, p->text.len - i);
	}
	buf_char(out, '^');
	if (i < to)
		i += shown_length(p->text.p + i, p->text.len - i);
	while (i < to) {
		buf_char(out, '^');
		i += shown_length(p->text.p + i, p->text.len - i);
	}
}

static void excerpt(struct buf *out, const struct place *p, struct span span, uint32_t width,
		    bool colour)
{
	if (p->text.len > LONGEST_LINE)
		return;
	buf_fmt(out, "%s%*u |%s ", colour ? BLUE : "", (int)width + 1, p->line,
		colour ? PLAIN : "");
	visible(out, p->text);
	buf_fmt(out, "\n%s%*s |%s ", colour ? BLUE : "", (int)width + 1, "", colour ? PLAIN : "");
	buf_c(out, colour ? RED : "");
	carets(out, p, span);
	buf_c(out, colour ? PLAIN : "");
	buf_char(out, '\n');
}

static const char *severity_name(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : "warning";
}

static void head(struct buf *out, const struct diag *d, const struct source *source,
		 struct str root, const struct place *p, bool colour)
{
	buf_c(out, colour ? BOLD : "");
	file_name(out, source, root);
	if (source)
		buf_fmt(out, ":%u:%u", p->line, p->column);
	if (source || root.len)
		buf_c(out, ": ");
	buf_fmt(out, "%s%s W%04d:%s ",
		!colour                         ? ""
		: d->severity == SEVERITY_ERROR ? RED
						: AMBER,
		severity_name(d->severity), d->code, colour ? PLAIN BOLD : "");
	visible(out, d->message);
	buf_c(out, colour ? PLAIN "\n" : "\n");
}

static void second_place(struct buf *out, const struct diag *d, const struct source *source,
			 struct str root, bool colour)
{
	struct place p = place_of(source, d->also.off);
	buf_c(out, "  ");
	file_name(out, source, root);
	buf_fmt(out, ":%u:%u: " STR_FMT "\n", p.line, p.column, STR_ARG(d->also_note));
	excerpt(out, &p, d->also, digits(p.line), colour);
}

static void help_line(struct buf *out, const struct diag *d, bool colour)
{
	if (!d->help.len)
		return;
	buf_fmt(out, "  %shelp:%s ", colour ? BOLD : "", colour ? PLAIN : "");
	visible(out, d->help);
	buf_char(out, '\n');
}

void diagnostic_text(struct buf *out, const struct diag *d, const struct source *source,
		     struct str root, bool colour)
{
	struct place p = place_of(source, d->span.off);
	head(out, d, source, root, &p, colour);
	if (source)
		excerpt(out, &p, d->span, digits(p.line), colour);
	help_line(out, d, colour);
}

void diagnostics_text(struct buf *out, const struct diag_list *diags, const struct source *sources,
		      size_t n, struct str root, bool colour)
{
	for (size_t i = 0; i < diags->n; i++) {
		const struct diag *d = &diags->at[i];
		const struct source *at = d->span.source < n ? &sources[d->span.source] : NULL;
		diagnostic_text(out, d, at, root, colour);
		if (d->also.len && d->also.source < n)
			second_place(out, d, &sources[d->also.source], root, colour);
	}
	size_t all = diags->errors + diags->warnings;
	if (all > diags->n)
		buf_fmt(out, "%zu more are not shown\n", all - diags->n);
}

void diagnostic_json(struct buf *out, const struct diag *d, const struct source *source,
		     struct str root)
{
	struct place from = place_of(source, d->span.off);
	struct place to = place_of(source, d->span.off + d->span.len);
	struct buf file = {0};
	file_name(&file, source, root);
	buf_fmt(out, "{\"code\":\"W%04d\",\"severity\":\"%s\",\"file\":", d->code,
		severity_name(d->severity));
	buf_json(out, buf_view(&file));
	buf_fmt(out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u,\"message\":",
		from.line, from.column, to.line, to.column);
	buf_json(out, d->message);
	buf_c(out, ",\"help\":");
	buf_json(out, d->help.len ? d->help : STR(""));
	buf_char(out, '}');
	buf_release(&file);
}

void diagnostics_json(struct buf *out, const struct diag_list *diags, const struct source *sources,
		      size_t n, struct str root)
{
	buf_char(out, '[');
	for (size_t i = 0; i < diags->n; i++) {
		const struct diag *d = &diags->at[i];
		buf_c(out, i ? ",\n" : "");
		diagnostic_json(out, d, d->span.source < n ? &sources[d->span.source] : NULL, root);
	}
	buf_c(out, "]\n");
}
