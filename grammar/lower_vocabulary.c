/* SPDX-License-Identifier: Apache-2.0
 *
 * Kinds of case with their facts, and events with their fields.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

/* ---- facts ---- */

static bool slot_twice(struct book *b, const struct ast_slot *first, const struct ast_slot *s,
		       const char *what)
{
	for (const struct ast_slot *o = first; o != s; o = o->next) {
		if (!str_eq(o->name.s, s->name.s))
			continue;
		struct diag *d =
		    fault(b, W_DEFINED_TWICE, s->name.span, "the %s `" STR_FMT "` is defined twice",
			  what, STR_ARG(s->name.s));
		help(b, d, "keep one of them, or give this one another name");
		diag_also(b->diags, d, o->name.span, "first defined here");
		return true;
	}
	return false;
}

static uint16_t count_slots(struct book *b, const struct ast_slot *first, size_t limit,
			    const char *what)
{
	uint16_t n = 0;
	for (const struct ast_slot *s = first; s; s = s->next) {
		if (!resolve_room(b, n, limit, s->span, what))
			break;
		n++;
	}
	return n;
}

static void fact_value(struct book *b, const struct ast_slot *s, struct fact *f, bool typed)
{
	f->initial = value_missing(f->type.kind);
	if (!s->initial) {
		if (f->optional || type_is_broken(&f->type))
			return;
		struct diag *d =
		    fault(b, W_NO_VALUE, s->name.span,
			  "the fact `" STR_FMT "` has no value at first", STR_ARG(s->name.s));
		help(b, d, "add `optional` (it may be unknown) or `default VALUE`");
		return;
	}
	if (!typed)
		return;
	if (f->type.kind == TYPE_REF) {
		struct diag *d = fault(b, W_WRONG_TYPE, s->initial->span,
				       "a reference to another case has no default");
		help(b, d, "make `" STR_FMT "` optional instead", STR_ARG(s->name.s));
		return;
	}
	check_value(b, s->initial, &f->type, &f->initial);
}

/* The day of the consent is what can run out, and nobody has consented at first. */
static void check_consent_fact(struct book *b, const struct ast_slot *s, const struct fact *f)
{
	if (!f->consent || (f->type.kind == TYPE_DATE && f->optional && !f->initial.known))
		return;
	struct diag *d = fault(b, W_CONSENT_FACT, s->span,
			       "`" STR_FMT "` cannot be a person's consent", STR_ARG(s->name.s));
	help(b, d,
	     "write `" STR_FMT " : date optional consent`: the day of the consent, unknown as long "
	     "as there is none",
	     STR_ARG(s->name.s));
}

static void lower_kind(struct book *b, uint16_t i)
{
	const struct ast_decl *d = b->kinds.at[i];
	struct case_kind *k = &b->rb->kinds[i];
	*k = (struct case_kind){.name = d->name.s, .title = d->title.s, .span = d->name.span};
	k->nfacts = count_slots(b, d->slots, LIMIT_FACTS, "facts of one kind of case");
	k->facts = arena_array(&b->rb->arena, k->nfacts, sizeof(*k->facts));
	b->fact_used[i] = arena_array(&b->arena, k->nfacts, sizeof(bool));
	b->fact_set[i] = arena_array(&b->arena, k->nfacts, sizeof(struct span));
	uint16_t n = 0;
	for (const struct ast_slot *s = d->slots; s && n < k->nfacts; s = s->next, n++) {
		struct fact *f = &k->facts[n];
		slot_twice(b, d->slots, s, "fact");
		*f = (struct fact){.name = s->name.s, .title = s->title.s, .span = s->name.span};
		f->optional = s->optional;
		f->confidential = s->confidential;
		f->consent = s->consent.len > 0;
		bool typed = check_type(b, &s->type, &f->type);
		fact_value(b, s, f, typed);
		if (typed)
			check_consent_fact(b, s, f);
	}
}

/* ---- events ---- */

#define BUILTIN_FIELDS 5 /* at most */

