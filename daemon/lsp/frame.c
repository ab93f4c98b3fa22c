/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lsp/frame.h"

#include "engine/base/limits.h"

#include <strings.h>

struct head {
	bool has_length;
	size_t length;
};

static enum status read_length(struct str digits, size_t *out)
{
	size_t n = 0;
	if (!digits.len)
		return STATUS_INVALID;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return STATUS_INVALID;
		n = n * 10 + (size_t)(digits.p[i] - '0');
		if (n > LIMIT_LSP_BYTES)
			return STATUS_LIMIT;
	}
	*out = n;
	return STATUS_OK;
}

static struct str trim(struct str s)
{
	while (s.len && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){s.p + 1, s.len - 1};
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* `Content-Length: 42`; other fields are passed over, as the protocol asks for. */
static enum status read_field(struct head *h, struct str line)
{
	const char *colon = memchr(line.p, ':', line.len);
	if (!colon)
		return STATUS_INVALID;
	struct str name = {line.p, (size_t)(colon - line.p)};
	struct str value = trim((struct str){colon + 1, line.len - name.len - 1});
	if (name.len != 14 || strncasecmp(name.p, "Content-Length", 14) != 0)
		return name.len ? STATUS_OK : STATUS_INVALID;
	if (h->has_length)
		return STATUS_INVALID;
	h->has_length = true;
	return read_length(value, &h->length);
}

enum status frame_read(struct str in, size_t *taken, struct str *body)
{
	struct head h = {0};
	size_t at = 0;
	*taken = 0;
	for (;;) {
		const char *end = memchr(in.p + at, '\n', in.len - at);
		if (!end || (size_t)(end - in.p) > LIMIT_LSP_HEAD)
			return end || in.len > LIMIT_LSP_HEAD ? STATUS_INVALID : STATUS_OK;
		struct str line = {in.p + at, (size_t)(end - in.p) - at};
		if (!line.len || line.p[line.len - 1] != '\r')
			return STATUS_INVALID;
		line.len--;
		at = (size_t)(end - in.p) + 1;
		if (!line.len)
			break;
		enum status s = read_field(&h, line);
		if (s)
			return s;
	}
	if (!h.has_length)
		return STATUS_INVALID;
	if (in.len - at >= h.length) {
		*taken = at + h.length;
		*body = (struct str){in.p + at, h.length};
	}
	return STATUS_OK;
}

void frame_write(struct buf *out, struct str body)
{
	buf_fmt(out, "Content-Length: %zu\r\n\r\n", body.len);
	buf_str(out, body);
}
