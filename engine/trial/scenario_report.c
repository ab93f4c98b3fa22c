/* SPDX-License-Identifier: Apache-2.0
 *
 * What a scenario's run has to say, for people and for machines.
 */
#include "engine/trial/scenario_run.h"
#include "engine/explain/wording.h"
#include "engine/case/json_write.h"

#define WIDTH_MOST 60

static struct str mark_text(enum row_mark m)
{
	static const struct str marks[] = {
	    [ROW_MET] = STR_INIT("  "),
	    [ROW_DIFFERENT] = STR_INIT("! "),
	    [ROW_MISSING] = STR_INIT("- "),
	    [ROW_UNEXPECTED] = STR_INIT("+ "),
	};
	return marks[m];
}

/* Characters, not bytes: what columns are made of. */
static size_t width(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static struct str or_else(struct str s, const char *otherwise)
{
	return s.len ? s : str_from(otherwise);
}

static struct str left_text(const struct scenario_row *r)
{
	return or_else(r->expected, "(not expected)");
}

static size_t column_width(const struct scenario_failure *f)
{
	size_t most = sizeof("expected") - 1;
	for (size_t i = 0; i < f->rows.n; i++) {
		size_t w = width(left_text(&f->rows.at[i]));
		if (w > most && w <= WIDTH_MOST)
			most = w;
	}
	return most;
}

static void two_columns(struct buf *b, struct str mark, struct str left, struct str right,
			size_t left_width)
{
	size_t w = width(left);
	buf_str(b, STR("      "));
	buf_str(b, mark);
	buf_str(b, left);
	if (right.len) {
		buf_pad(b, ' ', w < left_width ? left_width - w : 0);
		buf_str(b, STR("   "));
		buf_str(b, right);
	}
	buf_char(b, '\n');
}

static void failure_text(struct buf *b, const struct rulebook *rb, const struct scenario_failure *f)
{
	size_t w = column_width(f);
	buf_str(b, STR("    "));
	place_words(b, rb, f->line->span);
	buf_str(b, STR("  "));
	source_words(b, rb, f->line->span);
	buf_char(b, '\n');
	two_columns(b, STR("  "), STR("expected"), STR("actual"), w);
	for (size_t i = 0; i < f->rows.n; i++) {
		const struct scenario_row *r = &f->rows.at[i];
		two_columns(
		    b, mark_text(r->mark), left_text(r),
		    r->mark == ROW_MISSING ? or_else(r->actual, "(did not happen)") : r->actual, w);
	}
	for (size_t i = 0; i < f->why.n; i++) {
		buf_str(b, STR("      "));
		buf_str(b, f->why.at[i]);
		buf_char(b, '\n');
	}
}

void scenario_text(struct buf *b, const struct rulebook *rb, const struct scenario_result *r)
{
	const struct scenario *sc = r->scenario;
	if (r->verdict == VERDICT_PASSED)
		return;
	buf_str(b, r->verdict == VERDICT_TODO ? STR("todo: \"") : STR("failed: \""));
	buf_str(b, sc->title);
	buf_str(b, STR("\" in "));
	buf_str(b, rb->counties[sc->county].name);
	buf_str(b, STR(" — "));
	place_words(b, rb, sc->span);
	buf_char(b, '\n');
	for (size_t i = 0; i < r->failures.n; i++)
		failure_text(b, rb, &r->failures.at[i]);
}

/* ---- JSON ---- */

static void place_json(struct buf *b, const struct rulebook *rb, struct span span)
{
	buf_str(b, STR("\"file\":"));
	buf_json(b, rb->sources[span.source].name);
	buf_str(b, STR(",\"line\":"));
	buf_i64(b, rulebook_line(rb, span));
}

static void row_json(struct buf *b, const struct rulebook *rb, const struct scenario_row *r)
{
	static const struct str names[] = {
	    [ROW_MET] = STR_INIT("met"),
	    [ROW_DIFFERENT] = STR_INIT("different"),
	    [ROW_MISSING] = STR_INIT("missing"),
	    [ROW_UNEXPECTED] = STR_INIT("unexpected"),
	};
	buf_str(b, STR("{\"mark\":"));
	json_name(b, names[r->mark]);
	if (r->expect.len) {
		buf_str(b, STR(",\"line\":"));
		buf_i64(b, rulebook_line(rb, r->expect));
		buf_str(b, STR(",\"expected\":"));
		buf_json(b, r->expected);
	}
	if (r->actual.len) {
		buf_str(b, STR(",\"actual\":"));
		buf_json(b, r->actual);
	}
	buf_char(b, '}');
}

static void failure_json(struct buf *b, const struct rulebook *rb, const struct scenario_failure *f)
{
	struct buf words = {0};
	source_words(&words, rb, f->line->span);
	buf_char(b, '{');
	place_json(b, rb, f->line->span);
	buf_str(b, STR(",\"text\":"));
	buf_json(b, buf_view(&words));
	buf_release(&words);
	buf_str(b, STR(",\"rows\":["));
	for (size_t i = 0; i < f->rows.n; i++) {
		if (i)
			buf_char(b, ',');
		row_json(b, rb, &f->rows.at[i]);
	}
	buf_str(b, STR("],\"why\":["));
	for (size_t i = 0; i < f->why.n; i++) {
		if (i)
			buf_char(b, ',');
		buf_json(b, f->why.at[i]);
	}
	buf_str(b, STR("]}"));
}

void scenario_json(struct buf *b, const struct rulebook *rb, const struct scenario_result *r)
{
	static const struct str verdicts[] = {
	    [VERDICT_PASSED] = STR_INIT("passed"),
	    [VERDICT_FAILED] = STR_INIT("failed"),
	    [VERDICT_TODO] = STR_INIT("todo"),
	};
	buf_str(b, STR("{\"title\":"));
	buf_json(b, r->scenario->title);
	buf_str(b, STR(",\"county\":"));
	json_name(b, rb->counties[r->scenario->county].name);
	buf_char(b, ',');
	place_json(b, rb, r->scenario->span);
	buf_str(b, STR(",\"verdict\":"));
	json_name(b, verdicts[r->verdict]);
	buf_str(b, STR(",\"decisions\":"));
	buf_i64(b, (int64_t)r->decisions);
	buf_str(b, STR(",\"failures\":["));
	for (size_t i = 0; i < r->failures.n; i++) {
		if (i)
			buf_char(b, ',');
		failure_json(b, rb, &r->failures.at[i]);
	}
	buf_str(b, STR("]}"));
}
