/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios: what is given, and the lines of what happens.
 */
#include "grammar/lower_scene.h"

#include "engine/base/limits.h"

static void suggest_given(struct scene *s, struct diag *d, struct str name)
{
	struct suggestion near;
	suggest_init(s->b, &near, name);
	for (uint16_t i = 0; i < s->out->ngiven; i++)
		suggest_try(&near, s->out->given[i].id);
	suggest_help(s->b, d, &near, "the name of a given case");
}

bool scene_is_whole(const struct scene *s)
{
	bool whole = !s->decl->broken;
	for (uint16_t i = 0; i < s->out->ngiven && whole; i++)
		whole =
		    s->out->given[i].kind != NONE && !s->b->kinds.at[s->out->given[i].kind]->broken;
	return whole;
}

uint16_t scene_given(struct scene *s, const struct ast_word *w)
{
	uint32_t at = map_get(&s->ids, w->s);
	if (at != MAP_NONE)
		name_used(s->b, w, s->out->given[at].id);
	if (at != MAP_NONE || s->decl->broken)
		return at == MAP_NONE ? NONE : (uint16_t)at;
	struct diag *d = fault(s->b, W_GIVEN, w->span,
			       "no case `" STR_FMT "` is given in this scenario", STR_ARG(w->s));
	suggest_given(s, d, w->s);
	return NONE;
}

bool scene_value(struct scene *s, const struct ast_expr *e, const struct type *t, struct value *out)
{
	if (!check_value(s->b, e, t, out))
		return false;
	if (t->kind != TYPE_REF || expr_inner(e)->kind != EXPR_NAME)
		return true;
	const struct ast_word *w = &expr_inner(e)->word;
	uint16_t i = scene_given(s, w);
	if (i == NONE || s->out->given[i].kind == NONE) /* reported */
		return false;
	if (s->out->given[i].kind == t->of)
		return true;
	struct diag *d = fault(s->b, W_WRONG_TYPE, e->span,
			       "`" STR_FMT "` is a case of kind `" STR_FMT "`, not `" STR_FMT "`",
			       STR_ARG(w->s), STR_ARG(s->b->rb->kinds[s->out->given[i].kind].name),
			       STR_ARG(s->b->rb->kinds[t->of].name));
	help(s->b, d, "name a given case of the right kind");
	return false;
}

/* A block of a program that the county adopts, else of any. */
uint32_t scene_block(const struct scene *s, enum block_kind kind, struct str name)
{
	const struct book *b = s->b;
	const struct county *c = &b->rb->counties[s->out->county];
	for (uint16_t i = 0; i < c->nadopts; i++) {
		uint32_t at = map_get(&b->programs.at[c->adopts[i].program].blocks, name);
		if (at != MAP_NONE && b->rb->blocks[at].kind == kind)
			return at;
	}
	for (size_t i = 0; i < b->programs.n; i++) {
		uint32_t at = map_get(&b->programs.at[i].blocks, name);
		if (at != MAP_NONE && b->rb->blocks[at].kind == kind)
			return at;
	}
	return NO_BODY;
}

/* ---- given ---- */

static void given_head(struct scene *s, const struct ast_given *g, struct given *out)
{
	struct book *b = s->b;
	*out = (struct given){.id = word_given(&g->name) ? g->name.s : g->kind.s, .span = g->span};
	uint32_t named = map_get(&b->rb->kind_names, g->name.s);
	if (word_given(&g->name) && named != MAP_NONE &&
	    map_get(&b->rb->kind_names, g->kind.s) == MAP_NONE) { /* `given a survivor` */
		struct diag *d =
		    fault(b, W_UNKNOWN_NAME, g->kind.span, "there is no kind of case `" STR_FMT "`",
			  STR_ARG(g->kind.s));
		help(b, d, "write `given " STR_FMT "`; a name of its own comes last",
		     STR_ARG(g->name.s));
		out->kind = (uint16_t)named;
	} else {
		out->kind = resolve_kind(b, &g->kind);
	}
	if (map_get(&s->ids, out->id) != MAP_NONE) {
		struct diag *d =
		    fault(b, W_GIVEN, g->span, "two given cases are called `" STR_FMT "`",
			  STR_ARG(out->id));
		help(b, d, "give this one a name: `given " STR_FMT " NAME`", STR_ARG(g->kind.s));
		return;
	}
	map_put(&s->ids, out->id, (uint32_t)(out - s->out->given));
}

