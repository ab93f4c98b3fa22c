/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/complete.h"

#include "grammar/parser.h"

static bool word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The word that holds the place or ends there. */
static struct span word_at(struct str text, uint32_t source, uint32_t off)
{
	uint32_t from = off, to = off;
	while (from > 0 && word_char(text.p[from - 1]))
		from--;
	while (to < text.len && word_char(text.p[to]))
		to++;
	return (struct span){source, from, to - from};
}

/* Compiles with ASKED_WORD in the place of `word`. */
static void ask(const struct source *sources, size_t n, const struct compile_env *env,
		struct span word, struct names *names, struct asked *asked)
{
	struct arena arena = {0};
	struct diag_list diags;
	struct compile_env with = *env;
	struct rulebook *rb = NULL;
	struct buf text = {0};
	struct str old = sources[word.source].text;
	size_t end = (size_t)word.off + word.len;
	struct source *changed = arena_array(&arena, n, sizeof(*changed));
	memcpy(changed, sources, n * sizeof(*changed));
	buf_bytes(&text, old.p, word.off);
	buf_str(&text, ASKED_WORD);
	buf_bytes(&text, old.p + end, old.len - end);
	changed[word.source].text = buf_view(&text);
	asked->source = word.source;
	names->asked = asked;
	with.names = names;
	diag_init(&diags, &arena);
	if (compile(changed, n, &with, &diags, &rb) == STATUS_OK)
		rulebook_unref(rb);
	diag_release(&diags);
	buf_release(&text);
	arena_release(&arena);
}

static void add(struct completion *c, struct candidate new)
{
	for (size_t i = 0; i < c->list.n; i++)
		if (str_eq(c->list.at[i].text, new.text))
			return;
	*vec_push(&c->list) = new;
}

static void add_names(struct completion *c, const struct names *names, struct span word)
{
	const struct asked *asked = names->asked;
	for (size_t i = 0; i < asked->names.n; i++) {
		struct str name = asked->names.at[i];
		struct span place = names_place(names->rb, name);
		if (!str_eq(name, ASKED_WORD))
			add(c, (struct candidate){
				   name, NULL, place.len ? names_decl(names, place) : NULL, word});
	}
}

/* The words of the language that begin as what is written does. */
static void add_words(struct completion *c, const struct asked *asked, struct span word,
		      struct str written)
{
	for (size_t i = 0; i < asked->tokens.n; i++)
		for (size_t k = 0; k < keyword_count(); k++) {
			const struct keyword *w = keyword_at(k);
			if (w->token == asked->tokens.at[i] &&
			    str_starts(str_from(w->text), written))
				add(c, (struct candidate){str_from(w->text), w, NULL, word});
		}
}

static void add_weekdays(struct completion *c, const struct asked *asked, struct span word)
{
	static const struct str days[] = {
	    STR_INIT("Monday"), STR_INIT("Tuesday"),  STR_INIT("Wednesday"), STR_INIT("Thursday"),
	    STR_INIT("Friday"), STR_INIT("Saturday"), STR_INIT("Sunday")};
	for (size_t i = 0; i < asked->tokens.n; i++)
		for (size_t d = 0; asked->tokens.at[i] == T_WEEKDAY && d < 7; d++)
			add(c, (struct candidate){days[d], NULL, NULL, word});
}

/* Where the words before the place begin a phrase, such as `at mo`: from there on. */
static struct span phrase_at(struct str text, struct span word, uint32_t off)
{
	struct span phrase = {word.source, word.off, 0};
	for (int words = 1; words < KEYWORD_PHRASE_WORDS; words++) {
		uint32_t to = phrase.off, from;
		while (to > 0 && text.p[to - 1] == ' ')
			to--;
		for (from = to; from > 0 && word_char(text.p[from - 1]);)
			from--;
		if (from == to || to == phrase.off)
			break;
		phrase.off = from;
		struct str written = {text.p + from, off - from};
		for (size_t k = 0; k < keyword_count(); k++)
			if (str_starts(str_from(keyword_at(k)->text), written))
				phrase.len = word.off + word.len - from;
		if (phrase.len)
			return phrase;
	}
	return (struct span){0};
}

void complete(const struct source *sources, size_t n, const struct compile_env *env,
	      uint32_t source, uint32_t off, struct completion *out)
{
	struct str text = sources[source].text;
	struct span word = word_at(text, source, off), phrase = phrase_at(text, word, off);
	ask(sources, n, env, word, &out->names[0], &out->asked[0]);
	add_names(out, &out->names[0], word);
	if (phrase.len) {
		ask(sources, n, env, phrase, &out->names[1], &out->asked[1]);
		add_words(out, &out->asked[1], phrase,
			  (struct str){text.p + phrase.off, off - phrase.off});
	}
	add_words(out, &out->asked[0], word, STR(""));
	add_weekdays(out, &out->asked[0], word);
}

void completion_release(struct completion *c)
{
	for (size_t i = 0; i < 2; i++) {
		vec_release(&c->asked[i].names);
		vec_release(&c->asked[i].tokens);
		names_release(&c->names[i]);
	}
	vec_release(&c->list);
	*c = (struct completion){0};
}
