/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial/scenario_run.h"

#include "engine/trial/scenario_internal.h"

#define NOON 720

/* ---- keeping what a decision brought ---- */

static struct value keep_value(struct arena *a, struct value v)
{
	if (!v.known || !type_is_text(v.kind))
		return v;
	return value_str(v.kind, arena_str(a, value_as_str(v)));
}

static void note_reversal(struct scenario_run *run, const struct outcome *o)
{
	for (size_t i = run->all.n; o->reversal && i-- > 0;) {
		if (run->gone.at[i] || !hash128_eq(run->all.at[i].id, o->of))
			continue;
		run->gone.at[i] = true;
		return;
	}
}

static void keep_outcome(struct scenario_run *run, const struct decision *d,
			 const struct outcome *o)
{
	struct arena *a = &run->result->arena;
	note_reversal(run, o);
	*vec_push(&run->gone) = o->reversal;
	struct outcome *kept = vec_push(&run->all);
	*kept = *o;
	/* so that `expect enter thriver for ana` finds whose it is */
	kept->to = arena_str(a, action_moves_case(o->action) ? d->event.subject : o->to);
	kept->text = arena_str(a, o->text);
	kept->by = arena_str(a, o->by);
	kept->value = keep_value(a, o->value);
}

static void keep_refusal(struct scenario_run *run, const struct refusal *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (run->refused.len)
			buf_str(&run->refused, STR("; "));
		if (r->reasons[i].where.len) {
			buf_str(&run->refused, r->reasons[i].where);
			buf_str(&run->refused, STR(": "));
		}
		buf_str(&run->refused, r->reasons[i].text);
	}
}

static void keep_trace(struct scenario_run *run)
{
	for (size_t i = 0; i < run->trace.entries.n; i++) {
		struct trace_entry *kept = vec_push(&run->seen);
		*kept = run->trace.entries.at[i];
		kept->value = keep_value(&run->result->arena, kept->value);
	}
}

/* Only a letter keeps to itself what is confidential: a scenario has made-up people. */
static void tell(struct scenario_run *run, const struct decision *d)
{
	struct counterfactuals changes = {0};
	struct past past;
	struct prose p = {0};
	if (before_past(&run->before, d, &run->trace, &past))
		counterfactuals_find(&changes, &past);
	struct account a = {{run->rb, true}, d, &run->trace, &changes};
	if (audience_prose(&p, run->options.told_for, &a, false)) {
		audience_text(run->options.told, run->options.told_for, &p);
		if (run->options.told_for != FOR_AUDITOR) /* a document of its own */
			buf_char(run->options.told, '\n');
	}
	prose_release(&p);
	counterfactuals_release(&changes);
}

static void on_decision(void *arg, const struct decision *d, uint64_t seq)
{
	struct scenario_run *run = arg;
	run->result->decisions = (size_t)seq;
	for (size_t i = 0; i < d->n; i++)
		keep_outcome(run, d, &d->outcomes[i]);
	keep_trace(run);
	if (d->stopped.slug)
		keep_refusal(run, &d->stopped);
	if (run->options.coverage)
		coverage_add(run->options.coverage, d, &run->trace);
	if (run->options.told)
		tell(run, d);
}

/* ---- the cases given ---- */

void scenario_give(struct stream *s, const struct rulebook *rb, uint16_t county,
		   const struct given *g)
{
	struct case_state *cs = case_new(rb, g->id, g->kind, county);
	for (uint16_t i = 0; i < rb->kinds[g->kind].nfacts; i++)
		case_set_fact(rb, cs, i, g->facts[i]);
	stream_add(s, cs);
}

/* Whatever else was drawn before the scenario begins. */
static void give_fund(struct stream *s, const struct rulebook *rb, const struct scenario *sc,
		      const struct given_fund *g)
{
	const struct budget *b = fund_budget(rb, g->fund);
	if (!sc->nlines)
		return;
	int32_t day = sc->lines[0].day;
	struct draw before = {.pot = POT_FUND, .index = g->fund, .from = budget_year(b, day)};
	before.committed = g->spent ? g->cents : budget_on(rb, sc->county, b, day) - g->cents;
	pots_draw(&s->pots, rb, sc->county, &before);
}

