/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/asking.h"

#include "grammar/keywords.h"
#include "grammar/names.h"
#include "grammar/parser.h"

#define FILLERS_MOST 8 /* words to finish one clause with */

static bool expects(const struct expected_set *set, int token)
{
	for (int i = 0; i < set->n; i++)
		if (set->token[i] == token)
			return true;
	return false;
}

static bool is_asked(const struct token *t)
{
	return t->kind != T_TEXT && str_eq(t->text, ASKED_WORD);
}

/* A token that fits nowhere. */
static bool is_probe(const struct token *t)
{
	return t->kind == T_PARSER_UNDEF;
}

static size_t find(const struct build *b, bool (*is)(const struct token *))
{
	size_t i = 0;
	while (i < b->tokens.n && !is(&b->tokens.at[i]))
		i++;
	return i;
}

void asking_begin(struct build *b, struct asking *asking)
{
	size_t i = find(b, is_asked);
	if (i == b->tokens.n || b->tokens.at[i].kind != T_NAME)
		return;
	b->tokens.at[i].kind = T_PARSER_UNDEF;
	b->asking = asking;
}

/* `14 da`: a number, and behind it the word asked about, is going to be a length of time. */
static bool is_length(const struct build *b, size_t asked)
{
	return asked > 0 && asked < b->tokens.n && !b->tokens.at[asked].first &&
	       b->tokens.at[asked - 1].kind == T_NUMBER_LITERAL;
}

bool asking_here(const struct build *b)
{
	if (!b->asking || b->stop || b->asking->done)
		return false;
	const struct token *at = &b->tokens.at[b->error_at];
	size_t asked = find(b, is_asked);
	if (!b->asking->told && is_length(b, asked) && b->error_at + 1 == asked)
		return true;
	return is_probe(at) || (b->asking->told && asked < b->error_at &&
				b->error_at < find(b, is_probe) && syntax_clause_start(b) <= asked);
}

/* ---- the list of tokens ---- */

static void cut(struct build *b, size_t from, size_t to)
{
	memmove(b->tokens.at + from, b->tokens.at + to, (b->tokens.n - to) * sizeof(struct token));
	b->tokens.n -= to - from;
}

static void put(struct build *b, size_t i, struct token t)
{
	struct token *at = arena_array(b->arena, b->tokens.n + 1, sizeof(*at));
	memcpy(at, b->tokens.at, i * sizeof(*at));
	at[i] = t;
	memcpy(at + i + 1, b->tokens.at + i, (b->tokens.n - i) * sizeof(*at));
	b->tokens.at = at;
	b->tokens.n++;
}

/* A token that is not in the text, with the place of the one asked about. */
static struct token made(const struct build *b, int kind, struct str text)
{
	struct token t = {.kind = kind, .text = text, .n = 1};
	t.span = b->tokens.at[find(b, is_asked)].span;
	return t;
}

/* ---- words of the language ---- */

/* What would be expected after `word`, if it stood at i; or at i, when word is 0. */
static void try(struct build *b, size_t i, int word, struct expected_set *after)
{
	size_t from = syntax_clause_start(b), n = i - from;
	struct token *at = arena_array(b->arena, n + 3, sizeof(*at));
	struct asking asking = {.after = after};
	struct build t = *b;
	struct ast_file file = *b->file;
	struct ast_decl decl = b->decl ? *b->decl : (struct ast_decl){0};
	struct ast_decl inner = b->inner ? *b->inner : (struct ast_decl){0};
	memcpy(at, b->tokens.at + from, n * sizeof(*at));
	at[n] = at[n + 1] = made(b, T_PARSER_UNDEF, STR(""));
	if (word)
		at[n].kind = word;
	at[n + 2] = b->tokens.at[b->tokens.n - 1];
	t.tokens = (struct token_list){.at = at, .n = n + 3};
	t.at = 0;
	t.asking = &asking;
	t.quiet = true;
	t.file = &file;
	if (t.head)
		build_undo(&t);
	t.inner = t.inner == t.decl && t.decl ? &decl : t.inner ? &inner : NULL;
	t.decl = t.decl ? &decl : NULL;
	t.start = t.resume;
	parser_parse(&t);
}

static bool same_set(const struct expected_set *a, const struct expected_set *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++)
		if (a->token[i] != b->token[i])
			return false;
	return true;
}

static bool mostly_a_name(const struct keyword *k)
{
	return k->class != KEYWORD_RESERVED && !str_contains(str_from(k->text), STR(" "));
}

/* Nearly every word can be a name. Where a name can stand, such a word is offered only if what may
 * follow shows that it means something there. */
