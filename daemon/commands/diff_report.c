/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/diff_report.h"

#include "daemon/commands/lines.h"
#include "engine/audit/wording.h"

/* ---- words ---- */

static const char *const SIDES[] = {"old", "new"};

static struct str meant_word(enum meant m)
{
	static const struct str words[] = {
	    [MEANT_KIND] = STR_INIT("kind of case"), [MEANT_EVENT] = STR_INIT("event"),
	    [MEANT_FUND] = STR_INIT("fund"),         [MEANT_CAPACITY] = STR_INIT("capacity"),
	    [MEANT_DOCKET] = STR_INIT("docket"),     [MEANT_CALENDAR] = STR_INIT("calendar"),
	    [MEANT_BLOCK] = STR_INIT("provision"),
	};
	return words[m];
}

static struct str change_word(enum change c)
{
	static const struct str words[] = {
	    [CHANGE_ADDED] = STR_INIT("added"),
	    [CHANGE_REMOVED] = STR_INIT("removed"),
	    [CHANGE_MEANING] = STR_INIT("changed"),
	    [CHANGE_SAID] = STR_INIT("same meaning, other title or citation"),
	};
	return words[c];
}

/* `stipend counselling_session (pathway_to_safety)`, or what a prohibition says. */
void diff_words(struct buf *b, const struct differences *d, const struct difference *x)
{
	int side = x->block[1] != NO_BLOCK;
	if (x->county) {
		buf_str(b, STR("county "));
		buf_str(b, x->name);
		return;
	}
	if (x->block[side] == NO_BLOCK) {
		buf_str(b, meant_word(x->meant));
		buf_char(b, ' ');
		buf_str(b, x->name);
		return;
	}
	const struct rulebook *rb = d->rb[side];
	const struct block *k = &rb->blocks[x->block[side]];
	if (k->kind == BLOCK_NEVER || k->kind == BLOCK_ALWAYS) {
		buf_char(b, '`');
		source_words(b, rb, k->span);
		buf_char(b, '`');
	} else {
		block_words(b, k);
	}
	buf_str(b, STR(" ("));
	buf_str(b, rb->programs[k->program].name);
	buf_char(b, ')');
}

static void words_place(struct buf *b, const struct diff_report *r, const struct difference *x)
{
	int side = x->change != CHANGE_REMOVED;
	if (!x->span[side].len)
		return;
	buf_str(b, STR("    "));
	buf_c(b, r->path[side]);
	buf_char(b, '/');
	place_words(b, r->d.rb[side], x->span[side]);
	buf_char(b, '\n');
}

#define COUNTIES_NAMED 3

static void words_counties(struct buf *b, const struct diff_report *r, const struct str *list,
			   size_t n)
{
	if (n == r->d.common && n > 1) {
		buf_fmt(b, "in all %zu counties", n);
		return;
	}
	buf_str(b, STR("in "));
	for (size_t i = 0; i < n && i < COUNTIES_NAMED; i++) {
		buf_c(b, i ? ", " : "");
		buf_str(b, list[i]);
	}
	if (n > COUNTIES_NAMED)
		buf_fmt(b, " and %zu more", n - COUNTIES_NAMED);
}

/* ---- amounts ---- */

static void words_values(struct buf *b, const struct rulebook *rb, const struct param *p,
			 const struct dated_list *l)
{
	if (!p) {
		buf_str(b, STR("none"));
		return;
	}
	for (uint16_t i = 0; i < l->n; i++) {
		buf_c(b, i ? ", " : "");
		policy_value_text(b, rb, &p->type, l->at[i].value);
		if (i) {
			buf_str(b, STR(" from "));
			day_text(b, l->at[i].from);
		}
	}
}

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
	words_counties(b, r, x->counties, x->ncounties);
	for (int i = 0; i < 2; i++) {
		buf_fmt(b, "\n    %s: ", SIDES[i]);
		words_values(b, r->d.rb[i], x->param[i], x->values[i]);
	}
	buf_char(b, '\n');
}

/* ---- histories ---- */

