/* SPDX-License-Identifier: Apache-2.0
 *
 * The leaves of expressions: names, members of referenced cases, counts. A name is a field of the
 * event, else a fact of the case, else a parameter.
 */
#include "grammar/check.h"

struct texpr *texpr_new(struct scope *s, enum op op, struct type type, struct span span)
{
	struct texpr *t = arena_alloc(&s->b->arena, sizeof(*t));
	*t = (struct texpr){.op = op, .type = type, .span = span};
	return t;
}

struct texpr *check_constant(struct scope *s, const struct ast_expr *e, struct value v,
			     struct type type)
{
	struct texpr *t = texpr_new(s, OP_CONST, type, e->span);
	t->k = v;
	t->k.kind = (uint8_t)type.kind;
	t->bare = type.kind == TYPE_NUMBER;
	return t;
}

static uint16_t find_fact(const struct scope *s, struct str name)
{
	return s->kind == NONE ? NONE : fact_index(&s->b->rb->kinds[s->kind], name);
}

static uint16_t find_field(const struct scope *s, struct str name)
{
	return s->event == NONE ? NONE : field_index(&s->b->rb->events[s->event], name);
}

bool name_resolves(const struct scope *s, struct str name)
{
	return find_field(s, name) != NONE || find_fact(s, name) != NONE ||
	       find_param(s->b, s->program, name) != NONE;
}

bool scope_is_broken(const struct scope *s)
{
	const struct book *b = s->b;
	bool user_event = s->event != NONE && s->event >= EVENT_BUILTINS;
	return (s->kind != NONE && b->kinds.at[s->kind]->broken) ||
	       (user_event && b->events.at[s->event - EVENT_BUILTINS]->broken);
}

bool field_of_no_event(struct scope *s, const struct ast_word *w)
{
	struct str event;
	if (!s->no_event || !suggest_field(s->b, w->s, &event))
		return false;
	struct diag *d =
	    fault(s->b, W_NO_EVENT_HERE, w->span, "`" STR_FMT "` is a field of `" STR_FMT "`; %s",
		  STR_ARG(w->s), STR_ARG(event), s->no_event);
	help(s->b, d,
	     "use a fact of the case (the event can set it: `sets FACT`), a parameter or a party");
	return true;
}

static struct texpr *fact_leaf(struct scope *s, uint16_t i, const struct ast_word *w)
{
	const struct fact *f = &s->b->rb->kinds[s->kind].facts[i];
	s->b->fact_used[s->kind][i] = true;
	name_used(s->b, w, f->name);
	if (type_is_broken(&f->type))
		return NULL;
	struct texpr *t = texpr_new(s, OP_FACT, f->type, w->span);
	t->a = i;
	t->optional = f->optional;
	return t;
}

static struct texpr *field_leaf(struct scope *s, uint16_t i, const struct ast_word *w)
{
	const struct field *f = &s->b->rb->events[s->event].fields[i];
	/* `sets` has written the fact before anything is decided, and when the event does not carry
	 * it, the fact still has its value: so the fact is what is meant. */
	if (f->sets && s->kind != NONE && f->sets[s->kind] != NONE)
		return fact_leaf(s, f->sets[s->kind], w);
	name_used(s->b, w, f->name);
	if (type_is_broken(&f->type))
		return NULL;
	struct texpr *t = texpr_new(s, OP_FIELD, f->type, w->span);
	t->a = i;
	t->optional = f->optional;
	s->used_fields = true;
	s->field_span = w->span;
	return t;
}

/* The field or fact in scope through which a fact of another case is meant. */
static bool through_reference(const struct scope *s, struct str fact, struct str *ref)
{
	const struct rulebook *rb = s->b->rb;
	const struct event_type *e = s->event == NONE ? NULL : &rb->events[s->event];
	const struct case_kind *k = s->kind == NONE ? NULL : &rb->kinds[s->kind];
	for (uint16_t i = 0; e && i < e->nfields; i++) {
		const struct type *t = &e->fields[i].type;
		*ref = e->fields[i].name;
		if (t->kind == TYPE_REF && !type_is_broken(t) &&
		    fact_index(&rb->kinds[t->of], fact) != NONE)
			return true;
	}
	for (uint16_t i = 0; k && i < k->nfacts; i++) {
		const struct type *t = &k->facts[i].type;
		*ref = k->facts[i].name;
		if (t->kind == TYPE_REF && !type_is_broken(t) &&
		    fact_index(&rb->kinds[t->of], fact) != NONE)
			return true;
	}
	return false;
}