void scenario_set_up(struct stream *s, const struct rulebook *rb, const struct scenario *sc)
{
	for (uint16_t i = 0; i < sc->ngiven; i++)
		scenario_give(s, rb, sc->county, &sc->given[i]);
	for (uint16_t i = 0; i < sc->nfunds; i++)
		give_fund(s, rb, sc, &sc->funds[i]);
}

/* ---- a line's event ---- */

static bool is_called(const struct rulebook *rb, const struct outcome *o, struct str name)
{
	if (str_eq(rb->blocks[rb->parts[o->part].block].name, name))
		return true;
	if (o->name == NONE)
		return false;
	if (o->action == ACTION_REQUIRE)
		return str_eq(rb->requirements[o->name].name, name);
	if (o->action == ACTION_ORDER)
		return str_eq(rb->orders[o->name].name, name);
	return str_eq(rb->lines[o->name].name, name);
}

/* A name in `with outcome NAME` becomes the id of the latest outcome that it fits: a proposal for
 * approved and declined, something assessed for a payment. */
static void name_to_id(struct scenario_run *run, uint16_t event, struct value *field)
{
	if (!field->known)
		return;
	struct str name = value_as_str(*field);
	for (size_t i = run->all.n; i-- > 0;) {
		const struct outcome *o = &run->all.at[i];
		if (run->gone.at[i])
			continue;
		bool fits = event == EVENT_PAYMENT_RECEIVED
				? o->action == ACTION_ASSESS && !o->proposal
				: o->proposal;
		if (!fits || !is_called(run->rb, o, name))
			continue;
		char *hex = arena_alloc(&run->result->arena, 2 * sizeof(o->id.b));
		hash_hex(o->id.b, sizeof(o->id.b), hex);
		*field = value_str(TYPE_TEXT, (struct str){hex, 2 * sizeof(o->id.b)});
		return;
	}
}

static void read_fields(struct scenario_run *run, const struct scenario_line *line,
			struct event *ev)
{
	const struct event_type *type = &run->rb->events[line->event];
	ev->fields = arena_array(&run->result->arena, type->nfields, sizeof(*ev->fields));
	for (uint16_t i = 0; i < type->nfields; i++) {
		ev->fields[i] = line->fields[i];
		if (line->fields[i].known)
			ev->given |= UINT64_C(1) << i;
	}
	uint16_t outcome = field_index(type, STR("outcome"));
	if (line->event <= EVENT_PAYMENT_RECEIVED && outcome != NONE)
		name_to_id(run, line->event, &ev->fields[outcome]);
}

static struct str line_id(struct scenario_run *run, size_t line)
{
	struct buf id = {0};
	buf_str(&id, STR("line "));
	buf_i64(&id, (int64_t)line + 1);
	struct str s = arena_str(&run->result->arena, buf_view(&id));
	buf_release(&id);
	return s;
}

static int64_t moment(const struct scenario_run *run, int32_t day, int32_t minute)
{
	return zone_instant(run->rb->zone, day, minute < 0 ? NOON : minute);
}

static void give(struct event *ev, uint16_t field, struct str text)
{
	ev->fields[field] = value_str(TYPE_TEXT, text);
	ev->given |= UINT64_C(1) << field;
}

/* The fields of a correction are those of its line; it names them by that it has some. */
static void amending_fields(struct scenario_run *run, const struct scenario_line *line,
			    struct event *ev)
{
	struct arena *a = &run->result->arena;
	const struct event_type *type = &run->rb->events[ev->type];
	struct buf time = {0};
	ev->fields = arena_array(a, type->nfields, sizeof(*ev->fields));
	for (uint16_t i = 0; i < type->nfields; i++)
		ev->fields[i] = value_missing(TYPE_TEXT);
	give(ev, AMENDS_EVENT, line_id(run, line->of));
	give(ev, AMENDS_SOURCE, ev->source);
	if (line->to_day != DAY_NONE) {
		time_text(&time, zone_utc(), moment(run, line->to_day, line->to_minute));
		give(ev, CORRECTED_TIME, arena_str(a, buf_view(&time)));
	}
	for (uint16_t i = 0; line->corrects && i < run->rb->events[line->event].nfields; i++)
		if (line->fields[i].known)
			give(ev, CORRECTED_DATA, ev->id);
	buf_release(&time);
}

