/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lsp/uri.h"

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

bool uri_path(struct buf *out, struct str uri)
{
	struct str host = STR("localhost"), rest = {uri.p + 7, uri.len - 7};
	if (!str_starts(uri, STR("file://")))
		return false;
	if (str_starts(rest, host))
		rest = (struct str){rest.p + host.len, rest.len - host.len};
	if (!rest.len || rest.p[0] != '/')
		return false;
	for (size_t i = 0; i < rest.len; i++) {
		int c = (unsigned char)rest.p[i];
		if (c == '%') {
			int hi = i + 2 < rest.len ? hex(rest.p[i + 1]) : -1;
			int lo = i + 2 < rest.len ? hex(rest.p[i + 2]) : -1;
			c = hi < 0 || lo < 0 ? 0 : hi * 16 + lo;
			i += 2;
		}
		if (!c)
			return false;
		buf_char(out, (char)c);
	}
	return true;
}

void uri_of_path(struct buf *out, struct str path)
{
	static const char digits[] = "0123456789ABCDEF";
	buf_c(out, "file://");
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '_' ||
			     c == '.' || c == '~';
		if (plain) {
			buf_char(out, (char)c);
			continue;
		}
		buf_char(out, '%');
		buf_char(out, digits[c >> 4]);
		buf_char(out, digits[c & 15]);
	}
}