static void builtin_field(struct event_type *e, const char *name, enum type_kind kind,
			  bool optional)
{
	struct field *f = &e->fields[e->nfields++];
	*f = (struct field){.name = str_from(name), .type = {.kind = kind}, .optional = optional};
	if (kind == TYPE_MONEY)
		f->type =
		    (struct type){.kind = kind, .has_range = true, .min = 1, .max = INT64_MAX};
}

static void builtin_events(struct book *b)
{
	for (uint16_t i = 0; i < EVENT_BUILTINS; i++) {
		struct event_type *e = &b->rb->events[i];
		e->name = resolve_builtin_name((enum builtin_event)i);
		e->fields = arena_array(&b->rb->arena, BUILTIN_FIELDS, sizeof(*e->fields));
		e->of_kind = arena_array(&b->rb->arena, b->kinds.n, sizeof(bool));
		for (size_t k = 0; k < b->kinds.n; k++)
			e->of_kind[k] = true;
	}
	for (uint16_t i = EVENT_APPROVED; i <= EVENT_DECLINED; i++) {
		struct event_type *e = &b->rb->events[i];
		builtin_field(e, "outcome", TYPE_TEXT, false);
		builtin_field(e, "by", TYPE_TEXT, false);
		builtin_field(e, "reason", TYPE_TEXT, true);
	}
	struct event_type *paid = &b->rb->events[EVENT_PAYMENT_RECEIVED];
	builtin_field(paid, "outcome", TYPE_TEXT, false);
	builtin_field(paid, "amount", TYPE_MONEY, false);
	builtin_field(&b->rb->events[EVENT_PLACE_FOUND], "capacity", TYPE_TEXT, false);
	for (uint16_t i = EVENT_RETRACTED; i <= EVENT_CORRECTED; i++) {
		struct event_type *e = &b->rb->events[i];
		builtin_field(e, "event", TYPE_TEXT, false);
		builtin_field(e, "source", TYPE_TEXT, false);
		if (i == EVENT_CORRECTED) {
			builtin_field(e, "time", TYPE_TEXT, true);
			builtin_field(e, "data", TYPE_TEXT, true);
		}
		builtin_field(e, "reason", TYPE_TEXT, true);
	}
}

/* Where it is not known whose an event is, it is everybody's, and nobody is told more about it. */
static void event_kinds(struct book *b, const struct ast_decl *d, struct event_type *e)
{
	bool vague = !d->kinds && d->broken;
	e->of_kind = arena_array(&b->rb->arena, b->kinds.n, sizeof(bool));
	for (const struct ast_word *w = d->kinds; w; w = w->next) {
		uint16_t k = resolve_kind(b, w);
		vague = vague || k == NONE;
		if (k == NONE)
			continue;
		if (e->of_kind[k]) {
			struct diag *g =
			    fault(b, W_DEFINED_TWICE, w->span,
				  "`" STR_FMT "` stands twice in this list", STR_ARG(w->s));
			help(b, g, "remove one of them");
		}
		e->of_kind[k] = true;
	}
	for (size_t k = 0; vague && k < b->kinds.n; k++)
		e->of_kind[k] = true;
	b->event_vague[e - b->rb->events] = vague;
}

static bool same_fact(const struct fact *x, const struct fact *y)
{
	return type_same(&x->type, &y->type) && x->optional == y->optional &&
	       x->type.has_range == y->type.has_range && x->type.min == y->type.min &&
	       x->type.max == y->type.max;
}

static void sets_differ(struct book *b, const struct ast_word *w, const struct fact *x,
			const struct fact *y)
{
	struct diag *d = fault(b, W_SETS_DIFFER, w->span,
			       "`" STR_FMT "` is declared differently in the kinds of this event",
			       STR_ARG(w->s));
	help(b, d, "give it the same type, range and `optional` in each kind");
	diag_also(b->diags, d, y->span.len ? y->span : x->span, "declared differently here");
}