/* The fact of the case of which a word is one of the choices. */
static bool chosen_by(const struct scope *s, struct str choice, struct str *fact)
{
	const struct case_kind *k = s->kind == NONE ? NULL : &s->b->rb->kinds[s->kind];
	for (uint16_t i = 0; k && i < k->nfacts; i++) {
		if (k->facts[i].type.kind != TYPE_CHOICE)
			continue;
		const struct choice_set *c = &s->b->choices.at[k->facts[i].type.of];
		*fact = k->facts[i].name;
		for (uint16_t j = 0; j < c->n; j++)
			if (str_eq(c->names[j], choice))
				return true;
	}
	return false;
}

/* Somebody who is writing an amount is offered what can be a part of one. */
static void suggest_typed(struct suggestion *near, struct str name, const struct type *t)
{
	bool fits = t->kind == TYPE_MONEY || t->kind == TYPE_NUMBER || t->kind == TYPE_PERCENT ||
		    t->kind == TYPE_REF;
	if (!near->asked || !near->asked->money || fits)
		suggest_try(near, name);
}

static struct texpr *unknown_name(struct scope *s, const struct ast_word *w)
{
	struct book *b = s->b;
	struct suggestion near;
	if (scope_is_broken(s) || field_of_no_event(s, w))
		return NULL;
	suggest_init(b, &near, w->s);
	const struct event_type *e = s->event == NONE ? NULL : &b->rb->events[s->event];
	const struct case_kind *k = s->kind == NONE ? NULL : &b->rb->kinds[s->kind];
	for (uint16_t i = 0; e && i < e->nfields; i++)
		suggest_typed(&near, e->fields[i].name, &e->fields[i].type);
	for (uint16_t i = 0; k && i < k->nfacts; i++)
		suggest_typed(&near, k->facts[i].name, &k->facts[i].type);
	for (size_t i = 0; i < b->params.n; i++)
		if (b->param_programs.at[i] == s->program || b->param_programs.at[i] == NONE)
			suggest_typed(&near, b->params.at[i]->name.s, &b->rb->params[i].type);
	suggest_tables(s, &near);
	struct diag *d;
	if (k && e)
		d = fault(b, W_UNKNOWN_NAME, w->span,
			  "`" STR_FMT "` is no field of `" STR_FMT "`, no fact of `" STR_FMT
			  "` and no parameter",
			  STR_ARG(w->s), STR_ARG(e->name), STR_ARG(k->name));
	else if (k)
		d = fault(b, s->no_event ? W_NO_EVENT_HERE : W_UNKNOWN_NAME, w->span,
			  "`" STR_FMT "` is no fact of `" STR_FMT "` and no parameter%s%s",
			  STR_ARG(w->s), STR_ARG(k->name), s->no_event ? "; " : "",
			  s->no_event ? s->no_event : "");
	else
		d = fault(b, W_UNKNOWN_NAME, w->span,
			  "`" STR_FMT "` is no parameter, and facts need `for KIND`",
			  STR_ARG(w->s));
	struct str other;
	if (names_table(s, w->s))
		help(b, d,
		     "write `" STR_FMT ".COLUMN` with one of the columns that the table gives",
		     STR_ARG(w->s));
	else if (through_reference(s, w->s, &other))
		help(b, d, "write `" STR_FMT "." STR_FMT "`", STR_ARG(other), STR_ARG(w->s));
	else if (chosen_by(s, w->s, &other) && str_eq(w->s, STR("none")))
		help(b, d, "write `" STR_FMT " is none`; what may be unknown is asked `is unknown`",
		     STR_ARG(other));
	else if (chosen_by(s, w->s, &other))
		help(b, d,
		     "write `" STR_FMT " is " STR_FMT "`; for several: `" STR_FMT
		     " is one of " STR_FMT ", …`",
		     STR_ARG(other), STR_ARG(w->s), STR_ARG(other), STR_ARG(w->s));
	else
		suggest_help(b, d, &near, "a field, a fact or a parameter");
	return NULL;
}

struct texpr *check_name(struct scope *s, const struct ast_word *w)
{
	uint16_t i = find_field(s, w->s);
	if (i != NONE)
		return field_leaf(s, i, w);
	i = find_fact(s, w->s);
	if (i != NONE)
		return fact_leaf(s, i, w);
	i = find_param(s->b, s->program, w->s);
	if (i == NONE)
		return unknown_name(s, w);
	struct texpr *t = texpr_new(s, OP_PARAM, s->b->rb->params[i].type, w->span);
	t->a = i;
	s->b->param_used[i] = true;
	name_used(s->b, w, s->b->params.at[i]->name.s);
	return t;
}

/* A reference goes before a table of the same name, as fields and facts go before parameters. */
static bool is_lookup(const struct scope *s, const struct ast_word *w)
{
	uint16_t field = find_field(s, w->s), fact = find_fact(s, w->s);
	bool refers =
	    (field != NONE && s->b->rb->events[s->event].fields[field].type.kind == TYPE_REF) ||
	    (fact != NONE && s->b->rb->kinds[s->kind].facts[fact].type.kind == TYPE_REF);
	return !refers && names_table(s, w->s);
}

