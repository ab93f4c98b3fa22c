/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/diff_report.h"

#include "daemon/commands/lines.h"
#include "daemon/commands/told.h"
#include "daemon/wire/difference_words.h"
#include "engine/explain/wording.h"
#include "grammar/diagnostics.h"

/* ---- words ---- */

static const char *const SIDES[] = {"old", "new"};

static struct str change_word(enum change c)
{
	static const struct str words[] = {
	    [CHANGE_ADDED] = STR_INIT("added"),
	    [CHANGE_REMOVED] = STR_INIT("removed"),
	    [CHANGE_MEANING] = STR_INIT("changed"),
	    [CHANGE_RENAMED] = STR_INIT("renamed"),
	    [CHANGE_REGROUPED] = STR_INIT("regrouped"),
	    [CHANGE_SAID] = STR_INIT("same meaning, other title or citation"),
	};
	return words[c];
}

static void words_place(struct buf *b, const struct diff_report *r, const struct difference *x)
{
	int side = difference_side(x);
	if (!x->span[side].len)
		return;
	buf_str(b, STR("    "));
	source_path(b, r->loaded[side]->root, r->d.rb[side]->sources[x->span[side].source].name);
	buf_fmt(b, ":%u", rulebook_line(r->d.rb[side], x->span[side]));
	buf_char(b, '\n');
}

void diff_former_words(struct buf *b, const struct diff_report *r, const struct difference *x)
{
	const struct block *k = &r->d.rb[0]->blocks[x->block[0]];
	buf_str(b, STR(", before: "));
	buf_str(b, k->name);
	buf_str(b, STR(" ("));
	buf_str(b, r->d.rb[0]->programs[k->program].name);
	buf_char(b, ')');
}

#define COUNTIES_NAMED 3

void diff_counties_words(struct buf *b, const struct diff_report *r, const struct str *list,
			 size_t n, diff_county_words *county)
{
	if (n == r->d.common && n > 1) {
		buf_fmt(b, "in all %zu counties", n);
		return;
	}
	buf_str(b, STR("in "));
	for (size_t i = 0; i < n && i < COUNTIES_NAMED; i++) {
		buf_c(b, i ? ", " : "");
		county(b, r->d.rb[1], list[i]);
	}
	if (n > COUNTIES_NAMED)
		buf_fmt(b, " and %zu more", n - COUNTIES_NAMED);
}

static void county_name(struct buf *b, const struct rulebook *rb, struct str county)
{
	(void)rb;
	buf_str(b, county);
}

/* ---- amounts ---- */

static void report_amount(struct buf *b, const struct diff_report *r, const struct amount_change *x)
{
	buf_str(b, STR("  "));
	buf_str(b, x->name);
	if (x->program.len) {
		buf_str(b, STR(" ("));
		buf_str(b, x->program);
		buf_char(b, ')');
	}
	buf_char(b, ' ');
	diff_counties_words(b, r, x->counties, x->ncounties, county_name);
	for (int i = 0; i < 2; i++) {
		buf_fmt(b, "\n    %s: ", SIDES[i]);
		amount_words(b, r->d.rb[i], x->param[i], x->values[i]);
	}
	buf_char(b, '\n');
}

/* ---- histories ---- */

static bool vocabularies_differ(const struct diff_report *r)
{
	for (size_t i = 0; i < r->d.n; i++)
		if (!r->d.at[i].county && r->d.at[i].meant <= MEANT_EVENT)
			return true;
	return false;
}

static void report_history(struct buf *b, const struct diff_report *r, const struct shown_by *by)
{
	const struct witness *w = &by->witness;
	if (!w->tried) {
		buf_str(b, STR("    no provision that is in force draws on it\n"));
		return;
	}
	if (!w->found) {
		buf_fmt(
		    b,
		    "    not decided whether that ever shows: %zu histories of up to %zu lines\n"
		    "    were tried%s, and both decided them alike\n",
		    w->tried, w->lines,
		    w->exhausted ? ", all short ones that are made of what it reads" : "");
		if (vocabularies_differ(r))
			buf_str(b, STR("    (their vocabularies differ: a history with what only "
				       "one of them "
				       "knows\n    cannot be decided by both)\n"));
		return;
	}
	buf_str(b, STR("    decided differently, for instance in "));
	buf_str(b, by->county);
	buf_str(b, STR(":\n"));
	told_history(b, "    ", w);
	for (int i = 0; i < 2; i++) {
		buf_fmt(b, "      %s:\n", SIDES[i]);
		lines_indented(b, "        ", w->came[i]);
	}
	if (!by->scenario)
		buf_str(b, STR("      (this cannot be written as a scenario)\n"));
}

