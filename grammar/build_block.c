/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks and their clauses. The grammar lets any clause stand in any block; here each is attached
 * or refused with the name of the block that it belongs to.
 */
#include "grammar/build.h"

#include "grammar/asking.h"
#include "grammar/codes.h"
#include "grammar/parser.h"

static void attached(struct build *b, struct span span)
{
	b->done = span.off + span.len;
}

static const char *kind_with_article(enum block_kind kind)
{
	switch (kind) {
	case BLOCK_STIPEND:
		return "a stipend";
	case BLOCK_SCHEDULE:
		return "a schedule";
	case BLOCK_ESCALATION:
		return "an escalation";
	case BLOCK_STAGES:
		return "a block of stages";
	case BLOCK_FINE:
		return "a fine";
	case BLOCK_RULE:
		return "a rule";
	case BLOCK_SHARE:
		return "a share";
	case BLOCK_TABLE:
		return "a table";
	case BLOCK_NEVER:
	case BLOCK_ALWAYS:
		break;
	}
	return "a never";
}

#define IN(kind) (1u << (kind))

/* False, with a message, when a clause does not belong to the kind of block that is open. */
static bool belongs(struct build *b, struct span span, unsigned kinds, const char *clause,
		    const char *help)
{
	attached(b, span);
	enum block_kind here = b->inner->block;
	if (kinds & IN(here))
		return true;
	struct diag *d = build_error(b, W_CLAUSE_MISPLACED, span, "%s has no `%s`",
				     kind_with_article(here), clause);
	build_help(b, d, "%s", help);
	return false;
}

/* ---- heads ---- */

/* Where reading goes on inside of a block. */
static int tail_of(enum block_kind kind)
{
	if (kind == BLOCK_SHARE)
		return T_START_SHARE;
	return kind == BLOCK_TABLE ? T_START_TABLE : T_START_BLOCK;
}

void build_block(struct build *b, struct span span, bool locked, enum block_kind kind,
		 struct ast_word name)
{
	struct ast_decl *d = build_open(b, AST_BLOCK, tail_of(kind), span, name);
	d->locked = locked;
	d->block = kind;
	d->body.span = span;
}

/* After a syntax error the clauses are read on behind an empty head: it takes nothing back. */
void build_of(struct build *b, struct span span, struct ast_word of, struct ast_word title)
{
	if (of.span.len)
		b->inner->of = of;
	build_head(b, span, title.span.len ? title : b->inner->title);
	b->inner->span = build_join(b->inner->span, span);
}

void build_replace(struct build *b, struct span span, enum block_kind kind, struct ast_word name)
{
	struct ast_decl *d = build_open(b, AST_REPLACE, tail_of(kind), span, name);
	struct ast_decl *anew = arena_alloc(b->arena, sizeof(*anew));
	d->block = kind;
	anew->kind = AST_BLOCK;
	anew->span = anew->body.span = span;
	anew->name = name;
	anew->block = kind;
	anew->effective = DAY_NONE;
	anew->from = DAY_MIN;
	d->replacement = anew;
	b->inner = anew;
}

/* ---- clauses ---- */

static struct ast_section *open_section(struct build *b)
{
	return b->section ? b->section : &b->inner->body;
}

int64_t build_ordinal(struct ast_word word)
{
	static const char *const ordinals[] = {"first", "second",  "third",  "fourth", "fifth",
					       "sixth", "seventh", "eighth", "ninth",  "tenth"};
	for (size_t i = 0; i < sizeof(ordinals) / sizeof(ordinals[0]); i++)
		if (str_eq(word.s, str_from(ordinals[i])))
			return (int64_t)i + 1;
	return 0;
}

struct ast_trigger *build_new_trigger(struct build *b, struct span span, int64_t ordinal,
				      struct ast_word *events, struct ast_period within,
				      struct ast_expr *when)
{
	struct ast_trigger *t = arena_alloc(b->arena, sizeof(*t));
	t->span = span;
	t->ordinal = ordinal;
	t->events = words_turn(events);
	t->within = within;
	t->when = when;
	return t;
}

void build_trigger(struct build *b, struct span span, struct ast_trigger *trigger)
{
	trigger->span = span;
	BUILD_PUSH(open_section(b)->triggers, trigger);
	attached(b, span);
}

void build_absence(struct build *b, struct span span, struct ast_word event,
		   struct ast_period within)
{
	if (!belongs(b, span, IN(BLOCK_ESCALATION) | IN(BLOCK_STAGES), "when no",
		     "deadlines of this kind belong to a step of an escalation, or to a stage"))
		return;
	struct ast_trigger *t =
	    build_new_trigger(b, span, 0, word_add(b, NULL, event), within, NULL);
	t->absence = true;
	BUILD_PUSH(open_section(b)->triggers, t);
}

static struct ast_section *new_section(struct build *b, struct span span)
{
	struct ast_section *s = arena_alloc(b->arena, sizeof(*s));
	s->span = span;
	BUILD_PUSH(b->inner->sections, s);
	b->section = s;
	return s;
}

void build_step(struct build *b, struct span span, enum block_kind kind, struct ast_word name,
		struct ast_word *after)
{
	bool stage = kind == BLOCK_STAGES;
	if (!belongs(b, span, IN(kind), stage ? "stage" : "step",
		     stage ? "stages belong to `stages NAME`; an escalation has steps"
			   : "steps belong to an escalation; `stages NAME` has stages"))
		return;
	struct ast_section *s = new_section(b, span);
	s->stage = stage;
	s->name = name;
	s->after = after;
}