static void given_facts(struct scene *s, const struct ast_given *g, struct given *out)
{
	struct book *b = s->b;
	if (out->kind == NONE)
		return;
	const struct case_kind *k = &b->rb->kinds[out->kind];
	bool *stated = arena_array(&b->arena, k->nfacts, sizeof(*stated));
	out->facts = arena_array(&b->rb->arena, k->nfacts, sizeof(*out->facts));
	for (uint16_t i = 0; i < k->nfacts; i++)
		out->facts[i] = k->facts[i].initial;
	for (const struct ast_pair *p = g->facts; p; p = p->next) {
		uint16_t i = resolve_fact(b, out->kind, &p->name);
		if (i == NONE)
			continue;
		if (stated[i]) {
			struct diag *d = fault(b, W_DEFINED_TWICE, p->span,
					       "`" STR_FMT "` is stated twice", STR_ARG(p->name.s));
			help(b, d, "keep one of them");
		}
		stated[i] = true;
		scene_value(s, p->value, &k->facts[i].type, &out->facts[i]);
	}
}

void scene_givens(struct scene *s, size_t more)
{
	uint16_t n = 0;
	for (const struct ast_given *g = s->decl->given; g; g = g->next)
		if (resolve_room(s->b, n, LIMIT_LINES, g->span, "given cases in one scenario"))
			n++;
	s->out->given = arena_array(&s->b->rb->arena, n + more, sizeof(*s->out->given));
	uint16_t i = 0;
	for (const struct ast_given *g = s->decl->given; g && i < n; g = g->next, i++) {
		given_head(s, g, &s->out->given[i]);
		s->out->ngiven = (uint16_t)(i + 1);
	}
	i = 0;
	for (const struct ast_given *g = s->decl->given; g && i < n; g = g->next, i++)
		given_facts(s, g, &s->out->given[i]);
}

const struct given *scene_one_more(struct scene *s, const struct ast_given *g)
{
	struct given *out = &s->out->given[s->out->ngiven + s->more++];
	*out = (struct given){.span = g->span, .kind = resolve_kind(s->b, &g->kind)};
	given_facts(s, g, out);
	return out;
}

/* ---- lines ---- */

static uint16_t line_subject(struct scene *s, const struct ast_line *l, uint16_t event)
{
	struct book *b = s->b;
	const bool *of_kind = b->rb->events[event].of_kind;
	if (word_given(&l->of)) {
		uint16_t i = scene_given(s, &l->of);
		if (i != NONE && s->out->given[i].kind != NONE)
			event_reaches(b, event, s->out->given[i].kind, &l->event);
		return i;
	}
	uint16_t found = NONE, n = 0;
	for (uint16_t i = 0; i < s->out->ngiven; i++)
		if (s->out->given[i].kind != NONE && of_kind[s->out->given[i].kind]) {
			found = i;
			n++;
		}
	if (n == 1)
		return found;
	/* A proposal or a payment is most likely about the case of the latest event. */
	if (event < EVENT_BUILTINS && s->subject != NONE)
		return s->subject;
	if (b->event_vague[event] || (!n && !scene_is_whole(s)))
		return NONE;
	struct diag *d = fault(b, W_WHOSE, l->event.span,
			       n ? "it is not clear whose `" STR_FMT "` this is"
				 : "no given case can have the event `" STR_FMT "`",
			       STR_ARG(l->event.s));
	help(b, d,
	     n ? "add `of NAME` after the event" : "add `given KIND` at the head of the scenario");
	return NONE;
}

/* The name of that outcome, as it is declared; empty: there is none. */
static struct str find_outcome(const struct scene *s, struct str name)
{
	const struct book *b = s->b;
	uint32_t at = map_get(&b->line_names, name);
	if (at != MAP_NONE)
		return b->lines.at[at].name;
	at = map_get(&b->requirement_names, name);
	if (at != MAP_NONE)
		return b->requirements.at[at]->name.s;
	for (size_t i = 0; i < b->programs.n; i++) {
		at = map_get(&b->programs.at[i].blocks, name);
		if (at != MAP_NONE)
			return b->bodies.at[at].name;
	}
	return (struct str){0};
}

