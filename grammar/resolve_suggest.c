/* SPDX-License-Identifier: Apache-2.0
 *
 * Help for a name that is not found: the nearest one of the kind that was wanted, or what the name
 * is instead.
 */
#include "grammar/resolve.h"

#include "engine/base/limits.h"

void suggest_init(const struct book *b, struct suggestion *s, struct str wanted)
{
	*s = (struct suggestion){.wanted = wanted};
	if (b->names && b->names->asked && str_eq(wanted, ASKED_WORD))
		s->asked = b->names->asked;
	s->distance =
	    wanted.len / 3 > 2 ? wanted.len / 3 + 1 : 3; /* best must be nearer than this */
	if (wanted.len < 3)
		s->distance = 2; /* else every short name is near */
	if (b->diags->errors > LIMIT_DIAGNOSTICS)
		s->distance = 0; /* it will not be shown */
}

/* `alameda` for `alameda_county`, and the other way round. */
static bool begins_with_parts(struct str longer, struct str shorter)
{
	return shorter.len >= 3 && longer.len > shorter.len && longer.p[shorter.len] == '_' &&
	       str_starts(longer, shorter);
}

void suggest_try(struct suggestion *s, struct str candidate)
{
	if (s->asked)
		*vec_push(&s->asked->names) = candidate;
	if (s->distance == 0)
		return;
	if (s->distance > 2 &&
	    (begins_with_parts(s->wanted, candidate) || begins_with_parts(candidate, s->wanted))) {
		s->best = candidate;
		s->distance = 2;
		return;
	}
	size_t d = str_distance(s->wanted, candidate, s->distance - 1);
	if (d < s->distance) {
		s->best = candidate;
		s->distance = d;
	}
}

static bool is_choice(const struct book *b, struct str name)
{
	for (size_t i = 0; i < b->choices.n; i++)
		for (uint16_t j = 0; j < b->choices.at[i].n; j++)
			if (str_eq(b->choices.at[i].names[j], name))
				return true;
	return false;
}

static bool is_slot(const struct decl_list *list, struct str name, struct str *whose)
{
	for (size_t i = 0; i < list->n; i++)
		for (const struct ast_slot *s = list->at[i]->slots; s; s = s->next)
			if (str_eq(s->name.s, name)) {
				*whose = list->at[i]->name.s;
				return true;
			}
	return false;
}

bool suggest_field(const struct book *b, struct str name, struct str *event)
{
	return is_slot(&b->events, name, event);
}

static const char *block_sort(const struct book *b, struct str name)
{
	for (size_t i = 0; i < b->programs.n; i++) {
		if (map_get(&b->programs.at[i].params, name) != MAP_NONE)
			return "a parameter";
		uint32_t at = map_get(&b->programs.at[i].blocks, name);
		if (at == MAP_NONE)
			continue;
		const struct ast_decl *d = b->bodies.at[at].decl;
		return d->block == BLOCK_ALWAYS       ? "an always"
		       : d->kind == AST_NEVER         ? "a never"
		       : d->block == BLOCK_SCHEDULE   ? "a schedule"
		       : d->block == BLOCK_ESCALATION ? "an escalation"
		       : d->block == BLOCK_STAGES     ? "a block of stages"
		       : d->block == BLOCK_FINE       ? "a fine"
		       : d->block == BLOCK_STIPEND    ? "a stipend"
		       : d->block == BLOCK_TABLE      ? "a table"
		       : d->block == BLOCK_SHARE      ? "a share"
						      : "a rule";
	}
	return NULL;
}

/* What a name is, when it is anything at all. */
static const char *sort_of(const struct book *b, struct str name)
{
	const struct {
		const struct map *names;
		const char *sort;
	} sorts[] = {
	    {&b->rb->event_names, "an event"},
	    {&b->rb->kind_names, "a kind of case"},
	    {&b->party_names, "a party"},
	    {&b->requirement_names, "a requirement"},
	    {&b->order_names, "an action"},
	    {&b->fund_names, "a fund"},
	    {&b->capacity_names, "a capacity"},
	    {&b->shared_params, "a parameter"},
	    {&b->program_names, "a program"},
	    {&b->rb->county_names, "a county"},
	    {&b->line_names, "a line that is assessed"},
	};
	for (size_t i = 0; i < sizeof(sorts) / sizeof(*sorts); i++)
		if (map_get(sorts[i].names, name) != MAP_NONE)
			return sorts[i].sort;
	return block_sort(b, name);
}

