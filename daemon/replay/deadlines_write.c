/* SPDX-License-Identifier: Apache-2.0
 *
 * A report of deadlines in words: JSON, a page, text.
 */
#include "daemon/replay/deadlines_report.h"

#include "engine/explain/plain.h"
#include "engine/page/sheet.h"
#include "engine/values/calendar.h"

/* ---- JSON ---- */

static void put_text(struct buf *b, const char *name, struct str value)
{
	buf_fmt(b, "\"%s\":", name);
	if (value.len)
		buf_json(b, value);
	else
		buf_c(b, "null");
}

static void put_day(struct buf *b, const char *name, int32_t day)
{
	struct buf text = {0};
	if (day != DAY_NONE && day != DAY_MIN && day != DAY_MAX)
		day_text(&text, day);
	put_text(b, name, buf_view(&text));
	buf_release(&text);
}

static void put_line(struct buf *b, const struct deadline_line *l)
{
	int32_t late = deadline_days_late(&l->deadline);
	buf_c(b, "{");
	put_text(b, "case", l->id);
	buf_c(b, ",");
	put_day(b, "due", l->deadline.due);
	buf_c(b, ",");
	put_text(b, "fate", deadline_fate_word(l->deadline.fate));
	buf_c(b, ",");
	put_day(b, "came", l->deadline.came);
	if (late == DAY_NONE)
		buf_c(b, ",\"days_late\":null}");
	else
		buf_fmt(b, ",\"days_late\":%d}", (int)late);
}

static void put_late(struct buf *b, const struct deadlines_row *row)
{
	buf_fmt(b, ",\"came_late\":{\"n\":%zu", row->late.n);
	if (row->late.n)
		buf_fmt(b, ",\"days_median\":%d,\"days_most\":%d", (int)deadlines_median(row),
			(int)row->late.at[row->late.n - 1]);
	buf_fmt(b, "},\"not_come\":{\"n\":%llu", (unsigned long long)row->not_come);
	if (row->not_come)
		buf_fmt(b, ",\"days_most\":%d", (int)row->longest);
	buf_c(b, "}");
}

static void put_row(struct buf *b, const struct deadlines_found *f, const struct deadlines_row *row)
{
	const struct deadline_kind *k = row->kind;
	const struct {
		const char *name;
		struct str value;
	} names[] = {{"county", k->county}, {"program", k->program}, {"block", k->block},
		     {"part", k->part},     {"kind", k->what},       {"awaits", k->awaits}};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		buf_char(b, i ? ',' : '{');
		put_text(b, names[i].name, names[i].value);
	}
	for (unsigned i = 0; i < DEADLINE_FATE_COUNT; i++)
		buf_fmt(b, ",\"" STR_FMT "\":%llu", STR_ARG(deadline_fate_word(i)),
			(unsigned long long)row->n[i]);
	put_late(b, row);
	if (f->wanted.cases)
		buf_c(b, ",\"cases\":[");
	for (size_t i = 0; i < row->lines.n; i++) {
		buf_c(b, i ? "," : "");
		put_line(b, &row->lines.at[i]);
	}
	buf_c(b, f->wanted.cases ? "]}" : "}");
}

void deadlines_json(struct buf *b, const struct deadlines_found *f)
{
	buf_c(b, "{\"report\":\"deadlines\",");
	put_day(b, "from", f->wanted.from);
	buf_c(b, ",");
	put_day(b, "to", f->wanted.to);
	buf_c(b, ",");
	put_day(b, "counted", f->day);
	buf_c(b, ",\"rows\":[");
	for (size_t i = 0; i < f->rows.n; i++) {
		buf_c(b, i ? "," : "");
		put_row(b, f, &f->rows.at[i]);
	}
	buf_fmt(b, "],\"left_out\":{\"destroyed\":%llu,\"undecided\":%llu",
		(unsigned long long)f->destroyed, (unsigned long long)f->undecided);
	if (f->wanted.cases)
		buf_fmt(b, ",\"unnamed\":%llu", (unsigned long long)f->unnamed);
	buf_c(b, "}}");
}

/* ---- as a page, or as text ---- */

static void cell_number(struct sheet *s, uint64_t n)
{
	struct buf b = {0};
	buf_i64(&b, (int64_t)n);
	sheet_cell(s, buf_view(&b));
	buf_release(&b);
}

/* "referral, answered by: enrolled" */
static void cell_kind(struct sheet *s, const struct deadline_kind *k)
{
	struct buf b = {0};
	plain_name(&b, k->block);
	if (k->part.len) {
		buf_c(&b, ", ");
		plain_name(&b, k->part);
	}
	buf_c(&b, ": ");
	plain_name(&b, k->what);
	if (k->awaits.len) {
		buf_c(&b, " waits for ");
		plain_name(&b, k->awaits);
	}
	sheet_cell(s, buf_view(&b));
	buf_release(&b);
}

