/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking names up. Each function reports an unknown name once, at its place, and marks a known one
 * as used.
 */
#include "grammar/resolve.h"

#include "engine/base/limits.h"

static struct diag *unknown(struct book *b, const struct ast_word *w, const char *what)
{
	return fault(b, W_UNKNOWN_NAME, w->span, "there is no %s `" STR_FMT "`", what,
		     STR_ARG(w->s));
}

/* Looks w up among the names of a list of declarations; `offset` names come before the list. */
static uint16_t find(struct book *b, const struct map *names, const struct decl_list *list,
		     uint32_t offset, const struct ast_word *w, const char *what,
		     const char *needed)
{
	uint32_t at = map_get(names, w->s);
	if (at != MAP_NONE || !word_given(w)) {
		if (at != MAP_NONE && at >= offset)
			name_used(b, w, list->at[at - offset]->name.s);
		return at == MAP_NONE ? NONE : (uint16_t)at;
	}
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (size_t i = 0; i < list->n; i++)
		suggest_try(&s, list->at[i]->name.s);
	suggest_help(b, unknown(b, w, what), &s, needed);
	return NONE;
}

static uint16_t used(bool *flags, uint16_t i)
{
	if (i != NONE)
		flags[i] = true;
	return i;
}

uint16_t resolve_event(struct book *b, const struct ast_word *w)
{
	uint16_t e =
	    find(b, &b->rb->event_names, &b->events, EVENT_BUILTINS, w, "event", "an event");
	if (e == EVENT_RETRACTED || e == EVENT_CORRECTED) {
		struct diag *about =
		    fault(b, W_RESERVED_NAME, w->span,
			  "`" STR_FMT "` is about the record, not about the case", STR_ARG(w->s));
		help(b, about,
		     "leave it out: the case is decided again without the event that was wrong");
		return NONE;
	}
	if (e != EVENT_DEADLINE && e != EVENT_SCHEDULED) /* place_found can be waited for */
		return used(b->event_used, e);
	struct diag *d = fault(b, W_RESERVED_NAME, w->span, "`" STR_FMT "` is not sent by anybody",
			       STR_ARG(w->s));
	help(b, d, "use `when no EVENT within PERIOD`, or `otherwise` after `within`");
	return NONE;
}

uint16_t resolve_kind(struct book *b, const struct ast_word *w)
{
	return find(b, &b->rb->kind_names, &b->kinds, 0, w, "kind of case", "a kind of case");
}

uint16_t resolve_party(struct book *b, const struct ast_word *w)
{
	return used(b->party_used, find(b, &b->party_names, &b->parties, 0, w, "party", "a party"));
}

uint16_t resolve_requirement(struct book *b, const struct ast_word *w)
{
	return used(b->requirement_used, find(b, &b->requirement_names, &b->requirements, 0, w,
					      "requirement", "a requirement"));
}

uint16_t resolve_order(struct book *b, const struct ast_word *w)
{
	return used(b->order_used,
		    find(b, &b->order_names, &b->orders, 0, w, "action", "an action"));
}

uint16_t resolve_fund(struct book *b, const struct ast_word *w)
{
	return used(b->fund_used, find(b, &b->fund_names, &b->funds, 0, w, "fund", "a fund"));
}

uint16_t resolve_capacity(struct book *b, uint16_t kind, const struct ast_word *w)
{
	uint16_t i = used(b->capacity_used, find(b, &b->capacity_names, &b->capacities, 0, w,
						 "capacity", "a capacity"));
	uint16_t own = i == NONE ? NONE : b->rb->places[i].kind;
	if (own == NONE || kind == NONE || own == kind)
		return i;
	struct diag *d =
	    fault(b, W_NOT_OF_KIND, w->span,
		  "the places `" STR_FMT "` are for `" STR_FMT "`, not for `" STR_FMT "`",
		  STR_ARG(w->s), STR_ARG(b->rb->kinds[own].name), STR_ARG(b->rb->kinds[kind].name));
	help(b, d, "name a capacity of this kind of case");
	diag_also(b->diags, d, b->rb->capacities[i].span, "declared here");
	return NONE;
}

uint16_t resolve_county(struct book *b, const struct ast_word *w)
{
	return find(b, &b->rb->county_names, &b->counties, 0, w, "county", "a county");
}

uint16_t resolve_line(struct book *b, const struct ast_word *w)
{
	uint32_t at = map_get(&b->line_names, w->s);
	if (at != MAP_NONE) {
		name_used(b, w, b->lines.at[at].name);
		return (uint16_t)at;
	}
	if (!word_given(w) || b->lines_lost)
		return NONE;
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (size_t i = 0; i < b->lines.n; i++)
		suggest_try(&s, b->lines.at[i].name);
	struct diag *d =
	    fault(b, W_NO_SUCH_LINE, w->span, "nothing assesses `" STR_FMT "`", STR_ARG(w->s));
	suggest_help(b, d, &s, "a line of some `assess … as LINE`");
	return NONE;
}

