/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/explain.h"

#include "engine/case/json.h"
#include "engine/case/json_write.h"

#define TERMS_MOST 32

static struct span place_of(const struct rulebook *rb, const struct considered *c)
{
	if (c->what == SUBJECT_OVERRIDE)
		return rb->precedences[c->index].span;
	return c->what == SUBJECT_NEVER ? reading_block(rb, c)->span : rb->parts[c->index].span;
}

static void name_words(struct buf *b, const struct rulebook *rb, const struct considered *c)
{
	if (c->what == SUBJECT_PART) {
		part_words(b, rb, c->index);
		return;
	}
	if (c->what == SUBJECT_OVERRIDE) {
		block_words(b, reading_block(rb, c));
		return;
	}
	buf_char(b, '`');
	source_words(b, rb, reading_block(rb, c)->span);
	buf_char(b, '`');
}

void explain_considered(struct buf *b, const struct wording *w, const struct considered *c)
{
	name_words(b, w->rb, c);
	buf_char(b, ' ');
	verdict_words(b, w, c);
	buf_str(b, STR(" — "));
	place_words(b, w->rb, place_of(w->rb, c));
}

/* How the trace tells of a part; false: it was not considered (a deadline's action, an approval).
 */
static bool find_considered(const struct trace *t, uint32_t part, struct considered *out)
{
	struct considered c;
	for (size_t i = 0; reading_next(t, &i, &c);) {
		if (c.what != SUBJECT_PART || c.index != part)
			continue;
		*out = c;
		return true;
	}
	return false;
}

/* ---- as text ---- */

/* Does it follow from the event itself? Only of that does the trace tell. */
static bool is_own(const struct outcome *o)
{
	return !o->reversal && !o->source.len;
}

static void line(struct buf *b, size_t indent)
{
	buf_char(b, '\n');
	buf_pad(b, ' ', indent);
}

static void text_because(struct buf *b, const struct wording *w, const struct outcome *o)
{
	const struct part *p = &w->rb->parts[o->part];
	const struct block *block = &w->rb->blocks[p->block];
	struct str cite = p->cite.len ? p->cite : block->cite;
	line(b, 4);
	part_words(b, w->rb, o->part);
	if (block->title.len) {
		buf_str(b, STR(" \""));
		buf_str(b, block->title);
		buf_char(b, '"');
	}
	buf_str(b, STR(" — "));
	place_words(b, w->rb, p->span);
	if (cite.len) {
		line(b, 4);
		buf_str(b, STR("cites \""));
		buf_str(b, cite);
		buf_char(b, '"');
	}
}

/* What an outcome rests on: what its part's condition and its own amount read. */
struct grounds {
	struct arena arena;
	const struct term *read[TERMS_MOST];
	size_t n;
};

static const struct code *amount_of(const struct rulebook *rb, const struct outcome *o)
{
	const struct part *p = &rb->parts[o->part];
	const struct action *a;
	for (uint16_t i = 0; (a = part_action(p, i)); i++)
		if (a->kind == o->action && a->span.off == o->span.off &&
		    a->span.source == o->span.source)
			return &a->amount;
	return NULL;
}

static void add_grounds(struct grounds *g, const struct rulebook *rb, const struct code *code,
			const struct considered *c)
{
	const struct condition *cond = condition_read(&g->arena, code, c->seen, c->nseen);
	if (cond->root)
		g->n = term_operands(rb, cond->root, g->read, g->n, TERMS_MOST);
}

static void find_grounds(struct grounds *g, const struct wording *w, const struct considered *c,
			 const struct outcome *o)
{
	*g = (struct grounds){0};
	const struct code *amount = amount_of(w->rb, o);
	add_grounds(g, w->rb, reading_code(w->rb, c), c);
	if (amount)
		add_grounds(g, w->rb, amount, c);
}

static void text_seen(struct buf *b, const struct wording *w, const struct considered *c,
		      const struct outcome *o)
{
	struct grounds g;
	find_grounds(&g, w, c, o);
	if (g.n)
		line(b, 4);
	list_words(b, w, c, g.read, g.n);
	arena_release(&g.arena);
}

