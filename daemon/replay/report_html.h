/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the report for people, by what they tell of: whom it concerns, and the money.
 */
#ifndef WAYMARK_REPLAY_REPORT_HTML_H
#define WAYMARK_REPLAY_REPORT_HTML_H

#include "daemon/replay/report.h"

void replay_html_whom(struct buf *b, const struct replayed *r, const struct rulebook *rb);
void replay_html_money(struct buf *b, const struct compared *c, const struct rulebook *rb);

#endif
