/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentences of a report, for text and pages alike.
 */
#include "daemon/replay/report.h"

#include "engine/values/money.h"
#include "engine/values/zone.h"

static void number(struct buf *b, uint64_t n)
{
	number_text(b, (int64_t)n);
}

static void things(struct buf *b, uint64_t n, const char *one, const char *many)
{
	number(b, n);
	buf_c(b, n == 1 ? one : many);
}

static void day_of_us(struct buf *b, int64_t us)
{
	day_text(b, (int32_t)(us / (86400 * SECOND_US)));
}

void replay_head_words(struct buf *b, const struct replayed *r)
{
	if (!r->last_seq) {
		buf_c(b, "The ledger has no events yet.");
		return;
	}
	things(b, r->events, " event of ", " events of ");
	things(b, r->cases, " case, received ", " cases, received ");
	day_of_us(b, r->first_us);
	buf_c(b, " to ");
	day_of_us(b, r->last_us);
	buf_fmt(b,
		", decided again under the change (version " STR_FMT
		"); when they were recorded, under ",
		STR_ARG(r->version));
	things(b, r->versions, " version of the policy.", " versions of the policy.");
}

void replay_left_out_words(struct buf *b, const struct replayed *r)
{
	buf_c(b, "Not compared: ");
	things(b, r->destroyed, " event of a destroyed case", " events of destroyed cases");
	buf_c(b, ", of which nothing can be read, and ");
	things(b, r->left_out, " case that was destroyed or rests on one that was",
	       " cases that were destroyed or rest on one that was");
	buf_c(b, ". What they drew on funds counts as recorded.");
}

void replay_day_words(struct buf *b, int32_t day)
{
	if (day == DAY_NONE)
		buf_c(b, "never");
	else
		day_text(b, day);
}

void replay_lack_words(struct buf *b, const struct replay_lack *l)
{
	static const char *const what[] = {
	    [LACKS_EVENT] = "events of type `", [LACKS_FIELD] = "field `", [LACKS_FACT] = "fact `"};
	buf_c(b, what[l->of]);
	buf_str(b, l->name);
	buf_char(b, '`');
	if (l->inside.len)
		buf_fmt(b, " of `" STR_FMT "`", STR_ARG(l->inside));
	if (l->of == LACKS_FIELD) {
		buf_c(b, ": ");
		things(b, l->events, " event without it, ", " events without it, ");
		buf_c(b, l->optional ? "decided as not known" : "refused");
	}
	if (l->before)
		buf_c(b, " (asked when it was recorded, too)");
}

void replay_cases_words(struct buf *b, const struct replayed *r)
{
	const struct compared *c = &r->compared;
	number(b, c->cases.n);
	buf_c(b, " of ");
	things(b, r->cases, " recorded case", " recorded cases");
	buf_c(b, " would have come out differently");
	if (!c->cases.n) {
		buf_char(b, '.');
		return;
	}
	buf_c(b, ": ");
	if (!c->newly)
		buf_c(b, "nobody gets a benefit that was not given, ");
	else
		things(b, c->newly, " gets a benefit that was not given, ",
		       " get a benefit that was not given, ");
	if (!c->no_longer)
		buf_c(b, "nobody loses one.");
	else
		things(b, c->no_longer, " loses one.", " lose one.");
}

void replay_outcomes_words(struct buf *b, const struct replayed *r)
{
	const struct compared *c = &r->compared;
	static const char *const words[] = {"added", "removed", "changed"};
	things(b, c->same, " outcome is the same", " outcomes are the same");
	for (int k = 0; k < OUTCOME_CHANGES; k++) {
		buf_c(b, k + 1 < OUTCOME_CHANGES ? ", " : " and ");
		number(b, c->changes[k]);
		buf_fmt(b, " %s", words[k]);
	}
	buf_c(b, "; ");
	number(b, c->standing[SIDE_RECORDED]);
	buf_c(b, " stood as recorded, ");
	number(b, c->standing[SIDE_CANDIDATE]);
	buf_c(b, " stand under the change.");
}