/* `outcome infraction`: the name of a line, a requirement or a block, kept as text. */
static bool outcome_name(struct scene *s, const struct ast_expr *e, struct value *out)
{
	const struct ast_expr *in = expr_inner(e);
	struct type text = {.kind = TYPE_TEXT};
	if (in->kind != EXPR_NAME && !check_value(s->b, e, &text, out))
		return false;
	struct str name = in->kind == EXPR_NAME ? in->word.s : value_as_str(*out);
	*out = value_str(TYPE_TEXT, name);
	struct str declared = find_outcome(s, name);
	if (declared.len && in->kind == EXPR_NAME)
		name_used(s->b, &in->word, declared);
	if (declared.len)
		return true;
	if (s->b->lines_lost)
		return false;
	struct suggestion near;
	suggest_init(s->b, &near, name);
	for (size_t i = 0; i < s->b->lines.n; i++)
		suggest_try(&near, s->b->lines.at[i].name);
	for (size_t i = 0; i < s->b->requirements.n; i++)
		suggest_try(&near, s->b->requirements.at[i]->name.s);
	for (size_t i = 0; i < s->b->bodies.n; i++)
		suggest_try(&near, s->b->bodies.at[i].name);
	struct diag *d = fault(s->b, W_NO_SUCH_OUTCOME, e->span,
			       "no outcome can be called `" STR_FMT "`", STR_ARG(name));
	suggest_help(s->b, d, &near, "the name of a line, a requirement or a block");
	return false;
}

static uint16_t find_field(struct scene *s, uint16_t event, const struct ast_word *w)
{
	const struct event_type *e = &s->b->rb->events[event];
	uint16_t i = field_index(e, w->s);
	if (i != NONE) {
		name_used(s->b, w, e->fields[i].name);
		return i;
	}
	struct suggestion near;
	if (event >= EVENT_BUILTINS && s->b->events.at[event - EVENT_BUILTINS]->broken)
		return NONE;
	suggest_init(s->b, &near, w->s);
	for (i = 0; i < e->nfields; i++)
		suggest_try(&near, e->fields[i].name);
	struct diag *d =
	    fault(s->b, W_UNKNOWN_NAME, w->span, "`" STR_FMT "` has no field `" STR_FMT "`",
		  STR_ARG(e->name), STR_ARG(w->s));
	suggest_help(s->b, d, &near, "a field of this event");
	return NONE;
}

static void lower_field(struct scene *s, uint16_t event, const struct ast_pair *p,
			struct scenario_line *out)
{
	uint16_t i = find_field(s, event, &p->name);
	if (i == NONE)
		return;
	const struct field *f = &s->b->rb->events[event].fields[i];
	if (out->fields[i].known) {
		struct diag *d = fault(s->b, W_DEFINED_TWICE, p->span,
				       "`" STR_FMT "` is stated twice", STR_ARG(p->name.s));
		help(s->b, d, "keep one of them");
	}
	if (f->sets && out->given != NONE && s->out->given[out->given].kind != NONE) {
		uint16_t kind = s->out->given[out->given].kind;
		if (f->sets[kind] != NONE)
			s->b->fact_used[kind][f->sets[kind]] = true;
	}
	bool names = event <= EVENT_PAYMENT_RECEIVED && i == 0;
	const struct ast_expr *value = p->value->kind == EXPR_BETWEEN ? p->value->a : p->value;
	bool fine = names ? outcome_name(s, value, &out->fields[i])
			  : scene_value(s, value, &f->type, &out->fields[i]);
	if (!fine) /* reported; keep it from being missed too */
		out->fields[i] =
		    (struct value){.kind = (uint8_t)f->type.kind, .known = true, .s = ""};
}

static void line_fields(struct scene *s, const struct ast_line *l, struct scenario_line *out)
{
	struct book *b = s->b;
	const struct event_type *e = &b->rb->events[out->event];
	out->fields = arena_array(&b->rb->arena, e->nfields, sizeof(*out->fields));
	for (uint16_t i = 0; i < e->nfields; i++)
		out->fields[i] = value_missing(e->fields[i].type.kind);
	for (const struct ast_pair *p = l->fields; p; p = p->next)
		lower_field(s, out->event, p, out);
}

void scene_fields(struct scene *s, const struct ast_line *l, struct scenario_line *out)
{
	struct book *b = s->b;
	const struct event_type *e = &b->rb->events[out->event];
	line_fields(s, l, out);
	for (uint16_t i = 0; i < e->nfields; i++) {
		if (out->fields[i].known || e->fields[i].optional)
			continue;
		struct diag *d = fault(b, W_FIELD_MISSING, l->event.span,
				       "`" STR_FMT "` needs the field `" STR_FMT "`",
				       STR_ARG(e->name), STR_ARG(e->fields[i].name));
		help(b, d, "add `with " STR_FMT " VALUE`", STR_ARG(e->fields[i].name));
	}
}

void scene_order(struct scene *s, const struct ast_line *l)
{
	int64_t minute = l->minute >= 0 ? l->minute : word_given(&l->event) ? 720 : 1440;
	int64_t at = (int64_t)l->day * 1440 + minute;
	if (at < s->last && !s->decl->broken) {
		struct diag *d =
		    fault(s->b, W_LINE_ORDER, l->span, "this line comes before the one above it");
		help(s->b, d,
		     "put the lines in order of time; an event without a time is at 12:00, and "
		     "a date alone is the end of its day");
	}
	s->last = at;
}