static void report_difference(struct buf *b, const struct diff_report *r, size_t i)
{
	const struct difference *x = &r->d.at[i];
	buf_str(b, STR("  "));
	buf_str(b, change_word(x->change));
	buf_str(b, STR(": "));
	difference_words(b, &r->d, x);
	if (x->change == CHANGE_RENAMED)
		diff_former_words(b, r, x);
	if (x->ncounties) {
		buf_char(b, ' ');
		diff_counties_words(b, r, x->counties, x->ncounties, county_name);
	}
	buf_char(b, '\n');
	words_place(b, r, x);
	if (x->change == CHANGE_RENAMED || x->change == CHANGE_REGROUPED)
		buf_c(b, x->change == CHANGE_RENAMED
			     ? "    it means the same"
			     : "    with what else is regrouped it means the same");
	if (x->change == CHANGE_RENAMED || x->change == CHANGE_REGROUPED)
		buf_c(b, difference_matters(&r->d, x)
			     ? "; what cases have under way of it, and who comes first for the\n"
			       "    last of something, goes by the name\n"
			     : "\n");
	if (r->by[i].searched)
		report_history(b, r, &r->by[i]);
}

/* ---- the whole ---- */

static bool is_provision(const struct difference *x)
{
	return !x->county && x->meant == MEANT_BLOCK;
}

static void report_some(struct buf *b, const struct diff_report *r, bool provisions,
			const char *heading)
{
	bool any = false;
	for (size_t i = 0; i < r->d.n; i++) {
		if (is_provision(&r->d.at[i]) != provisions)
			continue;
		buf_c(b, any ? "" : heading);
		any = true;
		report_difference(b, r, i);
	}
}

void diff_text(struct buf *b, const struct diff_report *r)
{
	if (r->d.alike)
		buf_fmt(b, "%zu provision%s put another way, proved to decide every case alike\n",
			r->d.alike, r->d.alike == 1 ? " is" : "s are");
	if (!r->d.n && !r->d.amounts.n) {
		buf_fmt(b,
			"no difference in meaning: in %s%zu count%s the same provisions are in "
			"force on the\nsame days, with the same conditions, amounts and outcomes\n",
			r->d.common == 1 ? "" : "all ", r->d.common,
			r->d.common == 1 ? "y" : "ies");
		return;
	}
	if (!differences_matter(&r->d))
		buf_str(b, STR("no difference in meaning; names, titles or citations differ\n"));
	report_some(b, r, false, "what exists\n");
	if (r->d.amounts.n)
		buf_str(b, STR("amounts, numbers and periods\n"));
	for (size_t i = 0; i < r->d.amounts.n; i++)
		report_amount(b, r, &r->d.amounts.at[i]);
	report_some(b, r, true, "provisions\n");
	if (r->searched)
		buf_fmt(
		    b,
		    "%zu of %zu differences shown by a history: each the first, shortest first, of "
		    "those of\nup to %u lines that are made of what it reads, else a longer one "
		    "made "
		    "smaller; several\nof one event in a row count as two\n",
		    r->found, r->searched, WITNESS_LINES);
}

/* ---- JSON ---- */

static void json_history(struct buf *b, const struct shown_by *by)
{
	if (!by->searched)
		return;
	buf_fmt(b, ",\"tried\":%zu", by->witness.tried);
	if (!by->witness.found)
		return;
	buf_str(b, STR(",\"history\":{\"county\":"));
	buf_json(b, by->county);
	lines_json(b, "lines", by->witness.history);
	lines_json(b, "old", by->witness.came[0]);
	lines_json(b, "new", by->witness.came[1]);
	buf_fmt(b, ",\"scenario\":%s}", by->scenario ? "true" : "false");
}

static void json_one(struct buf *b, const struct diff_report *r, size_t i)
{
	difference_json(b, &r->d, &r->d.at[i]);
	json_history(b, &r->by[i]);
	buf_char(b, '}');
}

void diff_json(struct buf *b, const struct diff_report *r)
{
	buf_fmt(b, "{\"same\":%s,\"amounts\":[", differences_matter(&r->d) ? "false" : "true");
	for (size_t i = 0; i < r->d.amounts.n; i++) {
		buf_c(b, i ? "," : "");
		amount_change_json(b, &r->d, &r->d.amounts.at[i]);
	}
	buf_str(b, STR("],\"differences\":["));
	for (size_t i = 0; i < r->d.n; i++) {
		buf_c(b, i ? "," : "");
		json_one(b, r, i);
	}
	buf_str(b, STR("]}\n"));
}