/* Why it is not paid: what the fund had left before the event drew on it. */
static void text_short(struct buf *b, const struct decision *d, const struct outcome *o)
{
	for (size_t i = 0; o->unfunded && !o->reversal && i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		int64_t left = in->most - in->reserved - in->committed;
		if (in->pot != POT_FUND || in->index != o->fund)
			continue;
		line(b, 4);
		buf_str(b, STR("the fund had "));
		money_text(b, left);
		buf_str(b, STR(" left of "));
		money_text(b, in->most);
		buf_str(b, STR(", and pays all or nothing"));
		return;
	}
}

static void text_line(struct buf *b, const struct decision *d, const struct outcome *o)
{
	for (size_t i = 0; o->waiting && !o->reversal && i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		if (in->pot != POT_CAPACITY || in->index != o->name)
			continue;
		line(b, 4);
		buf_fmt(b, "%lld of %lld places were taken, and %lld waited before it",
			(long long)in->committed, (long long)in->most, (long long)in->reserved);
		return;
	}
}

/* Why it is this meeting: the ones before it had no seat. */
static void text_seat(struct buf *b, const struct decision *d, const struct outcome *o)
{
	if (o->action != ACTION_PLACE || o->reversal)
		return;
	for (size_t i = 0; i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		if (in->pot != POT_DOCKET || in->index != o->name || in->from != o->due)
			continue;
		line(b, 4);
		buf_fmt(
		    b, "the first meeting after the event that has a seat: %lld of %lld were taken",
		    (long long)(in->reserved + in->committed), (long long)in->most);
		if (in->reserved)
			buf_fmt(b, ", %lld by urgent cases", (long long)in->reserved);
		return;
	}
}

/* How an outcome came about that does not follow from the event itself. */
static void text_origin(struct buf *b, const struct decision *d, const struct outcome *o)
{
	if (o->reversal) {
		line(b, 4);
		buf_str(b, STR("it no longer follows, now that this event is known"));
		return;
	}
	if (str_eq(o->source, STR("waymark"))) {
		line(b, 4);
		buf_str(b, STR("it came by itself when it was due, now that this event is known"));
	} else if (o->source.len) {
		line(b, 4);
		buf_str(b, STR("it follows from the event "));
		buf_str(b, o->event);
		buf_str(b, STR(" of "));
		buf_str(b, o->source);
		buf_str(b, STR(", now that this one is known"));
	}
	if (o->by.len) {
		line(b, 4);
		buf_str(b, STR("approved by "));
		buf_str(b, o->by);
	}
	if (d->event.type == EVENT_DEADLINE && o->has_of && !o->source.len) {
		line(b, 4);
		buf_str(b, STR("no answer came by the end of "));
		day_text(b, d->event.day);
	}
}

/* The rows of tables that an outcome's grounds name, each once. */
static size_t rows_of(const struct wording *w, const struct decision *d, const struct outcome *o,
		      const struct grounds *g, const struct lookup **out)
{
	size_t n = 0;
	for (size_t i = 0; i < d->nlookups && n < TERMS_MOST; i++) {
		const struct lookup *l = &d->lookups[i];
		bool named = false;
		for (size_t k = 0; k < g->n; k++)
			named |= g->read[k]->in->op == OP_TABLE &&
				 g->read[k]->in->a == w->rb->tables[l->table].first;
		if (l->part == o->part && named)
			out[n++] = l;
	}
	return n;
}

static void text_rows(struct buf *b, const struct wording *w, const struct decision *d,
		      const struct considered *c, const struct outcome *o)
{
	struct grounds g;
	const struct lookup *rows[TERMS_MOST];
	find_grounds(&g, w, c, o);
	size_t n = rows_of(w, d, o, &g, rows);
	for (size_t i = 0; i < n; i++) {
		line(b, 4);
		row_words(b, w, c, rows[i]);
	}
	arena_release(&g.arena);
}

static void text_parameter(struct buf *b, const struct wording *w, const struct decision *d,
			   uint16_t param)
{
	const struct param *p = &w->rb->params[param];
	const struct dated *v = param_on(w->rb, d->event.county, param, d->event.day);
	line(b, 4);
	buf_str(b, p->name);
	buf_str(b, STR(" is set at "));
	place_words(b, w->rb, v->span);
	if (v->cite.len)
		buf_fmt(b, ", which cites \"" STR_FMT "\"", STR_ARG(v->cite));
	if (v->placeholder.len)
		buf_fmt(b, "; no document gives this figure: " STR_FMT, STR_ARG(v->placeholder));
}

