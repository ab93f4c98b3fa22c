/* SPDX-License-Identifier: Apache-2.0
 *
 * What a candidate would have decided otherwise, for people and for programs. The same replay gives
 * the same bytes. Cases are named only where their ids were asked for
 * (candidate_config.with_cases).
 */
#ifndef WAYMARK_REPLAY_REPORT_H
#define WAYMARK_REPLAY_REPORT_H

#include "daemon/replay/candidate.h"

void replayed_text(struct buf *b, const struct replayed *r);
void replayed_json(struct buf *b, const struct replayed *r);
/* A row for each fund, county, program and month: recorded, candidate. */
void replayed_csv(struct buf *b, const struct replayed *r);
/* Sections of a document (engine/page/html.h); titles are those of the candidate. */
void replay_html(struct buf *b, const struct replayed *r, const struct rulebook *rb);

/* Sentences, for whoever lays them out. */
void replay_head_words(struct buf *b, const struct replayed *r);
void replay_left_out_words(struct buf *b, const struct replayed *r);
void replay_cases_words(struct buf *b, const struct replayed *r);
/* Where the cases that differ are: 25 in Los Angeles County (survivor), … */
void replay_whom_words(struct buf *b, const struct replayed *r, const struct rulebook *rb,
		       size_t most);
void replay_outcomes_words(struct buf *b, const struct replayed *r);
/* On which day a fund runs out: 2026-07-28, or never. */
void replay_day_words(struct buf *b, int32_t day);
/* "field `age` of `session_attended`: 12 events without it, refused" */
void replay_lack_words(struct buf *b, const struct replay_lack *l);

#endif
