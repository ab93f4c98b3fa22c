/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lsp/lines.h"

void lines_read(struct lines *l, struct str text)
{
	*l = (struct lines){.text = text};
	*vec_push(&l->starts) = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\r' && i + 1 < text.len && text.p[i + 1] == '\n')
			continue;
		if (text.p[i] == '\n' || text.p[i] == '\r')
			*vec_push(&l->starts) = (uint32_t)i + 1;
	}
}

void lines_release(struct lines *l)
{
	vec_release(&l->starts);
}

/* Bytes of the character at p; a byte that begins none counts as one. */
static uint32_t char_bytes(const char *p, uint32_t left)
{
	unsigned char c = (unsigned char)*p;
	uint32_t want = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4, n = 1;
	while (n < want && n < left && ((unsigned char)p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static uint32_t units(uint32_t bytes, enum encoding e)
{
	return e == ENCODING_UTF8 ? bytes : bytes == 4 ? 2 : 1;
}

/* Where the text of a line ends, without its \n, \r\n or \r. */
static uint32_t line_end(const struct lines *l, size_t line)
{
	if (line + 1 == l->starts.n)
		return (uint32_t)l->text.len;
	uint32_t end = l->starts.at[line + 1] - 1;
	if (end > l->starts.at[line] && l->text.p[end] == '\n' && l->text.p[end - 1] == '\r')
		end--;
	return end;
}

uint32_t lines_offset(const struct lines *l, struct position p, enum encoding e)
{
	if (p.line >= l->starts.n)
		return (uint32_t)l->text.len;
	uint32_t at = l->starts.at[p.line], end = line_end(l, p.line);
	for (uint32_t left = p.character; at < end;) {
		uint32_t bytes = char_bytes(l->text.p + at, end - at), n = units(bytes, e);
		if (n > left)
			break;
		left -= n;
		at += bytes;
	}
	return at;
}

struct position lines_position(const struct lines *l, uint32_t off, enum encoding e)
{
	size_t lo = 0, hi = l->starts.n; /* the first line that begins behind the place */
	if (off > l->text.len)
		off = (uint32_t)l->text.len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (l->starts.at[mid] <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	struct position p = {(uint32_t)lo - 1, 0};
	uint32_t at = l->starts.at[lo - 1], end = line_end(l, lo - 1);
	while (at < off && at < end) {
		uint32_t bytes = char_bytes(l->text.p + at, end - at);
		if (at + bytes > off)
			break;
		p.character += units(bytes, e);
		at += bytes;
	}
	return p;
}

static void one(struct buf *out, struct position p)
{
	buf_fmt(out, "{\"line\":%u,\"character\":%u}", p.line, p.character);
}

void lines_range(struct buf *out, const struct lines *l, struct span span, enum encoding e)
{
	buf_c(out, "{\"start\":");
	one(out, lines_position(l, span.off, e));
	buf_c(out, ",\"end\":");
	one(out, lines_position(l, span.off + span.len, e));
	buf_char(out, '}');
}