static bool new_fields(void *arg, const struct rulebook *rb, const struct event *correction,
		       struct event *target, struct arena *a, struct refusal *no)
{
	const struct scenario_run *run = arg;
	(void)a, (void)no; /* the compiler has checked them */
	for (uint16_t k = 0; k < run->scenario->nlines; k++) {
		const struct scenario_line *line = &run->scenario->lines[k];
		if (!str_eq(line_id(arg, k), correction->id))
			continue;
		for (uint16_t i = 0; i < rb->events[target->type].nfields; i++) {
			if (!line->fields[i].known)
				continue;
			target->fields[i] = line->fields[i];
			target->given |= UINT64_C(1) << i;
		}
	}
	return true;
}

static struct event line_event(struct scenario_run *run, const struct scenario_line *line)
{
	const struct given *g = &run->scenario->given[line->given];
	struct event ev = {.source = STR("scenario"),
			   .subject = g->id,
			   .type = line->event,
			   .county = run->scenario->county,
			   .kind = g->kind,
			   .day = line->day};
	ev.id = line_id(run, (size_t)(line - run->scenario->lines));
	ev.time = moment(run, line->day, line->minute);
	ev.key = ev.digest = event_key(ev.source, ev.id);
	if (line->retracts || line->corrects) {
		ev.type = line->retracts ? EVENT_RETRACTED : EVENT_CORRECTED;
		amending_fields(run, line, &ev);
	} else {
		read_fields(run, line, &ev);
	}
	return ev;
}

/* A refused event has no decision, but what its conditions saw says why. */
static void on_refusal(struct scenario_run *run, const struct refusal *r)
{
	keep_refusal(run, r);
	keep_trace(run);
	if (run->options.coverage)
		coverage_add(run->options.coverage, NULL, &run->trace);
}

static void run_line(struct scenario_run *run, const struct scenario_line *line)
{
	run->line_first = run->all.n;
	run->seen.n = 0;
	buf_clear(&run->refused);
	if (line->event == NONE) {
		stream_until_day(&run->stream, line->day);
	} else {
		struct event ev = line_event(run, line);
		stream_until(&run->stream, ev.time);
		struct stream_answer a = stream_feed(&run->stream, &ev);
		if (a.refusal)
			on_refusal(run, a.refusal);
	}
	scenario_check(run, line);
}

void scenario_run(const struct rulebook *rb, const struct scenario *sc,
		  struct scenario_options options, struct scenario_result *out)
{
	*out = (struct scenario_result){.scenario = sc, .verdict = VERDICT_TODO};
	if (sc->todo)
		return;
	struct scenario_run run = {.rb = rb, .scenario = sc, .options = options, .result = out};
	stream_init(&run.stream, rb, on_decision, &run);
	run.stream.decider.trace = &run.trace;
	run.trace.whole = options.coverage != NULL;
	if (options.told)
		before_watch(&run.before, &run.stream.decider);
	run.stream.reader = (struct amend_reader){new_fields, &run};
	for (uint16_t i = 0; i < sc->nlines; i++)
		run.stream.any_order |= sc->lines[i].retracts || sc->lines[i].corrects;
	scenario_set_up(&run.stream, rb, sc);
	for (uint16_t i = 0; i < sc->nlines; i++)
		run_line(&run, &sc->lines[i]);
	out->verdict = out->failures.n ? VERDICT_FAILED : VERDICT_PASSED;
	before_release(&run.before);
	stream_release(&run.stream);
	trace_release(&run.trace);
	vec_release(&run.all);
	vec_release(&run.gone);
	vec_release(&run.seen);
	buf_release(&run.refused);
}

void scenario_result_release(struct scenario_result *r)
{
	for (size_t i = 0; i < r->failures.n; i++) {
		vec_release(&r->failures.at[i].rows);
		vec_release(&r->failures.at[i].why);
	}
	vec_release(&r->failures);
	arena_release(&r->arena);
}