uint16_t resolve_program(struct book *b, const struct ast_word *w)
{
	uint32_t at = map_get(&b->program_names, w->s);
	if (at != MAP_NONE) {
		name_used(b, w, b->programs.at[at].decl->name.s);
		return (uint16_t)at;
	}
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (size_t i = 0; i < b->programs.n; i++)
		suggest_try(&s, b->programs.at[i].decl->name.s);
	suggest_help(b, unknown(b, w, "program"), &s, "a program");
	return NONE;
}

uint16_t resolve_fact(struct book *b, uint16_t kind, const struct ast_word *w)
{
	const struct case_kind *k = &b->rb->kinds[kind];
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (uint16_t i = 0; i < k->nfacts; i++) {
		if (str_eq(k->facts[i].name, w->s)) {
			b->fact_used[kind][i] = true;
			name_used(b, w, k->facts[i].name);
			return i;
		}
	}
	if (b->kinds.at[kind]->broken)
		return NONE;
	for (uint16_t i = 0; i < k->nfacts; i++)
		suggest_try(&s, k->facts[i].name);
	struct diag *d =
	    fault(b, W_UNKNOWN_NAME, w->span, "`" STR_FMT "` has no fact `" STR_FMT "`",
		  STR_ARG(k->name), STR_ARG(w->s));
	suggest_help(b, d, &s, "a fact");
	return NONE;
}

uint16_t resolve_choice(struct book *b, uint16_t set, const struct ast_word *w)
{
	const struct choice_set *c = &b->choices.at[set];
	for (uint16_t i = 0; i < c->n; i++)
		if (str_eq(c->names[i], w->s)) {
			name_used(b, w, c->names[i]);
			return i;
		}
	struct suggestion s;
	struct buf all = {0};
	suggest_init(b, &s, w->s);
	for (uint16_t i = 0; i < c->n; i++) {
		suggest_try(&s, c->names[i]);
		buf_c(&all, i ? ", " : "");
		buf_str(&all, c->names[i]);
	}
	struct diag *d = fault(b, W_UNKNOWN_CHOICE, w->span, "`" STR_FMT "` is none of " STR_FMT,
			       STR_ARG(w->s), STR_ARG(buf_view(&all)));
	if (s.best.len)
		help(b, d, "did you mean `" STR_FMT "`?", STR_ARG(s.best));
	else
		help(b, d, "write one of " STR_FMT, STR_ARG(buf_view(&all)));
	buf_release(&all);
	return NONE;
}

uint16_t find_param(const struct book *b, uint16_t program, struct str name)
{
	uint32_t at = MAP_NONE;
	if (program != NONE)
		at = map_get(&b->programs.at[program].params, name);
	if (at == MAP_NONE)
		at = map_get(&b->shared_params, name);
	return at == MAP_NONE ? NONE : (uint16_t)at;
}

static void suggest_params(struct book *b, uint16_t program, struct suggestion *s)
{
	for (size_t i = 0; i < b->params.n; i++)
		if (b->param_programs.at[i] == program || b->param_programs.at[i] == NONE)
			suggest_try(s, b->params.at[i]->name.s);
}

uint16_t resolve_param_or(struct book *b, uint16_t program, const struct ast_word *w,
			  const char *needed)
{
	uint16_t p = find_param(b, program, w->s);
	if (p != NONE) {
		name_used(b, w, b->params.at[p]->name.s);
		return used(b->param_used, p);
	}
	struct suggestion s;
	suggest_init(b, &s, w->s);
	suggest_params(b, program, &s);
	suggest_help(b, unknown(b, w, "parameter"), &s, needed);
	return NONE;
}

uint16_t resolve_param(struct book *b, uint16_t program, const struct ast_word *w)
{
	return resolve_param_or(b, program, w, "a parameter of this program");
}

uint16_t resolve_docket(struct book *b, uint16_t kind, const struct ast_word *w)
{
	uint32_t at = map_get(&b->docket_names, w->s);
	if (at == MAP_NONE) {
		struct suggestion s;
		suggest_init(b, &s, w->s);
		for (size_t i = 0; i < b->dockets.n; i++)
			suggest_try(&s, b->dockets.at[i]->name.s);
		suggest_help(b, unknown(b, w, "docket"), &s, "a docket");
		return NONE;
	}
	name_used(b, w, b->dockets.at[at]->name.s);
	const struct docket *k = &b->rb->meetings[at];
	if (kind == NONE || k->case_kind == NONE || k->case_kind == kind)
		return (uint16_t)at;
	struct diag *d =
	    fault(b, W_NOT_OF_KIND, w->span,
		  "the docket `" STR_FMT "` hears cases of `" STR_FMT "`, not of `" STR_FMT "`",
		  STR_ARG(w->s), STR_ARG(b->rb->kinds[k->case_kind].name),
		  STR_ARG(b->rb->kinds[kind].name));
	help(b, d, "place them on a docket of their own");
	return NONE;
}