/* Where the parameters of an amount are set, which may be a county's file, and what that cites. */
static void text_parameters(struct buf *b, const struct wording *w, const struct decision *d,
			    const struct outcome *o)
{
	const struct code *amount = amount_of(w->rb, o);
	for (uint32_t i = 0; amount && i < amount->n; i++) {
		if (amount->at[i].op == OP_PARAM)
			text_parameter(b, w, d, amount->at[i].a);
		for (size_t k = 0; amount->at[i].op == OP_TABLE && k < d->nlookups; k++) {
			const struct lookup *l = &d->lookups[k];
			if (l->part != o->part || w->rb->tables[l->table].first != amount->at[i].a)
				continue;
			for (uint16_t n = 0; n < l->row->nparams; n++)
				text_parameter(b, w, d, l->row->params[n]);
		}
	}
}

static void text_outcomes(struct buf *b, const struct wording *w, const struct decision *d,
			  const struct trace *t)
{
	for (size_t i = 0; i < d->n; i++) {
		struct considered c;
		struct wording own = {outcome_rulebook(&d->outcomes[i], w->rb), w->confidential};
		line(b, 2);
		outcome_words(b, &own, &d->outcomes[i]);
		text_because(b, &own, &d->outcomes[i]);
		text_seat(b, d, &d->outcomes[i]);
		text_short(b, d, &d->outcomes[i]);
		text_line(b, d, &d->outcomes[i]);
		text_origin(b, d, &d->outcomes[i]);
		if (is_own(&d->outcomes[i]) && find_considered(t, d->outcomes[i].part, &c)) {
			text_seen(b, w, &c, &d->outcomes[i]);
			text_rows(b, w, d, &c, &d->outcomes[i]);
		}
		if (is_own(&d->outcomes[i]))
			text_parameters(b, w, d, &d->outcomes[i]);
	}
	if (d->n || d->stopped.slug)
		return;
	line(b, 2);
	buf_str(b, STR("nothing follows"));
}

static void text_voids(struct buf *b, const struct decision *d)
{
	for (size_t i = 0; i < d->nvoids; i++) {
		line(b, 2);
		buf_str(b, STR("without effect now: the event "));
		buf_str(b, d->voids[i].id);
		buf_str(b, STR(" of "));
		buf_str(b, d->voids[i].source);
		buf_str(b, STR(": "));
		buf_str(b, d->voids[i].reason);
	}
}

/* Which event it is about, and why it was sent. */
static void text_amends(struct buf *b, const struct event *ev)
{
	bool retracts = ev->type == EVENT_RETRACTED;
	if (!retracts && ev->type != EVENT_CORRECTED)
		return;
	struct value reason = ev->fields[retracts ? RETRACTED_REASON : CORRECTED_REASON];
	buf_str(b, retracts ? STR(": it takes back ") : STR(": it corrects "));
	buf_str(b, value_as_str(ev->fields[AMENDS_EVENT]));
	buf_str(b, STR(" of "));
	buf_str(b, value_as_str(ev->fields[AMENDS_SOURCE]));
	if (reason.known)
		buf_fmt(b, " (\"" STR_FMT "\")", STR_ARG(value_as_str(reason)));
}

static void text_stopped(struct buf *b, const struct refusal *r)
{
	for (size_t i = 0; r->slug && i < r->n; i++) {
		line(b, 2);
		buf_str(b, STR("stopped: "));
		buf_str(b, r->reasons[i].text);
	}
}

static bool is_worth_telling(const struct considered *c)
{
	return c->result != RESULT_APPLIES && c->result != RESULT_HOLDS;
}

