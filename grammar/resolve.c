/* SPDX-License-Identifier: Apache-2.0
 *
 * The first pass: every declaration of every file is found and entered under its name. Nothing
 * inside of a declaration is looked at yet.
 */
#include "grammar/resolve.h"

#include "engine/base/limits.h"

#define CODE_MAX (NONE - 1u) /* what a 16-bit index can name, NONE being none */

struct str resolve_builtin_name(enum builtin_event event)
{
	static const struct str names[EVENT_BUILTINS] = {
	    [EVENT_APPROVED] = STR_INIT("approved"),
	    [EVENT_DECLINED] = STR_INIT("declined"),
	    [EVENT_PAYMENT_RECEIVED] = STR_INIT("payment_received"),
	    [EVENT_RETRACTED] = STR_INIT("retracted"),
	    [EVENT_CORRECTED] = STR_INIT("corrected"),
	    [EVENT_DEADLINE] = STR_INIT("deadline"),
	    [EVENT_SCHEDULED] = STR_INIT("scheduled"),
	    [EVENT_PLACE_FOUND] = STR_INIT("place_found"),
	};
	return names[event];
}

bool resolve_room(struct book *b, size_t n, size_t limit, struct span span, const char *what)
{
	if (n < limit)
		return true;
	if (n == limit) {
		struct diag *d =
		    fault(b, W_TOO_MANY, span, "there are more than %zu %s", limit, what);
		help(b, d, "the limit is %zu; split the policy, or remove what is not needed",
		     limit);
	}
	return false;
}

static void defined_twice(struct book *b, const struct ast_word *w, struct span first,
			  const char *what)
{
	struct diag *d = fault(b, W_DEFINED_TWICE, w->span, "the %s `" STR_FMT "` is defined twice",
			       what, STR_ARG(w->s));
	help(b, d, "keep one of them, or give this one another name");
	diag_also(b->diags, d, first, "first defined here");
}

/* Enters a declaration under its name and into its list. `offset`: names before the list. */
static void declare(struct book *b, struct map *names, struct decl_list *list, uint32_t offset,
		    const struct ast_decl *d, size_t limit, const char *what)
{
	if (!word_given(&d->name))
		return; /* the parser has said so */
	uint32_t at = map_get(names, d->name.s);
	if (at != MAP_NONE && at < offset) {
		struct diag *g =
		    fault(b, W_RESERVED_NAME, d->name.span,
			  "`" STR_FMT "` is an event that every policy has", STR_ARG(d->name.s));
		help(b, g, "choose another name for this event");
		return;
	}
	if (at != MAP_NONE) {
		defined_twice(b, &d->name, list->at[at - offset]->name.span, what);
		return;
	}
	if (!resolve_room(b, list->n + offset, limit, d->name.span, what))
		return;
	map_put(names, d->name.s, (uint32_t)list->n + offset);
	*vec_push(list) = d;
}

static uint16_t declare_program(struct book *b, const struct ast_decl *d)
{
	uint32_t at = map_get(&b->program_names, d->name.s);
	if (at != MAP_NONE) {
		defined_twice(b, &d->name, b->programs.at[at].decl->name.span, "program");
		return (uint16_t)at;
	}
	if (!resolve_room(b, b->programs.n, LIMIT_PROGRAMS, d->span, "programs"))
		return (uint16_t)(LIMIT_PROGRAMS - 1);
	map_put(&b->program_names, d->name.s, (uint32_t)b->programs.n);
	*vec_push(&b->programs) = (struct program_names){.decl = d};
	return (uint16_t)(b->programs.n - 1);
}

static void declare_param(struct book *b, const struct ast_decl *d, uint16_t program)
{
	struct map *own = program == NONE ? &b->shared_params : &b->programs.at[program].params;
	uint32_t at = map_get(own, d->name.s);
	if (at == MAP_NONE)
		at = map_get(&b->shared_params, d->name.s);
	for (size_t i = 0; program == NONE && at == MAP_NONE && i < b->programs.n; i++)
		at = map_get(&b->programs.at[i].params, d->name.s);
	if (at != MAP_NONE) {
		defined_twice(b, &d->name, b->params.at[at]->name.span, "parameter");
		return;
	}
	if (!resolve_room(b, b->params.n, CODE_MAX, d->name.span, "parameters"))
		return;
	map_put(own, d->name.s, (uint32_t)b->params.n);
	*vec_push(&b->params) = d;
	*vec_push(&b->param_programs) = program;
}

static void name_part(struct buf *t, const char *before, struct str name)
{
	if (name.len)
		buf_fmt(t, "%s" STR_FMT, before, STR_ARG(name));
}

