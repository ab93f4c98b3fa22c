/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/lines.h"

void lines_indented(struct buf *b, const char *indent, struct str lines)
{
	size_t start = 0;
	for (size_t i = 0; i < lines.len; i++) {
		if (lines.p[i] != '\n')
			continue;
		buf_c(b, indent);
		buf_bytes(b, lines.p + start, i - start + 1);
		start = i + 1;
	}
}

void lines_json(struct buf *b, const char *name, struct str lines)
{
	bool first = true;
	buf_fmt(b, ",\"%s\":[", name);
	for (size_t start = 0, i = 0; i < lines.len; i++) {
		if (lines.p[i] != '\n')
			continue;
		while (start < i && lines.p[start] == ' ')
			start++;
		buf_c(b, first ? "" : ",");
		buf_json(b, (struct str){lines.p + start, i - start});
		first = false;
		start = i + 1;
	}
	buf_char(b, ']');
}