void explain_decision(struct buf *b, const struct wording *w, const struct decision *d,
		      const struct trace *t)
{
	time_text(b, w->rb->zone, d->event.time);
	buf_char(b, ' ');
	buf_str(b, d->type_name);
	buf_str(b, STR(" of "));
	buf_str(b, d->event.subject);
	text_amends(b, &d->event);
	text_outcomes(b, w, d, t);
	text_voids(b, d);
	text_stopped(b, &d->stopped);
	struct considered c;
	for (size_t i = 0; reading_next(t, &i, &c);) {
		if (!is_worth_telling(&c))
			continue;
		line(b, 2);
		explain_considered(b, w, &c);
	}
	buf_char(b, '\n');
}

/* ---- as JSON ---- */

/* Writes what a writer of words writes as one JSON text. */
#define JSON_WORDS(b, call)                                                                        \
	do {                                                                                       \
		struct buf words = {0};                                                            \
		struct buf *to = &words;                                                           \
		call;                                                                              \
		buf_json(b, buf_view(&words));                                                     \
		buf_release(&words);                                                               \
	} while (0)

static void json_seen(struct buf *b, const struct wording *w, const struct considered *c,
		      const struct term *const *read, size_t n)
{
	buf_str(b, STR("\"seen\":["));
	for (size_t i = 0; i < n; i++) {
		bool secret = term_is_confidential(w->rb, c, read[i]);
		bool hidden = secret && !w->confidential;
		buf_str(b, i ? STR(",{\"what\":") : STR("{\"what\":"));
		JSON_WORDS(b, source_words(to, w->rb, read[i]->in->span));
		buf_str(b, STR(",\"known\":"));
		buf_str(b, read[i]->value.known ? STR("true") : STR("false"));
		buf_str(b, STR(",\"value\":"));
		json_value(b, w->rb, &read[i]->type,
			   hidden ? value_missing(TYPE_TEXT) : read[i]->value);
		buf_str(b, secret ? STR(",\"confidential\":true}") : STR("}"));
	}
	buf_char(b, ']');
}

static void json_rows(struct buf *b, const struct wording *w, const struct decision *d,
		      const struct considered *c, const struct outcome *o, const struct grounds *g)
{
	const struct lookup *rows[TERMS_MOST];
	size_t n = rows_of(w, d, o, g, rows);
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? STR(",{\"table\":") : STR(",\"rows\":[{\"table\":"));
		json_name(b, w->rb->blocks[w->rb->tables[rows[i]->table].block].name);
		bool secret = row_is_confidential(&(struct wording){w->rb, false}, c, rows[i]);
		if (!secret || w->confidential) {
			buf_str(b, STR(",\"file\":"));
			buf_json(b, w->rb->sources[rows[i]->row->span.source].name);
			buf_str(b, STR(",\"line\":"));
			buf_i64(b, rulebook_line(w->rb, rows[i]->row->span));
		}
		buf_str(b, STR(",\"text\":"));
		JSON_WORDS(b, row_words(to, w, c, rows[i]));
		buf_str(b, secret ? STR(",\"confidential\":true}") : STR("}"));
	}
	if (n)
		buf_char(b, ']');
}

static void json_outcome(struct buf *b, const struct wording *decisions, const struct decision *d,
			 const struct outcome *o, const struct trace *t)
{
	const struct wording own = {outcome_rulebook(o, decisions->rb), decisions->confidential};
	const struct wording *w = &own;
	struct outcome shown = *o;
	const struct block *block = &w->rb->blocks[w->rb->parts[o->part].block];
	if (o->action == ACTION_SET && !w->confidential &&
	    w->rb->kinds[block->case_kind].facts[o->fact].confidential)
		shown.value = value_missing(TYPE_TEXT);
	outcome_json(b, w->rb, &shown);
	b->len--; /* goes on inside the object */
	buf_str(b, STR(",\"text\":"));
	JSON_WORDS(b, outcome_words(to, w, o));
	struct considered c;
	if (is_own(o) && find_considered(t, o->part, &c)) {
		struct grounds g;
		find_grounds(&g, w, &c, o);
		buf_char(b, ',');
		json_seen(b, w, &c, g.read, g.n);
		json_rows(b, w, d, &c, o, &g);
		arena_release(&g.arena);
	}
	buf_char(b, '}');
}