/* A case remembers by name what was paid under a cap and what was promised: so these are called
 * after what they say, and not by their position. */
static void telling_name(struct buf *t, const struct ast_decl *d)
{
	const struct ast_action *a = d->never_action;
	bool after = d->invariant == INVARIANT_ONLY_AFTER;
	buf_c(t, d->invariant == INVARIANT_ALWAYS ? "always_" : after ? "only_after_" : "never_");
	name_part(t, "", after ? d->after.s : STR(""));
	name_part(t, after ? "_" : "", action_verb(a->kind));
	if (d->limits)
		buf_c(t, "_more_per_case");
	if (d->limits && !d->limits->per_case)
		name_part(t, "_per_", unit_name(d->limits->per, false));
	name_part(t, "_", a->name.s);
	name_part(t, "_", a->to.s);
	name_part(t, "_from_", a->fund.s);
	name_part(t, "_after_", after ? STR("") : d->after.s);
	name_part(t, "_for_", d->never_for.s);
}

static struct str never_name(struct book *b, struct program_names *p, const struct ast_decl *d)
{
	struct buf t = {0};
	bool numbered = d->invariant == INVARIANT_NEVER && !d->limits;
	for (uint32_t n = 1;; n++) {
		buf_clear(&t);
		if (numbered)
			buf_fmt(&t, "never_%u", ++p->nevers);
		else
			telling_name(&t, d);
		if (!numbered && n > 1)
			buf_fmt(&t, "_%u", n);
		if (map_get(&p->blocks, buf_view(&t)) == MAP_NONE)
			break;
	}
	struct str name = arena_str(&b->rb->arena, buf_view(&t));
	buf_release(&t);
	return name;
}

static void declare_block(struct book *b, const struct ast_decl *d, uint16_t program)
{
	struct program_names *p = &b->programs.at[program];
	struct body body = {.decl = d, .name = d->name.s, .program = program, .county = NONE};
	body.replaces = (uint32_t)b->bodies.n;
	if (d->kind == AST_NEVER && !word_given(&d->name)) {
		body.name = never_name(b, p, d);
	} else if (!word_given(&d->name)) {
		return;
	}
	uint32_t at = map_get(&p->blocks, body.name);
	if (at != MAP_NONE) {
		defined_twice(b, &d->name, b->bodies.at[at].decl->name.span, "block");
		return;
	}
	if (!resolve_room(b, b->bodies.n, CODE_MAX, d->span, "blocks"))
		return;
	map_put(&p->blocks, body.name, body.replaces);
	*vec_push(&b->bodies) = body;
}

/* What a file's declarations so far belong to. */
struct place {
	uint16_t program, county;
	bool quiet; /* told already, or the `program` above may be what is broken */
};

static void homeless(struct book *b, const struct ast_decl *d, struct place *at, const char *what,
		     const char *need)
{
	if (at->quiet)
		return;
	at->quiet = true;
	struct diag *g =
	    fault(b, W_HOMELESS, d->span, "this %s does not belong to a %s", what, need);
	help(b, g, "put `%s NAME` above it in the same file", need);
}

static void declare_provision(struct book *b, const struct ast_decl *d, struct place *at)
{
	const char *what = d->kind == AST_PARAM ? "parameter" : "block";
	if (at->county != NONE) {
		struct diag *g =
		    fault(b, W_HOMELESS, d->span,
			  "a county's file changes programs; it has no %ss of its own", what);
		help(b, g,
		     "write `%s` for something that an adopted program has, or put this into a "
		     "program",
		     d->kind == AST_PARAM ? "change … to …" : "replace …");
		return;
	}
	if (d->kind == AST_PARAM)
		declare_param(b, d, at->program);
	else if (at->program == NONE)
		homeless(b, d, at, "block", "program");
	else
		declare_block(b, d, at->program);
}

static void declare_change(struct book *b, const struct ast_decl *d, struct place *at)
{
	const char *what = d->kind == AST_CHANGE    ? "change"
			   : d->kind == AST_REPLACE ? "replacement"
						    : "drop";
	if (at->county == NONE)
		homeless(b, d, at, what, "county");
	else
		*vec_push(&b->changes) = (struct county_change){d, at->county};
}

static void declare_county(struct book *b, const struct ast_decl *d, struct place *at)
{
	declare(b, &b->rb->county_names, &b->counties, 0, d, LIMIT_COUNTIES, "county");
	uint32_t i = map_get(&b->rb->county_names, d->name.s);
	at->county = i == MAP_NONE ? 0 : (uint16_t)i;
	at->program = NONE;
}