void build_tier(struct build *b, struct span span, struct span number, struct ast_expr *when)
{
	if (!belongs(b, span, IN(BLOCK_FINE), "tier", "tiers belong to a fine"))
		return;
	struct ast_section *s = new_section(b, span);
	s->name = (struct ast_word){.s = {b->text.p + number.off, number.len}, .span = number};
	s->when = when;
}

void build_ends(struct build *b, struct span span, struct ast_trigger *trigger)
{
	trigger->span = span;
	if (belongs(b, span, IN(BLOCK_ESCALATION) | IN(BLOCK_STAGES), "ends on",
		    "only an escalation ends, or stages; a schedule has `stops on`"))
		BUILD_PUSH(b->inner->ends, trigger);
}

void build_said(struct build *b, struct span span, enum block_kind kind, const char *clause)
{
	if (!belongs(b, span, IN(kind), clause,
		     kind == BLOCK_FINE
			 ? "it says that no tier needs to apply, and belongs to a fine"
			 : "it belongs to an escalation; elsewhere a case may stay where it is, so "
			   "leave it out"))
		return;
	if (b->inner->said.len) {
		struct diag *d =
		    build_error(b, W_TWICE, span, "`%s` stands here for the second time", clause);
		build_help(b, d, "remove one of them");
		return;
	}
	b->inner->said = span;
}

void build_stops(struct build *b, struct span span, struct ast_trigger *trigger)
{
	trigger->span = span;
	if (belongs(b, span, IN(BLOCK_SCHEDULE), "stops on",
		    "only a schedule stops; an escalation "
		    "has `ends on`"))
		BUILD_PUSH(b->inner->stops, trigger);
}

void build_holds(struct build *b, struct span span, struct ast_expr *cond)
{
	if (!belongs(b, span, IN(BLOCK_SCHEDULE), "holds while",
		     "only the payments of a schedule can "
		     "be held"))
		return;
	if (b->inner->holds) {
		struct diag *d =
		    build_error(b, W_TWICE, span, "`holds while` stands here for the second time");
		build_help(b, d, "join the two conditions with `or`");
		return;
	}
	b->inner->holds = cond;
}

bool build_limit_unit(struct ast_limit *limit, struct str per)
{
	static const struct {
		const char *name;
		enum unit unit;
	} units[] = {
	    {"day", UNIT_DAYS}, {"week", UNIT_WEEKS}, {"month", UNIT_MONTHS}, {"year", UNIT_YEARS}};
	limit->per_case = str_eq(per, STR("case"));
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!str_eq(per, str_from(units[i].name)))
			continue;
		limit->per = units[i].unit;
		return true;
	}
	return limit->per_case;
}

void build_limit(struct build *b, struct span span, struct ast_expr *most, struct ast_word per)
{
	if (!belongs(b, span, IN(BLOCK_STIPEND), "at most", "limits belong to a stipend"))
		return;
	struct ast_limit *limit = arena_alloc(b->arena, sizeof(*limit));
	limit->span = span;
	limit->most = most;
	if (!build_limit_unit(limit, per.s)) {
		static const struct str units[] = {STR_INIT("day"), STR_INIT("week"),
						   STR_INIT("month"), STR_INIT("year"),
						   STR_INIT("case")};
		asking_offer(b, per.s, units, sizeof(units) / sizeof(*units));
		struct diag *d =
		    build_error(b, W_LIMIT_PER, per.span, "a limit cannot count per `" STR_FMT "`",
				STR_ARG(per.s));
		build_help(b, d,
			   "write `per day`, `per week`, `per month`, `per year` or "
			   "`per case`");
		return;
	}
	BUILD_PUSH(b->inner->limits, limit);
}

void build_move(struct build *b, struct span span, enum block_kind kind, struct ast_word from,
		struct ast_word to)
{
	bool stage = kind == BLOCK_STAGES;
	if (!belongs(b, span, IN(kind), stage ? "move stage" : "move step",
		     stage ? "stages belong to `stages NAME`; an escalation has `move step`"
			   : "steps belong to an escalation; `stages NAME` has `move stage`"))
		return;
	struct ast_move *m = arena_alloc(b->arena, sizeof(*m));
	m->span = span;
	m->stage = stage;
	m->from = from;
	m->to = to;
	BUILD_PUSH(b->inner->moves, m);
}

void build_also_running(struct build *b, struct span span)
{
	if (!belongs(b, span, IN(BLOCK_SCHEDULE), "also for running schedules",
		     "only the payments of a schedule go on over time"))
		return;
	if (b->inner->also_running.len) {
		struct diag *d = build_error(b, W_TWICE, span, "this stands here already");
		build_help(b, d, "keep one of the two lines");
		return;
	}
	b->inner->also_running = span;
}

void build_overrides(struct build *b, struct span span, struct ast_word *backwards,
		     struct ast_expr *when)
{
	struct ast_decl *d = b->inner;
	attached(b, span);
	if (d->overrides) {
		struct diag *g =
		    build_error(b, W_TWICE, span, "`overrides` stands here for the second time");
		build_help(b, g, "name all blocks in one `overrides`, with commas between them");
		return;
	}
	d->overrides = words_turn(backwards);
	d->overrides_when = when;
	d->overrides_span = span;
}

void build_action(struct build *b, struct ast_action *action)
{
	BUILD_PUSH(open_section(b)->actions, action);
	attached(b, action->span);
}