static void json_conditions(struct buf *b, const struct wording *w, const struct considered *c)
{
	struct arena a = {0};
	const struct term *blamed[TERMS_MOST], *read[TERMS_MOST];
	const struct condition *cond =
	    condition_read(&a, reading_code(w->rb, c), c->seen, c->nseen);
	size_t n = condition_blame(cond, blamed, TERMS_MOST), m;
	buf_str(b, STR(",\"conditions\":["));
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? STR(",{\"text\":") : STR("{\"text\":"));
		JSON_WORDS(b, source_words(to, w->rb, blamed[i]->in->span));
		buf_str(b, term_answer(blamed[i]) == ANSWER_NO ? STR(",\"truth\":false,")
							       : STR(",\"truth\":null,"));
		m = term_operands(w->rb, blamed[i], read, 0, TERMS_MOST);
		json_seen(b, w, c, read, m);
		buf_char(b, '}');
	}
	buf_char(b, ']');
	arena_release(&a);
}

static struct str result_name(enum trace_result r)
{
	static const struct str names[] = {
	    [RESULT_APPLIES] = STR_INIT("applies"),
	    [RESULT_NOT_MET] = STR_INIT("not-met"),
	    [RESULT_UNDECIDABLE] = STR_INIT("undecidable"),
	    [RESULT_OTHER_STEP] = STR_INIT("other-step"),
	    [RESULT_LIMIT] = STR_INIT("limit"),
	    [RESULT_NOT_IN_FORCE] = STR_INIT("not-in-force"),
	    [RESULT_NO_EFFECT] = STR_INIT("no-effect"),
	    [RESULT_BREAKS] = STR_INIT("breaks"),
	    [RESULT_HOLDS] = STR_INIT("holds"),
	    [RESULT_OVERRIDDEN] = STR_INIT("overridden"),
	};
	return names[r];
}

static void json_considered(struct buf *b, const struct wording *w, const struct considered *c)
{
	struct span place = place_of(w->rb, c);
	buf_char(b, '{');
	json_block_ref(b, w->rb, (uint32_t)(reading_block(w->rb, c) - w->rb->blocks));
	if (c->what == SUBJECT_PART) {
		buf_str(b, STR(",\"part\":"));
		json_name(b, w->rb->parts[c->index].label);
	}
	buf_str(b, STR(",\"file\":"));
	buf_json(b, w->rb->sources[place.source].name);
	buf_str(b, STR(",\"line\":"));
	buf_i64(b, rulebook_line(w->rb, place));
	buf_str(b, STR(",\"result\":"));
	json_name(b, result_name(c->result));
	json_conditions(b, w, c);
	buf_str(b, STR(",\"text\":"));
	JSON_WORDS(b, explain_considered(to, w, c));
	buf_char(b, '}');
}

static void json_all_considered(struct buf *b, const struct wording *w, const struct trace *t,
				bool nevers)
{
	struct considered c;
	size_t n = 0;
	for (size_t i = 0; reading_next(t, &i, &c);) {
		bool never = c.what == SUBJECT_NEVER;
		if (never != nevers || (!never && !is_worth_telling(&c)))
			continue;
		if (n++)
			buf_char(b, ',');
		json_considered(b, w, &c);
	}
}

void explain_json(struct buf *b, const struct wording *w, const struct decision *d,
		  const struct trace *t)
{
	buf_str(b, STR("{\"event\":{\"source\":"));
	buf_json(b, d->event.source);
	buf_str(b, STR(",\"id\":"));
	buf_json(b, d->event.id);
	buf_str(b, STR(",\"type\":"));
	json_name(b, d->type_name);
	buf_str(b, STR(",\"time\":"));
	json_time(b, w->rb, d->event.time);
	buf_str(b, STR("},\"case\":"));
	buf_json(b, d->event.subject);
	buf_str(b, STR(",\"outcomes\":["));
	for (size_t i = 0; i < d->n; i++) {
		if (i)
			buf_char(b, ',');
		json_outcome(b, w, d, &d->outcomes[i], t);
	}
	buf_str(b, STR("],\"not_applied\":["));
	json_all_considered(b, w, t, false);
	buf_str(b, STR("],\"nevers\":["));
	json_all_considered(b, w, t, true);
	buf_str(b, STR("],\"text\":"));
	JSON_WORDS(b, explain_decision(to, w, d, t));
	buf_char(b, '}');
}