static void declare_one(struct book *b, const struct ast_decl *d, struct place *at)
{
	switch (d->kind) {
	case AST_TIMEZONE:
		*vec_push(&b->zones) = d;
		return;
	case AST_CALENDAR:
		declare(b, &b->calendar_names, &b->calendars, 0, d, CODE_MAX, "calendar");
		return;
	case AST_CASE:
		declare(b, &b->rb->kind_names, &b->kinds, 0, d, LIMIT_KINDS, "kind of case");
		return;
	case AST_EVENT:
		declare(b, &b->rb->event_names, &b->events, EVENT_BUILTINS, d, LIMIT_EVENT_TYPES,
			"event");
		return;
	case AST_ACTION_NAME:
		declare(b, &b->order_names, &b->orders, 0, d, CODE_MAX, "action");
		return;
	case AST_PARTY:
		declare(b, &b->party_names, &b->parties, 0, d, CODE_MAX, "party");
		return;
	case AST_REQUIREMENT:
		declare(b, &b->requirement_names, &b->requirements, 0, d, CODE_MAX, "requirement");
		return;
	case AST_FUND:
		declare(b, &b->fund_names, &b->funds, 0, d, CODE_MAX, "fund");
		if (b->funds.n > b->fund_programs.n)
			*vec_push(&b->fund_programs) = at->program;
		return;
	case AST_DOCKET:
		declare(b, &b->docket_names, &b->dockets, 0, d, CODE_MAX, "docket");
		if (b->dockets.n > b->docket_programs.n)
			*vec_push(&b->docket_programs) = at->program;
		return;
	case AST_CAPACITY:
		declare(b, &b->capacity_names, &b->capacities, 0, d, CODE_MAX, "capacity");
		if (b->capacities.n > b->capacity_programs.n)
			*vec_push(&b->capacity_programs) = at->program;
		return;
	case AST_PROGRAM:
		at->program = declare_program(b, d);
		at->county = NONE;
		return;
	case AST_PARAM:
	case AST_BLOCK:
	case AST_NEVER:
		declare_provision(b, d, at);
		return;
	case AST_COUNTY:
		declare_county(b, d, at);
		return;
	case AST_CHANGE:
	case AST_REPLACE:
	case AST_DROP:
		declare_change(b, d, at);
		return;
	case AST_SCENARIO:
		*vec_push(&b->scenarios) = d;
		return;
	case AST_PROJECTION:
		*vec_push(&b->projections) = d;
		return;
	}
}

void resolve_declarations(struct book *b)
{
	for (uint32_t i = 0; i < EVENT_BUILTINS; i++)
		map_put(&b->rb->event_names, resolve_builtin_name((enum builtin_event)i), i);
	for (const struct ast_file *f = b->files; f; f = f->next) {
		struct place at = {NONE, NONE, f->broken};
		for (const struct ast_decl *d = f->decls; d; d = d->next)
			declare_one(b, d, &at);
	}
}

void resolve_release(struct book *b)
{
	struct decl_list *lists[] = {&b->zones,       &b->calendars, &b->kinds,        &b->events,
				     &b->orders,      &b->parties,   &b->requirements, &b->funds,
				     &b->counties,    &b->params,    &b->scenarios,    &b->dockets,
				     &b->projections, &b->capacities};
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		vec_release(lists[i]);
	for (size_t i = 0; i < b->programs.n; i++) {
		map_release(&b->programs.at[i].blocks);
		map_release(&b->programs.at[i].params);
	}
	for (size_t i = 0; i < b->bodies.n; i++) {
		map_release(&b->bodies.at[i].steps);
		vec_release(&b->bodies.at[i].step_list);
	}
	struct map *maps[] = {&b->docket_names,      &b->capacity_names, &b->stage_names,
			      &b->program_names,     &b->calendar_names, &b->order_names,
			      &b->party_names,       &b->fund_names,     &b->line_names,
			      &b->requirement_names, &b->choice_names,   &b->shared_params};
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		map_release(maps[i]);
	vec_release(&b->programs);
	vec_release(&b->bodies);
	vec_release(&b->changes);
	vec_release(&b->overrides);
	vec_release(&b->lines);
	vec_release(&b->stages);
	vec_release(&b->docket_programs);
	vec_release(&b->choices);
	vec_release(&b->param_programs);
	vec_release(&b->fund_programs);
	vec_release(&b->capacity_programs);
	vec_release(&b->starts);
	vec_release(&b->parts);
	vec_release(&b->tier_triggers);
	vec_release(&b->codes);
	arena_release(&b->arena);
}