static bool is_block(const struct ast_decl *d, enum block_kind kind)
{
	return d->block == kind;
}

const char *block_needed(enum block_kind kind)
{
	return kind == BLOCK_SCHEDULE ? "a schedule"
	       : kind == BLOCK_STAGES ? "a block of stages"
				      : "an escalation";
}

uint32_t resolve_block(struct book *b, uint16_t program, enum block_kind kind,
		       const struct ast_word *w)
{
	uint32_t at = map_get(&b->programs.at[program].blocks, w->s);
	if (at != MAP_NONE && is_block(b->bodies.at[at].decl, kind)) {
		name_used(b, w, b->bodies.at[at].name);
		return at;
	}
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (size_t i = 0; i < b->bodies.n; i++)
		if (b->bodies.at[i].program == program && b->bodies.at[i].county == NONE &&
		    is_block(b->bodies.at[i].decl, kind))
			suggest_try(&s, b->bodies.at[i].name);
	struct diag *d = fault(b, at == MAP_NONE ? W_UNKNOWN_NAME : W_OTHER_SORT, w->span,
			       "there %s " STR_FMT " `" STR_FMT "` in this program",
			       kind == BLOCK_STAGES ? "are no" : "is no",
			       STR_ARG(block_kind_name(kind)), STR_ARG(w->s));
	suggest_help(b, d, &s, block_needed(kind));
	return NO_BODY;
}

uint16_t resolve_step(struct book *b, uint32_t body, const struct ast_word *w)
{
	const struct body *e = &b->bodies.at[body];
	uint32_t at = map_get(&e->steps, w->s);
	if (at != MAP_NONE) {
		name_used(b, w, e->step_list.at[at - 1].name);
		return (uint16_t)at;
	}
	if (e->decl->broken)
		return 0;
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (size_t i = 0; i < e->step_list.n; i++)
		suggest_try(&s, e->step_list.at[i].name);
	bool stages = e->decl->block == BLOCK_STAGES;
	struct diag *d =
	    fault(b, W_STEPS, w->span, "`" STR_FMT "` has no " STR_FMT " `" STR_FMT "`",
		  STR_ARG(e->name), STR_ARG(block_step_name(e->decl->block)), STR_ARG(w->s));
	suggest_help(b, d, &s, stages ? "one of these stages" : "a step of this escalation");
	return 0;
}

/* ---- stages by their own names ---- */

static void suggest_stages(struct book *b, struct diag *d, const struct ast_word *w)
{
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (size_t i = 0; i < b->stages.n; i++)
		suggest_try(&s, b->stages.at[i].name);
	suggest_help(b, d, &s, "a stage of some `stages NAME`");
}

uint16_t resolve_stage(struct book *b, const struct ast_word *w)
{
	uint32_t at = map_get(&b->stage_names, w->s);
	if (at != MAP_NONE) {
		name_used(b, w, b->stages.at[at].name);
		return (uint16_t)at;
	}
	suggest_stages(
	    b, fault(b, W_ENTER, w->span, "there is no stage `" STR_FMT "`", STR_ARG(w->s)), w);
	return NONE;
}

static bool has_stage(const struct body *body, uint16_t program, struct str name)
{
	return body->program == program && body->county == NONE && body->decl->kind == AST_BLOCK &&
	       body->decl->block == BLOCK_STAGES && map_get(&body->steps, name) != MAP_NONE;
}

uint32_t resolve_stages_with(struct book *b, uint16_t program, uint32_t body,
			     const struct ast_word *w)
{
	uint32_t found = b->bodies.at[body].replaces;
	if (has_stage(&b->bodies.at[found], program, w->s))
		return found;
	found = NO_BODY;
	for (uint32_t i = 0; i < b->bodies.n; i++) {
		if (!has_stage(&b->bodies.at[i], program, w->s))
			continue;
		if (found == NO_BODY) {
			found = i;
			continue;
		}
		struct diag *d =
		    fault(b, W_ENTER, w->span,
			  "both `" STR_FMT "` and `" STR_FMT "` have a stage `" STR_FMT "`",
			  STR_ARG(b->bodies.at[found].name), STR_ARG(b->bodies.at[i].name),
			  STR_ARG(w->s));
		help(b, d, "give one of the stages another name");
		return NO_BODY;
	}
	if (found == NO_BODY)
		suggest_stages(b,
			       fault(b, W_ENTER, w->span,
				     "no stages of this program have a stage `" STR_FMT "`",
				     STR_ARG(w->s)),
			       w);
	return found;
}