static void cell_late(struct sheet *s, const struct deadlines_row *row)
{
	struct buf b = {0};
	if (row->late.n)
		buf_fmt(&b, "%zu came %d days late (half of them), at most %d", row->late.n,
			(int)deadlines_median(row), (int)row->late.at[row->late.n - 1]);
	if (row->late.n && row->not_come)
		buf_c(&b, "; ");
	if (row->not_come)
		buf_fmt(&b, "%llu not yet, for %d days at most", (unsigned long long)row->not_come,
			(int)row->longest);
	sheet_cell(s, buf_view(&b));
	buf_release(&b);
}

static void page_row(struct sheet *s, const struct deadlines_row *row)
{
	sheet_row(s);
	sheet_cell(s, row->kind->program);
	cell_kind(s, row->kind);
	cell_number(s, row->n[DEADLINE_MET]);
	cell_number(s, row->n[DEADLINE_MISSED]);
	cell_number(s, row->n[DEADLINE_OPEN]);
	cell_number(s, row->n[DEADLINE_ENDED]);
	cell_late(s, row);
}

static void page_county(struct sheet *s, const struct deadlines_found *f, size_t from, size_t to)
{
	static const struct html_column columns[] = {
	    {"program", false}, {"what is waited for", false},
	    {"met", true},      {"missed", true},
	    {"open", true},     {"ended", true},
	    {"how late", false}};
	struct buf head = {0};
	plain_name(&head, f->rows.at[from].kind->county);
	sheet_section(s, buf_view(&head));
	sheet_table(s, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = from; i < to; i++)
		page_row(s, &f->rows.at[i]);
	sheet_table_end(s);
	buf_release(&head);
}

static void cell_day(struct sheet *s, int32_t day)
{
	struct buf b = {0};
	if (day != DAY_NONE)
		day_text(&b, day);
	sheet_cell(s, buf_view(&b));
	buf_release(&b);
}

static void page_cases(struct sheet *s, const struct deadlines_found *f)
{
	static const struct html_column columns[] = {{"case", false},
						     {"what is waited for", false},
						     {"due", false},
						     {"it is", false},
						     {"came", false}};
	sheet_section(s, STR("Cases with a deadline that was missed or is open"));
	sheet_table(s, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < f->rows.n; i++)
		for (size_t k = 0; k < f->rows.at[i].lines.n; k++) {
			const struct deadline_line *l = &f->rows.at[i].lines.at[k];
			sheet_row(s);
			sheet_cell(s, l->id);
			cell_kind(s, f->rows.at[i].kind);
			cell_day(s, l->deadline.due);
			sheet_cell(s, deadline_fate_word(l->deadline.fate));
			cell_day(s, l->deadline.came);
		}
	sheet_table_end(s);
}

static void put_span(struct buf *b, const struct deadlines_found *f)
{
	buf_c(b, "Deadlines");
	if (f->wanted.from != DAY_MIN) {
		buf_c(b, " from ");
		day_text(b, f->wanted.from);
	}
	if (f->wanted.to != DAY_MAX) {
		buf_c(b, " up to ");
		day_text(b, f->wanted.to);
	}
	buf_c(b, ", by the day on which they fall due; counted on ");
	day_text(b, f->day);
	buf_c(b,
	      ". Met: what was waited for came in time. Missed: the time ran out. Open: there is "
	      "time left. Ended: the case went on another way before.");
}

static void left_out(struct buf *b, uint64_t n, const char *why)
{
	if (n)
		buf_fmt(b, "%s%llu %s not counted: %s.", b->len ? " " : "", (unsigned long long)n,
			n == 1 ? "case is" : "cases are", why);
}

static void page_left_out(struct sheet *s, const struct deadlines_found *f)
{
	struct buf b = {0};
	left_out(&b, f->destroyed, "the records were destroyed under an order");
	left_out(&b, f->undecided, "it is not possible to decide them again");
	if (f->unnamed)
		buf_fmt(&b, "%s%llu more are counted, but not named here: ask for a shorter span.",
			b.len ? " " : "", (unsigned long long)f->unnamed);
	if (b.len)
		sheet_note(s, buf_view(&b));
	buf_release(&b);
}

void deadlines_page(struct buf *b, const struct deadlines_found *f, bool html)
{
	struct sheet s = {.b = b, .html = html};
	struct buf text = {0};
	if (html)
		html_begin(b, STR("Deadlines met and missed"));
	put_span(&text, f);
	sheet_p(&s, buf_view(&text));
	page_left_out(&s, f);
	for (size_t i = 0, to; i < f->rows.n; i = to) {
		for (to = i; to < f->rows.n &&
			     str_eq(f->rows.at[to].kind->county, f->rows.at[i].kind->county);)
			to++;
		page_county(&s, f, i, to);
	}
	if (!f->rows.n)
		sheet_p(&s, STR("There are none."));
	if (f->wanted.cases && f->rows.n)
		page_cases(&s, f);
	if (html)
		html_end(b);
	sheet_release(&s);
	buf_release(&text);
}