/* What the names before the point mean in other languages is what a name alone means here. */
static const char *itself(const struct scope *s, struct str name)
{
	if (str_eq(s->b->rb->kinds[s->kind].name, name) || str_eq(name, STR("case")))
		return "is the case itself, whose facts stand alone";
	if (s->event != NONE &&
	    (str_eq(s->b->rb->events[s->event].name, name) || str_eq(name, STR("event"))))
		return "is the event itself, whose fields stand alone";
	if (str_eq(name, STR("this")) || str_eq(name, STR("self")))
		return "is not written: fields of the event and facts of the case stand alone";
	return NULL;
}

/* `survivor.age`, where the case is a survivor */
static bool of_itself(struct scope *s, const struct ast_expr *e)
{
	const char *what;
	if (s->kind == NONE || name_resolves(s, e->word.s) || !(what = itself(s, e->word.s)))
		return false;
	struct diag *d =
	    fault(s->b, W_UNKNOWN_NAME, e->word.span, "`" STR_FMT "` %s", STR_ARG(e->word.s), what);
	help(s->b, d, "write `" STR_FMT "`", STR_ARG(e->word2.s));
	return true;
}

/* `partner.FACT`, in a share. */
static struct texpr *check_partner(struct scope *s, const struct ast_expr *e)
{
	uint16_t kind = (uint16_t)(s->partner - s->b->rb->kinds);
	uint16_t fact = resolve_fact(s->b, kind, &e->word2);
	if (fact == NONE || type_is_broken(&s->partner->facts[fact].type))
		return NULL;
	struct texpr *t = texpr_new(s, OP_PARTNER, s->partner->facts[fact].type, e->span);
	t->a = fact;
	t->b = kind;
	t->optional = s->partner->facts[fact].optional;
	return t;
}

struct texpr *check_member(struct scope *s, const struct ast_expr *e)
{
	if (s->partner && str_eq(e->word.s, STR("partner")))
		return check_partner(s, e);
	if (is_lookup(s, &e->word))
		return check_lookup(s, e);
	if (of_itself(s, e))
		return NULL;
	struct texpr *ref = check_name(s, &e->word);
	if (!ref)
		return NULL;
	if (ref->type.kind != TYPE_REF || ref->op == OP_PARAM) {
		struct buf words = {0};
		type_words(&words, s->b, &ref->type);
		struct diag *d = fault(s->b, W_WRONG_TYPE, e->word.span,
				       "`" STR_FMT "` names no other case: it is " STR_FMT,
				       STR_ARG(e->word.s), STR_ARG(buf_view(&words)));
		help(s->b, d,
		     "only a field or fact whose type is a kind of case has facts after a dot");
		buf_release(&words);
		return NULL;
	}
	uint16_t fact = resolve_fact(s->b, ref->type.of, &e->word2);
	if (fact == NONE)
		return NULL;
	const struct fact *f = &s->b->rb->kinds[ref->type.of].facts[fact];
	if (type_is_broken(&f->type))
		return NULL;
	struct texpr *t =
	    texpr_new(s, ref->op == OP_FIELD ? OP_FIELD_FACT : OP_FACT_FACT, f->type, e->span);
	t->a = ref->a;
	t->b = fact;
	t->optional = f->optional;
	t->l = ref; /* for the guards: the reference itself may be unknown */
	return t;
}

bool event_reaches(struct book *b, uint16_t event, uint16_t kind, const struct ast_word *w)
{
	const struct event_type *e = &b->rb->events[event];
	if (kind == NONE || e->of_kind[kind])
		return true;
	struct diag *d =
	    fault(b, W_NOT_OF_KIND, w->span, "`" STR_FMT "` is no event of `" STR_FMT "`",
		  STR_ARG(w->s), STR_ARG(b->rb->kinds[kind].name));
	help(b, d, "add the kind to `event " STR_FMT " of …`, or name another event",
	     STR_ARG(w->s));
	return false;
}

struct texpr *check_event_leaf(struct scope *s, const struct ast_expr *e)
{
	uint16_t event = resolve_event(s->b, &e->word);
	if (event == NONE || !event_reaches(s->b, event, s->kind, &e->word))
		return NULL;
	bool count = e->kind == EXPR_COUNT;
	struct texpr *t =
	    texpr_new(s, count ? OP_COUNT : OP_DAYS_SINCE,
		      (struct type){.kind = count ? TYPE_NUMBER : TYPE_DAYS}, e->span);
	t->a = event;
	t->optional = !count;
	return t;
}
