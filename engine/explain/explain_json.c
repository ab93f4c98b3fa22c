/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/explain_internal.h"

#include "engine/case/json.h"
#include "engine/case/json_write.h"

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
	size_t n = grounds_rows(w, d, o, g, rows);
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
	if (outcome_is_own(o) && considered_find(t, o->part, &c)) {
		struct grounds g;
		grounds_find(&g, w, d, &c, o);
		buf_char(b, ',');
		json_seen(b, w, &c, g.read, g.n);
		json_rows(b, w, d, &c, o, &g);
		grounds_release(&g);
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

static void json_considered(struct buf *b, const struct account *a, const struct considered *c)
{
	const struct wording *w = &a->wording;
	const struct counterfactual *change = counterfactuals_of(a->changes, c);
	struct span place = considered_place(w->rb, c);
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
	if (change) {
		buf_str(b, c->what == SUBJECT_NEVER ? STR(",\"would_be_taken\":")
						    : STR(",\"would_apply\":"));
		counterfactual_json(b, w, change);
	}
	buf_str(b, STR(",\"text\":"));
	JSON_WORDS(b, explain_considered(to, w, c));
	buf_char(b, '}');
}

static void json_all_considered(struct buf *b, const struct account *a, bool nevers)
{
	struct considered c;
	size_t n = 0;
	for (size_t i = 0; reading_next(a->trace, &i, &c);) {
		bool never = c.what == SUBJECT_NEVER;
		if (never != nevers || (!never && !considered_is_worth_telling(&c)))
			continue;
		if (n++)
			buf_char(b, ',');
		json_considered(b, a, &c);
	}
}

void explain_json(struct buf *b, const struct account *a)
{
	const struct wording *w = &a->wording;
	const struct decision *d = a->decision;
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
		json_outcome(b, w, d, &d->outcomes[i], a->trace);
	}
	buf_char(b, ']');
	for (size_t i = 0; d->stopped.slug && i < d->stopped.n; i++) {
		buf_str(b, i ? STR(",") : STR(",\"stopped\":["));
		buf_json(b, d->stopped.reasons[i].text);
		buf_c(b, i + 1 == d->stopped.n ? "]" : "");
	}
	buf_str(b, STR(",\"not_applied\":["));
	json_all_considered(b, a, false);
	buf_str(b, STR("],\"nevers\":["));
	json_all_considered(b, a, true);
	buf_str(b, STR("],\"text\":"));
	JSON_WORDS(b, explain_decision(to, a));
	buf_char(b, '}');
}