static bool means_something(struct build *b, size_t i, const struct keyword *k,
			    const struct expected_set *after_name)
{
	struct expected_set after = {0};
	if (!mostly_a_name(k))
		return true;
	try(b, i, k->token, &after);
	return !same_set(&after, after_name);
}

/* In the middle of a line, what begins a new clause is not what somebody is about to write. */
static bool begins_another(const struct token *at, const struct keyword *k,
			   const struct expected_set *expected)
{
	return !at->first && expects(expected, T_END) &&
	       (k->class == KEYWORD_BLOCK || k->class == KEYWORD_CLAUSE);
}

void asking_offer(const struct build *b, struct str word, const struct str *words, size_t n)
{
	for (size_t i = 0; b->asking && str_eq(word, ASKED_WORD) && i < n; i++)
		*vec_push(&b->asking->asked->names) = words[i];
}

static void offer_units(const struct build *b)
{
	static const struct str units[] = {STR_INIT("days"),  STR_INIT("business days"),
					   STR_INIT("weeks"), STR_INIT("months"),
					   STR_INIT("years"), STR_INIT("minutes")};
	asking_offer(b, ASKED_WORD, units, sizeof(units) / sizeof(*units));
}

static void tell(struct build *b, size_t i, const struct expected_set *expected)
{
	struct expected_set at_number = {0};
	if (is_length(b, i))
		try(b, i - 1, 0, &at_number);
	if (expects(&at_number, T_PERIOD_LITERAL))
		offer_units(b);
	struct expected_set after_name = {0};
	bool name = expects(expected, T_NAME);
	if (name)
		try(b, i, T_NAME, &after_name);
	for (int k = 0; k < expected->n; k++) {
		const struct keyword *word = keyword_of_token(expected->token[k]);
		if (word && (begins_another(&b->tokens.at[i], word, expected) ||
			     (name && !means_something(b, i, word, &after_name))))
			continue;
		*vec_push(&b->asking->asked->tokens) = expected->token[k];
	}
}

/* ---- finishing the clause ---- */

static const struct {
	int kind;
	const char *text;
} fillers[] = {
    {')', ")"},
    {T_TO, "to"},
    {T_AND, "and"},
    {T_IS, "is"},
    {T_AT, "at"},
    {T_WITHIN, "within"},
    {T_PER, "per"},
    {T_IN, "in"},
    {T_OF, "of"},
    {T_WHEN, "when"},
    {T_NUMBER_LITERAL, "1"},
    {T_PERIOD_LITERAL, "1 day"},
    {T_YES, "yes"},
    {T_MONEY_LITERAL, "$1"},
    {T_DATE_LITERAL, "1970-01-02"},
    {T_TEXT, "-"},
    {T_NAME, "-"},
};

/* The probe at i says what the clause still needs before the next line. */
static void finish(struct build *b, size_t i, const struct expected_set *expected)
{
	size_t k = 0, n = sizeof(fillers) / sizeof(*fillers);
	while (k < n && !expects(expected, fillers[k].kind))
		k++;
	if (expects(expected, T_END) || k == n || b->asking->filled++ == FILLERS_MOST) {
		cut(b, i, i + 1);
		b->asking->done = true;
		return;
	}
	put(b, i, made(b, fillers[k].kind, str_from(fillers[k].text)));
}

static size_t next_line(const struct build *b, size_t i)
{
	for (i++; i + 1 < b->tokens.n && !b->tokens.at[i].first;)
		i++;
	return i;
}

bool asking_answer(struct build *b, const struct expected_set *expected)
{
	struct asking *asking = b->asking;
	if (asking->after) {
		*asking->after = *expected;
		return true;
	}
	size_t i = find(b, is_asked), at = b->error_at;
	if (at < i) { /* a number that only a length of time can follow */
		asking->told = asking->done = expects(expected, T_PERIOD_LITERAL);
		if (asking->done)
			offer_units(b);
		return false;
	}
	b->patched = true;
	if (at == i) {
		tell(b, i, expected);
		asking->told = true;
		asking->done = !expects(expected, T_NAME);
		if (asking->done)
			cut(b, i, i + 1);
		else
			b->tokens.at[i].kind = T_NAME;
		if (!asking->done)
			put(b, next_line(b, i), made(b, T_PARSER_UNDEF, STR("")));
	} else if (is_probe(&b->tokens.at[at])) {
		finish(b, at, expected);
	} else { /* the rest of the line does not fit: read as if it were not there yet */
		cut(b, i + 1, find(b, is_probe));
	}
	return true;
}