/* What people write who know other languages. */
static const char *usual_name(struct str name)
{
	static const struct {
		struct str name;
		const char *instead;
	} usual[] = {
	    {STR_INIT("true"), "write `yes`"},
	    {STR_INIT("false"), "write `no`"},
	    {STR_INIT("count"), "write `count of EVENT`, such as `count of conviction`"},
	    {STR_INIT("number"), "write `count of EVENT`, such as `count of conviction`"},
	    {STR_INIT("balance"), "write `balance owed`"},
	    {STR_INIT("null"), "ask `is known` or `is unknown`"},
	    {STR_INIT("empty"), "ask `is known` or `is unknown`"},
	    {STR_INIT("blank"), "ask `is known` or `is unknown`"},
	    {STR_INIT("missing"), "ask `is known` or `is unknown`"},
	    {STR_INIT("one"), "write numbers in digits: 1"},
	    {STR_INIT("two"), "write numbers in digits: 2"},
	    {STR_INIT("three"), "write numbers in digits: 3"},
	    {STR_INIT("four"), "write numbers in digits: 4"},
	    {STR_INIT("five"), "write numbers in digits: 5"},
	    {STR_INIT("ten"), "write numbers in digits: 10"},
	    {STR_INIT("twelve"), "write numbers in digits: 12"},
	    {STR_INIT("eighteen"), "write numbers in digits: 18"},
	    {STR_INIT("twenty"), "write numbers in digits: 20"},
	    {STR_INIT("sixty"), "write numbers in digits: 60"},
	    {STR_INIT("once"), "write numbers in digits: 1"},
	    {STR_INIT("twice"), "write numbers in digits: 2"},
	};
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (str_eq(usual[i].name, name))
			return usual[i].instead;
	return NULL;
}

/* How it would be declared, where a line says it all: "declare it: `party NAME "…"`". */
static bool say_declaration(struct buf *out, const char *needed, struct str name)
{
	static const struct {
		const char *needed, *word, *rest;
	} ways[] = {
	    {"an event", "event", " of KIND"},
	    {"a party", "party", ""},
	    {"a requirement", "requirement", ""},
	    {"an action", "action", ""},
	    {"a fund", "fund", ""},
	};
	buf_c(out, "declare it");
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(ways[i].needed, needed) != 0)
			continue;
		buf_fmt(out, ": `%s " STR_FMT "%s \"…\"`", ways[i].word, STR_ARG(name),
			ways[i].rest);
		return true;
	}
	return false;
}

/* The name is that of something else, or of nothing. */
static void help_other(struct book *b, struct diag *d, const struct suggestion *s,
		       const char *needed)
{
	struct str whose = {0};
	struct buf h = {0}, declared = {0};
	const char *sort = sort_of(b, s->wanted);
	bool simple = say_declaration(&declared, needed, s->wanted), other = true;
	buf_fmt(&h, "`" STR_FMT "` is ", STR_ARG(s->wanted));
	if (sort)
		buf_c(&h, sort);
	else if (is_slot(&b->kinds, s->wanted, &whose))
		buf_fmt(&h, "a fact of `" STR_FMT "`", STR_ARG(whose));
	else if (is_slot(&b->events, s->wanted, &whose))
		buf_fmt(&h, "a field of the event `" STR_FMT "`", STR_ARG(whose));
	else if (!s->best.len && is_choice(b, s->wanted))
		buf_c(&h, "a choice of another list");
	else
		other = false;
	if (other)
		help(b, d, STR_FMT ", but %s is needed here%s" STR_FMT, STR_ARG(buf_view(&h)),
		     needed, simple ? "; " : "",
		     STR_ARG(simple ? buf_view(&declared) : (struct str){0}));
	else if (s->best.len)
		help(b, d, "did you mean `" STR_FMT "`?", STR_ARG(s->best));
	else
		help(b, d, "%s is needed here; check the spelling, or " STR_FMT, needed,
		     STR_ARG(buf_view(&declared)));
	buf_release(&h);
	buf_release(&declared);
}

void suggest_help(struct book *b, struct diag *d, const struct suggestion *s, const char *needed)
{
	const char *usual = usual_name(s->wanted);
	if (usual)
		help(b, d, "%s", usual);
	else if (s->best.len && s->distance <= 1)
		help(b, d, "did you mean `" STR_FMT "`?", STR_ARG(s->best));
	else
		help_other(b, d, s, needed);
}