/* The field of `sets FACT`: it has the fact's type in each kind of case of the event. */
static void sets_field(struct book *b, const struct event_type *e, const struct ast_word *w,
		       struct field *f)
{
	uint16_t *sets = arena_array(&b->rb->arena, b->kinds.n, sizeof(*sets));
	const struct fact *first = NULL;
	bool confidential = false;
	for (uint16_t k = 0; k < b->kinds.n; k++) {
		sets[k] = !e->of_kind[k]                      ? NONE
			  : b->event_vague[e - b->rb->events] ? fact_index(&b->rb->kinds[k], w->s)
							      : resolve_fact(b, k, w);
		if (sets[k] == NONE)
			continue;
		b->fact_used[k][sets[k]] = false; /* writing alone is no use */
		const struct fact *fact = &b->rb->kinds[k].facts[sets[k]];
		if (first && !same_fact(first, fact) && !type_is_broken(&first->type) &&
		    !type_is_broken(&fact->type))
			sets_differ(b, w, first, fact);
		first = first ? first : fact;
		confidential |= fact->confidential;
	}
	*f = (struct field){.name = w->s, .span = w->span, .sets = sets, .optional = true};
	f->confidential = confidential;
	f->type = (struct type){.kind = TYPE_REF, .of = NONE};
	if (first) {
		f->title = first->title;
		f->type = first->type;
		f->optional = first->optional;
	}
}

static void field_clash(struct book *b, const struct event_type *e, const struct ast_word *w,
			uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		if (!str_eq(e->fields[i].name, w->s))
			continue;
		struct diag *d = fault(b, W_DEFINED_TWICE, w->span,
				       "the field `" STR_FMT "` is defined twice", STR_ARG(w->s));
		help(b, d,
		     "keep one of them; `sets` already gives the event a field of the fact's name");
		diag_also(b->diags, d, e->fields[i].span, "first defined here");
		return;
	}
}

static void lower_event(struct book *b, uint16_t i)
{
	const struct ast_decl *d = b->events.at[i - EVENT_BUILTINS];
	struct event_type *e = &b->rb->events[i];
	*e = (struct event_type){.name = d->name.s, .title = d->title.s, .span = d->name.span};
	event_kinds(b, d, e);
	size_t n = count_slots(b, d->slots, LIMIT_FIELDS, "fields of one event");
	uint16_t plain = (uint16_t)n;
	for (const struct ast_word *w = d->sets; w; w = w->next)
		if (resolve_room(b, n, LIMIT_FIELDS, w->span, "fields of one event"))
			n++;
	e->fields = arena_array(&b->rb->arena, n, sizeof(*e->fields));
	uint16_t at = 0;
	for (const struct ast_slot *s = d->slots; s && at < plain; s = s->next, at++) {
		struct field *f = &e->fields[at];
		slot_twice(b, d->slots, s, "field");
		*f = (struct field){.name = s->name.s,
				    .title = s->title.s,
				    .span = s->name.span,
				    .optional = s->optional};
		f->confidential = s->confidential;
		check_type(b, &s->type, &f->type);
		if (s->consent.len)
			help(b,
			     fault(b, W_CONSENT_FACT, s->consent,
				   "consent is a fact of the case, not a field of an event"),
			     "declare it below `case`, and let the event set it: `sets " STR_FMT
			     "`",
			     STR_ARG(s->name.s));
	}
	for (const struct ast_word *w = d->sets; w && at < n; w = w->next, at++) {
		field_clash(b, e, w, at);
		sets_field(b, e, w, &e->fields[at]);
	}
	e->nfields = (uint16_t)n;
}

void lower_vocabulary(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->nkinds = (uint16_t)b->kinds.n;
	rb->kinds = arena_array(&rb->arena, b->kinds.n, sizeof(*rb->kinds));
	rb->nevents = (uint16_t)(b->events.n + EVENT_BUILTINS);
	rb->events = arena_array(&rb->arena, rb->nevents, sizeof(*rb->events));
	b->event_used = arena_array(&b->arena, rb->nevents, sizeof(bool));
	b->event_vague = arena_array(&b->arena, rb->nevents, sizeof(bool));
	b->fact_used = arena_array(&b->arena, b->kinds.n, sizeof(*b->fact_used));
	b->fact_set = arena_array(&b->arena, b->kinds.n, sizeof(*b->fact_set));
	for (uint16_t i = 0; i < rb->nkinds; i++)
		lower_kind(b, i);
	builtin_events(b);
	for (uint16_t i = EVENT_BUILTINS; i < rb->nevents; i++)
		lower_event(b, i);
}
