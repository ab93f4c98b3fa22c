/* SPDX-License-Identifier: Apache-2.0
 *
 * A unified difference of two texts, line by line, with three lines around each change; nothing
 * when they are the same. It takes out and puts in as few lines as possible; beyond LINE_EDITS_MOST
 * of them, what lies between the first and the last is given as taken out and put in whole.
 */
#ifndef WAYMARK_BASE_LINE_DIFF_H
#define WAYMARK_BASE_LINE_DIFF_H

#include "engine/base/str.h"

#define LINE_EDITS_MOST 1000

void line_diff(struct buf *b, struct str old, struct str new);

#endif