static void lower_expects(struct scene *s, const struct ast_line *l, struct scenario_line *out)
{
	uint16_t n = 0;
	for (const struct ast_expect *e = l->expects; e; e = e->next)
		if (resolve_room(s->b, n, LIMIT_LINES, e->span, "expectations of one line"))
			n++;
	out->expects = arena_array(&s->b->rb->arena, n, sizeof(*out->expects));
	for (const struct ast_expect *e = l->expects; e && n; e = e->next, n--) {
		if (e->form == FORM_AMONG_OTHERS)
			out->among_others = true;
		else if (lower_expect(s, e, &out->expects[out->nexpects]))
			out->nexpects++;
	}
}

/* The line above that it is about: the latest of that event, case and day. */
static void find_amended(struct scene *s, const struct ast_line *l, struct scenario_line *out)
{
	uint16_t i = s->out->nlines - 1; /* its own place */
	while (i-- > 0) {
		const struct scenario_line *above = &s->out->lines[i];
		if (above->event != out->event || above->given != out->given ||
		    above->day != l->on || above->retracts || above->corrects)
			continue;
		out->of = i;
		return;
	}
	struct buf day = {0};
	day_text(&day, l->on);
	struct diag *d = fault(s->b, W_NO_SUCH_OUTCOME, l->event.span,
			       "no line above says that `" STR_FMT "` happened on " STR_FMT,
			       STR_ARG(l->event.s), STR_ARG(buf_view(&day)));
	help(s->b, d, "name the event and the day as they stand in the line that was wrong");
	buf_release(&day);
}

static void lower_amending(struct scene *s, const struct ast_line *l, struct scenario_line *out)
{
	out->retracts = !l->corrects;
	out->corrects = l->corrects;
	out->to_day = l->to_day;
	out->to_minute = l->to_minute;
	line_fields(s, l, out);
	if (out->given != NONE)
		find_amended(s, l, out);
	if (!l->corrects || l->fields || l->to_day != DAY_NONE)
		return;
	struct diag *d = fault(s->b, W_FIELD_MISSING, l->span, "this puts nothing right");
	help(s->b, d, "add `to` and the right day, `with` and the right fields, or both");
}

static void lower_line(struct scene *s, const struct ast_line *l, struct scenario_line *out)
{
	*out = (struct scenario_line){
	    .day = l->day, .minute = l->minute, .event = NONE, .given = NONE, .to_day = DAY_NONE};
	out->span = l->span;
	scene_order(s, l);
	if (word_given(&l->event)) {
		out->event = resolve_event(s->b, &l->event);
		if (out->event == EVENT_PLACE_FOUND) {
			struct diag *d = fault(s->b, W_RESERVED_NAME, l->event.span,
					       "`place_found` is not sent by anybody");
			help(s->b, d,
			     "it comes by itself when a place is free; expect what it brings");
		}
		if (out->event != NONE) {
			out->given = line_subject(s, l, out->event);
			if (l->amends)
				lower_amending(s, l, out);
			else
				scene_fields(s, l, out);
		}
		if (out->given != NONE && s->out->given[out->given].kind != NONE)
			s->subject = out->given;
	}
	lower_expects(s, l, out);
}

static void lower_lines(struct scene *s)
{
	uint16_t n = 0;
	for (const struct ast_line *l = s->decl->lines; l; l = l->next)
		if (resolve_room(s->b, n, LIMIT_LINES, l->span, "lines in one scenario"))
			n++;
	s->out->lines = arena_array(&s->b->rb->arena, n, sizeof(*s->out->lines));
	for (const struct ast_line *l = s->decl->lines; l && s->out->nlines < n; l = l->next)
		lower_line(s, l, &s->out->lines[s->out->nlines++]);
}

static bool lower_one(struct book *b, const struct ast_decl *d, struct scenario *out)
{
	struct scene s = {.b = b, .decl = d, .out = out, .subject = NONE, .last = INT64_MIN};
	*out = (struct scenario){.title = d->title.s, .todo = d->todo, .span = d->span};
	out->county = resolve_county(b, &d->county);
	if (out->county == NONE)
		return false;
	scene_givens(&s, 0);
	lower_lines(&s);
	lower_given_funds(&s);
	map_release(&s.ids);
	return true;
}

void lower_scenarios(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->scenarios = arena_array(&rb->arena, b->scenarios.n, sizeof(*rb->scenarios));
	for (size_t i = 0; i < b->scenarios.n; i++)
		rb->nscenarios += lower_one(b, b->scenarios.at[i], &rb->scenarios[rb->nscenarios]);
}
