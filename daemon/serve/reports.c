/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/reports.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"

#include <stdlib.h>

#define READ_EVENTS 2000u /* under one snapshot: the log can be wound back in between */

static const struct str names[] = {
#define X(constant, name) [constant] = STR_INIT(name),
    REPORTS(X)
#undef X
};

bool report_find(struct str name, enum report *out)
{
	for (unsigned i = 0; i < REPORT_COUNT; i++)
		if (str_eq(names[i], name)) {
			*out = (enum report)i;
			return true;
		}
	return false;
}

/* ---- reading, on the thread ---- */

struct reading {
	struct reports *r;
	struct json_doc *doc;
	struct buf name, why;
};

static struct str text_of(const struct json *object, struct str member)
{
	const struct json *v = object ? json_get(object, member) : NULL;
	return v && v->kind == JSON_TEXT ? v->text : STR("");
}

/* "2026-07-06T14:30:00-07:00", in the zone of the policy; less than 0: it is none. */
static int32_t month_of(struct str time)
{
	int32_t year = 0, month = 0;
	if (time.len < 7 || time.p[4] != '-')
		return -1;
	for (size_t i = 0; i < 4; i++)
		year = year * 10 + (time.p[i] - '0');
	for (size_t i = 5; i < 7; i++)
		month = month * 10 + (time.p[i] - '0');
	return 12 * year + month - 1;
}

/* Names of the policy, which have no line ends. */
static void name_row(struct buf *b, struct str county, struct str second, struct str third,
		     struct str fourth)
{
	buf_clear(b);
	buf_str(b, county);
	buf_char(b, '\n');
	buf_str(b, second);
	buf_char(b, '\n');
	buf_str(b, third);
	buf_char(b, '\n');
	buf_str(b, fourth);
}

static void count_outcome(struct reading *g, const struct json *o, struct str county, int32_t month,
			  struct str case_id)
{
	int64_t cents = 0;
	struct str amount = text_of(o, STR("amount"));
	if (amount.len && money_read(amount, &cents))
		cents = 0;
	name_row(&g->name, county, text_of(json_get(o, STR("because")), STR("program")),
		 text_of(o, STR("kind")), text_of(o, STR("reverses")));
	tally_add(&g->r->tallies[REPORT_OUTCOMES], buf_view(&g->name), month, case_id, cents);
}

/* A decision that cannot be read any more (its case was purged, say) counts nowhere. */
static bool on_event(void *arg, const struct ledger_event *e)
{
	struct reading *g = arg;
	const struct json *root;
	g->r->read = e->seq;
	buf_clear(&g->why);
	if (json_parse(g->doc, e->decision, SIZE_MAX, &root, &g->why))
		return true;
	const struct json *event = json_get(root, STR("event"));
	const struct json *outcomes = json_get(root, STR("outcomes"));
	struct str county = text_of(root, STR("county")), case_id = text_of(root, STR("case"));
	int32_t month = month_of(text_of(event, STR("time")));
	if (month < 0 || !outcomes || !county.len)
		return true;
	name_row(&g->name, county, text_of(event, STR("type")), STR(""), STR(""));
	tally_add(&g->r->tallies[REPORT_EVENTS], buf_view(&g->name), month, case_id, 0);
	for (const struct json *o = json_first(outcomes); o; o = json_next(outcomes, o))
		count_outcome(g, o, county, month, case_id);
	return true;
}

static enum status read_on(struct reading *g, struct ledger_reader *reader)
{
	struct ledger_totals totals;
	enum status st = ledger_totals(reader, &totals);
	while (!st && g->r->read < totals.events) {
		uint64_t before = g->r->read;
		st = ledger_events(reader, before + 1, before + READ_EVENTS, on_event, g);
		if (g->r->read == before) /* nothing there */
			g->r->read = before + READ_EVENTS;
	}
	return st;
}

static void *read_aside(void *arg)
{
	struct reports *r = arg;
	struct reading g = {.r = r, .doc = json_doc_new()};
	struct ledger_reader *reader = NULL;
	r->failed = ledger_reader_open(r->ledger, &reader, &g.why) || read_on(&g, reader);
	ledger_reader_close(reader);
	json_doc_free(g.doc);
	buf_release(&g.name);
	buf_release(&g.why);
	ev_async_send(r->loop, &r->done);
	return NULL;
}

static void begin(struct daemon *d)
{
	struct reports *r = &d->reports;
	r->running = pthread_create(&r->thread, NULL, read_aside, r) == 0;
	r->failed = !r->running;
	if (!r->running)
		ev_async_send(r->loop, &r->done);
}

/* ---- the answer ---- */

/* The next line of the row's name. */
static struct str part(struct str *name)
{
	size_t i = 0;
	while (i < name->len && name->p[i] != '\n')
		i++;
	struct str out = {name->p, i};
	size_t skip = i < name->len ? i + 1 : i;
	*name = (struct str){name->p + skip, name->len - skip};
	return out;
}

static void put_member(struct buf *b, struct str member, struct str value)
{
	if (!value.len)
		return;
	buf_char(b, ',');
	buf_json(b, member);
	buf_char(b, ':');
	buf_json(b, value);
}