static void report_history(struct buf *b, const struct difference *x, const struct shown_by *by)
{
	const struct witness *w = &by->witness;
	if (!w->found) {
		buf_fmt(b,
			"    not decided whether that ever shows: %zu histories of up to %u lines\n"
			"    were tried%s, and both decided them alike\n",
			w->tried, WITNESS_LINES,
			w->exhausted ? ", all that were made of what it reads" : "");
		return;
	}
	buf_str(b, STR("    decided differently, for instance in "));
	buf_str(b, x->counties[0]);
	buf_str(b, STR(":\n"));
	lines_indented(b, "    ", w->history);
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
	diff_words(b, &r->d, x);
	if (x->ncounties) {
		buf_char(b, ' ');
		words_counties(b, r, x->counties, x->ncounties);
	}
	buf_char(b, '\n');
	words_place(b, r, x);
	if (r->by[i].searched)
		report_history(b, x, &r->by[i]);
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
	if (!r->d.n && !r->d.amounts.n) {
		buf_fmt(b,
			"no difference in meaning: in all %zu counties the same provisions are in "
			"force on the\nsame days, with the same conditions, amounts and outcomes\n",
			r->d.common);
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
		buf_fmt(b, "%zu of %zu changed provisions shown by a history\n", r->found,
			r->searched);
}

/* ---- JSON ---- */

static void json_member(struct buf *b, const char *name, struct str value)
{
	buf_char(b, ',');
	buf_json(b, str_from(name));
	buf_char(b, ':');
	buf_json(b, value);
}

static void json_counties(struct buf *b, const struct str *list, size_t n)
{
	buf_str(b, STR(",\"counties\":["));
	for (size_t i = 0; i < n; i++) {
		buf_c(b, i ? "," : "");
		buf_json(b, list[i]);
	}
	buf_char(b, ']');
}

static void json_amount(struct buf *b, const struct diff_report *r, const struct amount_change *x)
{
	buf_str(b, STR("{\"name\":"));
	buf_json(b, x->name);
	if (x->program.len)
		json_member(b, "program", x->program);
	json_counties(b, x->counties, x->ncounties);
	for (int i = 0; i < 2; i++) {
		struct buf text = {0};
		words_values(&text, r->d.rb[i], x->param[i], x->values[i]);
		json_member(b, SIDES[i], x->param[i] ? buf_view(&text) : STR(""));
		buf_release(&text);
	}
	buf_char(b, '}');
}

static void json_history(struct buf *b, const struct difference *x, const struct shown_by *by)
{
	if (!by->searched)
		return;
	buf_fmt(b, ",\"tried\":%zu", by->witness.tried);
	if (!by->witness.found)
		return;
	buf_str(b, STR(",\"history\":{\"county\":"));
	buf_json(b, x->counties[0]);
	lines_json(b, "lines", by->witness.history);
	lines_json(b, "old", by->witness.came[0]);
	lines_json(b, "new", by->witness.came[1]);
	buf_fmt(b, ",\"scenario\":%s}", by->scenario ? "true" : "false");
}

static void json_difference(struct buf *b, const struct diff_report *r, size_t i)
{
	static const struct str changes[] = {
	    [CHANGE_ADDED] = STR_INIT("added"),
	    [CHANGE_REMOVED] = STR_INIT("removed"),
	    [CHANGE_MEANING] = STR_INIT("changed"),
	    [CHANGE_SAID] = STR_INIT("words"),
	};
	const struct difference *x = &r->d.at[i];
	int side = x->change != CHANGE_REMOVED;
	struct buf name = {0};
	diff_words(&name, &r->d, x);
	buf_str(b, STR("{\"change\":"));
	buf_json(b, changes[x->change]);
	json_member(b, "what", x->county ? STR("county") : meant_word(x->meant));
	json_member(b, "name", buf_view(&name));
	json_counties(b, x->counties, x->ncounties);
	if (x->span[side].len) {
		json_member(b, "file", r->d.rb[side]->sources[x->span[side].source].name);
		buf_fmt(b, ",\"line\":%u", rulebook_line(r->d.rb[side], x->span[side]));
	}
	json_history(b, x, &r->by[i]);
	buf_char(b, '}');
	buf_release(&name);
}

void diff_json(struct buf *b, const struct diff_report *r)
{
	buf_fmt(b, "{\"same\":%s,\"amounts\":[", differences_matter(&r->d) ? "false" : "true");
	for (size_t i = 0; i < r->d.amounts.n; i++) {
		buf_c(b, i ? "," : "");
		json_amount(b, r, &r->d.amounts.at[i]);
	}
	buf_str(b, STR("],\"differences\":["));
	for (size_t i = 0; i < r->d.n; i++) {
		buf_c(b, i ? "," : "");
		json_difference(b, r, i);
	}
	buf_str(b, STR("]}\n"));
}
