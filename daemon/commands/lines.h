/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of several lines, each ended by a newline, within a report.
 */
#ifndef WAYMARK_COMMANDS_LINES_H
#define WAYMARK_COMMANDS_LINES_H

#include "engine/base/str.h"

void lines_indented(struct buf *b, const char *indent, struct str lines);
/* ,"name":["…","…"], without what they are indented by */
void lines_json(struct buf *b, const char *name, struct str lines);

#endif
