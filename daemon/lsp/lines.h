/* SPDX-License-Identifier: Apache-2.0
 *
 * Places as editors count them: a line from 0 and a character in it from 0, where a character is a
 * unit of UTF-16 (an emoji is two) unless client and server have agreed on bytes of UTF-8. Lines
 * end with \n, \r\n or \r. Any place is fine: one beyond the end of its line or of the text is the
 * end, one inside a character is its beginning.
 */
#ifndef WAYMARK_LSP_LINES_H
#define WAYMARK_LSP_LINES_H

#include "engine/base/diag.h"
#include "engine/base/vec.h"

enum encoding { ENCODING_UTF16, ENCODING_UTF8 };

struct position {
	uint32_t line, character;
};

struct lines {
	struct str text;
	VEC(uint32_t) starts; /* of each line; the first is 0 */
};

void lines_read(struct lines *l, struct str text); /* points into text */
void lines_release(struct lines *l);

uint32_t lines_offset(const struct lines *l, struct position p, enum encoding e);
struct position lines_position(const struct lines *l, uint32_t off, enum encoding e);
/* {"start":{"line":0,"character":0},"end":…} */
void lines_range(struct buf *out, const struct lines *l, struct span span, enum encoding e);

#endif