static void put_cell(struct buf *b, enum report report, bool hidden, uint64_t n, int64_t cents)
{
	buf_str(b, STR("\"n\":"));
	if (hidden)
		buf_str(b, STR("null"));
	else
		buf_i64(b, (int64_t)n);
	if (report == REPORT_OUTCOMES) {
		buf_str(b, STR(",\"amount\":"));
		if (hidden)
			buf_str(b, STR("null"));
		else
			money_json(b, cents);
	}
	buf_str(b, hidden ? STR(",\"suppressed\":true}") : STR("}"));
}

/* "months":[…],"total":{…} */
static void put_months(struct buf *b, enum report report, const struct tally_row *row, int32_t end)
{
	uint64_t n = 0;
	int64_t cents = 0;
	buf_str(b, STR(",\"months\":["));
	for (size_t i = 0; i < row->cells.n && row->cells.at[i].month < end; i++) {
		const struct tally_cell *c = &row->cells.at[i];
		buf_fmt(b, "%s{\"month\":\"%04d-%02d\",", i ? "," : "", (int)(c->month / 12),
			(int)(c->month % 12 + 1));
		put_cell(b, report, c->hidden, c->n, c->cents);
		n += c->n;
		cents += c->cents;
	}
	buf_str(b, STR("],\"total\":{"));
	put_cell(b, report, row->total_hidden, n, cents);
	buf_char(b, '}');
}

static bool sees(const struct report_call *c, struct str county)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->counties[i], county))
			return true;
	return c->n == 0;
}

static void put_row(struct buf *b, const struct report_call *c, const struct tally_row *row,
		    int32_t end, size_t *n)
{
	struct str name = row->name, county = part(&name);
	if (!sees(c, county) || !row->cells.n || row->cells.at[0].month >= end)
		return;
	buf_str(b, (*n)++ ? STR(",{\"county\":") : STR("{\"county\":"));
	buf_json(b, county);
	if (c->report == REPORT_EVENTS) {
		put_member(b, STR("type"), part(&name));
	} else {
		put_member(b, STR("program"), part(&name));
		put_member(b, STR("kind"), part(&name));
		put_member(b, STR("reverses"), part(&name));
	}
	put_months(b, c->report, row, end);
}

static int by_name(const void *a, const void *b)
{
	const struct tally_row *const *x = a, *const *y = b;
	return str_cmp((*x)->name, (*y)->name);
}

/* The month in which we are goes on: it would show each change. */
static int32_t month_now(const struct daemon *d)
{
	struct buf b = {0};
	day_text(&b, zone_day(d->rb->zone, d->now_us));
	int32_t month = month_of(buf_view(&b));
	buf_release(&b);
	return month;
}

static void answer(struct daemon *d, const struct report_call *c)
{
	struct tally *t = &d->reports.tallies[c->report];
	struct buf b = {0};
	int32_t end = month_now(d);
	size_t n = 0;
	tally_suppress(t, end);
	struct tally_row **rows = arena_array(&c->call->http->arena, t->rows.n + 1, sizeof(*rows));
	for (size_t i = 0; i < t->rows.n; i++)
		rows[i] = t->rows.at[i];
	qsort(rows, t->rows.n, sizeof(*rows), by_name);
	buf_str(&b, STR("{\"report\":"));
	buf_json(&b, names[c->report]);
	buf_fmt(&b, ",\"before\":\"%04d-%02d\",\"least\":%u,\"rows\":[", (int)(end / 12),
		(int)(end % 12 + 1), TALLY_LEAST);
	for (size_t i = 0; i < t->rows.n; i++)
		put_row(&b, c, rows[i], end, &n);
	buf_str(&b, STR("]}"));
	call_json(c->call, 200, buf_view(&b));
	buf_release(&b);
}

static void on_done(struct ev_loop *loop, ev_async *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	struct reports *r = &d->reports;
	if (r->running)
		pthread_join(r->thread, NULL);
	r->running = false;
	if (r->failed)
		log_line(&d->log, LOG_ERROR, "report-failed", "c", "detail",
			 "the ledger could not be read for a report", NULL);
	for (size_t i = 0; i < r->waiting.n; i++) {
		if (r->failed)
			call_problem(r->waiting.at[i].call, PROBLEM_LEDGER,
				     "the log of the daemon says why");
		else
			answer(d, &r->waiting.at[i]);
	}
	r->waiting.n = 0;
}

/* ---- asking ---- */

void reports_ask(struct call *c, enum report report)
{
	struct reports *r = &c->d->reports;
	if (r->waiting.n >= REPORTS_WAITING) {
		call_problem(c, PROBLEM_BUSY, "many wait for a report already; try again");
		return;
	}
	struct report_call w = {.call = c, .report = report, .n = c->token->n};
	w.counties = token_counties(c->token, &c->http->arena);
	*vec_push(&r->waiting) = w;
	if (!r->running)
		begin(c->d);
}

void reports_start(struct daemon *d)
{
	struct reports *r = &d->reports;
	r->ledger = d->config.ledger;
	r->loop = d->loop;
	ev_async_init(&r->done, on_done);
	r->done.data = d;
	ev_async_start(d->loop, &r->done);
}

void reports_stop(struct daemon *d)
{
	struct reports *r = &d->reports;
	if (r->running)
		pthread_join(r->thread, NULL);
	ev_async_stop(d->loop, &r->done);
	for (unsigned i = 0; i < REPORT_COUNT; i++)
		tally_release(&r->tallies[i]);
	vec_release(&r->waiting);
	deadlines_release(&r->deadlines);
}
