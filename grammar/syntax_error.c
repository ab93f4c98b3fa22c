/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/syntax_error.h"

#include "engine/base/limits.h"
#include "grammar/codes.h"
#include "grammar/parser.h"
#include "grammar/syntax_habits.h"
#include "grammar/syntax_slips.h"

/* ---- reading the situation ---- */

static uint32_t span_stop(struct span span)
{
	return span.off + span.len;
}

/* A word that begins a clause, a line of a scenario or a block, standing first on its line. */
static bool begins_clause(const struct token *t)
{
	const struct keyword *k = token_keyword(t);
	if (!t->first)
		return false;
	if (t->kind == T_ON || t->kind == T_MAY || t->kind == T_LABEL || t->kind == T_ROW)
		return true;
	return k && (k->class == KEYWORD_BLOCK || k->class == KEYWORD_CLAUSE);
}

static bool is_block_word(const struct token *t)
{
	const struct keyword *k = token_keyword(t);
	return k && k->class == KEYWORD_BLOCK && t->kind != T_GIVEN && t->kind != T_EXPECT;
}

bool syntax_begins_block(const struct build *b, size_t i)
{
	const struct token *t = &b->tokens.at[i];
	if (!t->first || !is_block_word(t) || i + 1 >= b->tokens.n)
		return false;
	const struct token *next = t + 1;
	switch (t->kind) {
	case T_LOCKED:
	case T_TODO:
	case T_CHANGE:
	case T_REPLACE:
	case T_DROP:
		return is_block_word(next);
	case T_TIMEZONE:
	case T_SCENARIO:
		return next->kind == T_TEXT;
	case T_NEVER:
		return token_is_word(next);
	default:
		return token_is_word(next) || next->kind == T_TEXT ||
		       next->kind == T_NUMBER_LITERAL;
	}
}

size_t syntax_clause_start(const struct build *b)
{
	size_t i = b->error_at;
	while (i > 0 && b->tokens.at[i - 1].span.off >= b->done && b->tokens.at[i - 1].span.len)
		i--;
	return i;
}

/* A clause word at the beginning of a line that was taken for a name, because the clause before it
 * is not finished: the error is there, so many tokens before where the parser saw it. */
static size_t swallowed(const struct scene *s)
{
	const struct token *at = s->b->tokens.at;
	/* `…, minutes 60,` and `expect pay` in the next line, taken for a field and its value */
	if (s->at >= s->start + 3 && at[s->at - 3].kind == ',' && begins_clause(&at[s->at - 2]))
		return 2;
	return s->at > s->start && begins_clause(&at[s->at - 1]) && s->at - 1 > s->start &&
	       token_is_word(&at[s->at - 1]);
}

static struct scene look(struct build *b, const struct expected_set *expected)
{
	struct scene s = {.b = b, .expected = expected, .at = b->error_at};
	s.start = syntax_clause_start(b);
	size_t back = swallowed(&s);
	s.at -= back;
	b->error_at = s.at;
	s.swallowed = back > 0;
	s.found = &b->tokens.at[s.at];
	s.before = s.at > s.start ? s.found - 1 : NULL;
	return s;
}

/* ---- misspelt words ---- */

static size_t allowed_distance(size_t len)
{
	return len <= 2 ? 0 : len <= 4 ? 1 : 2;
}

static const struct keyword *nearest(const struct scene *s, struct str text)
{
	const struct keyword *best = NULL;
	size_t least = allowed_distance(text.len) + 1;
	for (int i = 0; i < s->expected->n; i++) {
		const struct keyword *k = keyword_of_token(s->expected->token[i]);
		if (!k)
			continue;
		size_t d = str_distance(text, str_from(k->text), least);
		if (d < least) {
			least = d;
			best = k;
		}
	}
	return best;
}

static void complain_misspelt(const struct scene *s, struct span span, struct str text,
			      const struct keyword *k)
{
	struct diag *d =
	    build_error(s->b, W_MISSPELT, span, "`" STR_FMT "` is not a word that can stand here",
			STR_ARG(text));
	build_help(s->b, d, "did you mean `%s`?", k->text);
}

static bool close_to(struct str text, struct str word, size_t *distance)
{
	size_t most = allowed_distance(text.len), d = str_distance(text, word, most);
	*distance += d;
	return d <= most;
}

/* Whether two words are a phrase of two words, one of them misspelt. */
static bool close_to_phrase(struct str a, struct str c, const struct keyword *k)
{
	struct str phrase = str_from(k->text);
	size_t gap = 0, distance = 0;
	while (gap < phrase.len && phrase.p[gap] != ' ')
		gap++;
	if (gap == phrase.len)
		return false;
	return close_to(a, (struct str){phrase.p, gap}, &distance) &&
	       close_to(c, (struct str){phrase.p + gap + 1, phrase.len - gap - 1}, &distance) &&
	       distance > 0;
}

/* `at mots` */
static bool misspelt_phrase(struct scene *s)
{
	const struct token *a = s->found, *c = s->found + 1;
	if (a->kind == T_END || a->kind == T_TEXT || c->kind == T_TEXT || c->first)
		return false;
	for (int i = 0; i < s->expected->n; i++) {
		const struct keyword *k = keyword_of_token(s->expected->token[i]);
		if (!k || !close_to_phrase(a->text, c->text, k))
			continue;
		struct span both = build_join(a->span, c->span);
		complain_misspelt(s, both, (struct str){s->b->text.p + both.off, both.len}, k);
		tokens_replace(s, s->at, 2, k->token, str_from(k->text));
		return true;
	}
	return false;
}

static bool misspelt(struct scene *s)
{
	if (misspelt_phrase(s))
		return true;
	if (s->found->kind != T_NAME)
		return false;
	const struct keyword *k = nearest(s, s->found->text);
	if (!k || str_contains(str_from(k->text), STR(" ")))
		return false;
	complain_misspelt(s, s->found->span, s->found->text, k);
	tokens_replace(s, s->at, 1, k->token, str_from(k->text));
	return true;
}

/* ---- particular mistakes; each returns true when it has said its piece ---- */

static bool unfinished(struct scene *s)
{
	if (!s->before || !(begins_clause(s->found) || s->found->kind == T_END ||
			    (s->found->first && s->found->kind == T_DATE_LITERAL)))
		return false;
	if (s->found->kind == T_ON && s->found[1].kind == T_DATE_LITERAL)
		return false; /* `on 2026-07-01`, in a scenario */
	struct buf what = {0}, next = {0};
	token_describe(&next, s->b, s->found);
	const char *want = scene_wanted(s);
	if (want)
		buf_c(&what, want);
	else if (scene_expects(s, ')'))
		buf_c(&what, "a closing parenthesis");
	else
		scene_list(&what, s);
	struct str text = {s->b->text.p + s->before->span.off, s->before->span.len};
	bool end = s->found->kind == T_END;
	struct diag *d =
	    build_error(s->b, W_UNFINISHED, s->before->span,
			"this clause breaks off after `" STR_FMT "`%s" STR_FMT "%s",
			(int)(text.len > 40 ? 40 : text.len), text.p, end ? ", at " : "; ",
			STR_ARG(buf_view(&next)), end ? "" : " begins the next one");
	build_help(s->b, d, "expected " STR_FMT, STR_ARG(buf_view(&what)));
	buf_release(&what);
	buf_release(&next);
	return true;
}

static bool reserved(struct scene *s)
{
	const struct keyword *k = token_keyword(s->found);
	bool phrase = k && str_contains(str_from(k->text), STR(" "));
	if (!k || !scene_expects(s, T_NAME) || (k->class != KEYWORD_RESERVED && !phrase))
		return false;
	const char *want = scene_wanted(s);
	if (want && !str_contains(str_from(want), STR("name")))
		return false; /* no name is called for */
	struct diag *d =
	    build_error(s->b, W_RESERVED_WORD, s->found->span,
			"`%s` is a word of the language and cannot be a name", k->text);
	if (phrase)
		build_help(s->b, d, "expected %s", want ? want : "a name");
	else
		build_help(s->b, d, "call it for example %s_%s%s%s", k->text,
			   k->token == T_WHEN ? "date" : "value", want ? "; expected here: " : "",
			   want ? want : "");
	return true;
}

static bool colon_missing(struct scene *s)
{
	bool line = !s->before || s->b->head;
	if (!line || s->b->resume != T_START_SLOTS || !token_is_word(s->found) || !s->found->first)
		return false;
	struct str name = s->found->text;
	struct diag *d = build_error(s->b, W_COLON_MISSING, s->found->span,
				     "a colon is missing after `" STR_FMT "`", STR_ARG(name));
	build_help(s->b, d, "write the name, a colon and the type: " STR_FMT " : number",
		   STR_ARG(name));
	return true;
}

static bool is_comparison(int kind)
{
	return kind == '<' || kind == '>' || kind == '=' || kind == T_LE || kind == T_GE ||
	       kind == T_IS;
}

static bool chained(struct scene *s)
{
	if (!is_comparison(s->found->kind) || !scene_expects(s, T_AND) || !s->before)
		return false;
	bool compared = false;
	for (size_t i = s->start; i < s->at; i++)
		compared |= is_comparison(s->b->tokens.at[i].kind);
	if (!compared)
		return false;
	struct diag *d = build_error(s->b, W_COMPARISON_CHAIN, s->found->span,
				     "a second comparison follows the first one directly");
	build_help(s->b, d, "join two comparisons with `and`: 12 < age and age < 18");
	return true;
}

static bool locked_before(struct scene *s)
{
	if (!s->before || s->before->kind != T_LOCKED)
		return false;
	struct buf found = {0};
	token_describe(&found, s->b, s->found);
	struct diag *d = build_error(s->b, W_LOCKED_NOT, s->found->span,
				     STR_FMT " cannot be locked", STR_ARG(buf_view(&found)));
	build_help(s->b, d, "only parameters (`amount` …) and blocks (`rule`, `never` …) can");
	buf_release(&found);
	return true;
}

/* What people write who know other languages, or plain English. */
static const struct {
	const char *word, *hint;
} habits[] = {
    {"if", "write `on EVENT when CONDITION`, and the actions below it"},
    {"then", "leave it out: the actions follow on lines of their own"},
    {"else", "write a second block, or a tier, with the opposite condition"},
    {"unless", "write `when not` and the condition"},
    {"when", "a condition stands behind its event: `on EVENT when CONDITION`; two conditions are "
	     "joined by `and`"},
    {"has", "how often something happened is asked as in `count of conviction >= 3`"},
    {"have", "how often something happened is asked as in `count of conviction >= 3`"},
    {"send", "write `notify PARTY` and the message in double quotes"},
    {"dollars", "write an amount with a dollar sign, such as $100"},
    {"dollar", "write an amount with a dollar sign, such as $1"},
    {"percent", "write a percentage with its sign, such as 7.5%"},
    {"must", "write `require NAME within PERIOD`"},
    {"shall", "write `require NAME within PERIOD`"},
    {"instalments", "say how often, as in 12 weekly instalments"},
    {"installments", "say how often, as in 12 weekly instalments"},
    {"=", "write `is`"},
};

static bool minus_sign(const struct scene *s)
{
	const struct token *next = s->found + 1;
	return s->found->kind == '-' &&
	       (next->kind == T_MONEY_LITERAL || next->kind == T_NUMBER_LITERAL ||
		next->kind == T_PERCENT_LITERAL || next->kind == T_PERIOD_LITERAL);
}

static bool clause_begins_with(const struct scene *s, int kind)
{
	return s->before && s->b->tokens.at[s->start].kind == kind;
}

static const char *cell_hint(int kind, int before)
{
	if ((kind == '|' || kind == T_ROW_END) && (before == '|' || before == T_ROW))
		return "this cell is empty; write `any` where the value does not matter";
	switch (kind) {
	case '<':
		return "write `under` and the value";
	case '>':
		return "write `over` and the value";
	case T_GE:
		return "write the value and `or more`";
	case T_LE:
		return "write the value and `or less`";
	case ',':
		return "write `or` between values";
	default:
		return NULL;
	}
}

/* What is meant by a sign, or by a word of the language in a strange place. */
static const char *sign_hint(const struct scene *s)
{
	int kind = s->found->kind, before = s->before ? s->before->kind : 0;
	if (s->b->resume == T_START_TABLE && cell_hint(kind, before))
		return cell_hint(kind, before);
	if (kind == ',' && s->b->resume == T_START_SCENARIO)
		return "write a line with `expect` for each outcome";
	if (kind == ',' && s->b->resume == T_START_SLOTS)
		return "leave the comma out";
	if (kind == ',' && clause_begins_with(s, T_ON))
		return "write `or` between events: any of them sets the block off";
	if (kind == ',' && (clause_begins_with(s, T_STEP) || clause_begins_with(s, T_STAGE)))
		return "write `or` between them: the case may come from any of them";
	if (kind == ',' && s->b->resume == T_START_BLOCK)
		return "write a clause of its own for each of them";
	if (kind == T_WAITLIST_FOR && s->b->resume == T_START_BLOCK)
		return "write `enrol in`: when all places are taken, the case waits for one";
	if (before == T_EVERY && clause_begins_with(s, T_MEETS))
		return "write `weekly on Thursday`, `monthly on first Thursday`, or `every 2 weeks "
		       "from` the day of a meeting";
	if (kind == T_AND && clause_begins_with(s, T_ON))
		return "events are joined by `or`, for no two happen at once; that another one has "
		       "happened before is a condition: `when count of EVENT >= 1`";
	if (kind == T_ON && s->found[1].kind == T_DATE_LITERAL)
		return "leave it out: the line begins with its date";
	if (kind == ':')
		return "leave the colon out";
	if (is_comparison(kind) && (before == T_AND || before == T_OR || before == T_NOT))
		return "say again what is compared, as in `age > 12 and age < 18`";
	if (kind == T_OF && before == T_PERIOD_LITERAL)
		return "leave out what follows: the time counts from the event of the block";
	if (kind == T_MONEY_LITERAL && before == T_FINE)
		return "a block `fine NAME` comes here; an amount that is owed is written `assess "
		       "$50 as LINE`";
	if (kind == T_AND && s->b->resume == T_START_SCENARIO)
		return "write a comma between fields, and a line with `expect` for each outcome";
	if (kind == '=' && clause_begins_with(s, T_SET))
		return "write `to`, as in `set housed to yes`";
	if (kind == T_DUE && s->found[1].kind == T_ON)
		return "what is due is counted from the event, as in `due within 30 days`";
	if (before == T_NEVER || before == T_ALWAYS)
		return "name the action first, as in `never order arrest for survivor`";
	if (kind == T_OF && s->b->resume == T_START_NEVER)
		return "write `for KIND`, such as `for survivor`";
	if (kind == T_FOR && s->b->resume == T_START_SCENARIO)
		return "write `of NAME` to say whose event it is";
	if (kind == T_NUMBER_LITERAL && before == T_STEP)
		return "a step has a name, such as `step diversion`";
	if (kind == T_NUMBER_LITERAL && before == T_STAGE)
		return "a stage has a name, such as `stage thriver`";
	if (kind == T_NUMBER_LITERAL && s->found[1].kind == T_TIMES)
		return "write `for` before it";
	if (kind == T_AND && (clause_begins_with(s, T_PAY) || clause_begins_with(s, T_ASSESS)))
		return "the smaller of two amounts is `lesser of A and B`, the larger `greater of "
		       "A "
		       "and B`; two actions are two lines";
	if (kind == '=' && s->b->resume == T_START_SCENARIO)
		return "leave it out: `with minutes 60`";
	if (kind == '/' && s->b->resume == T_START_SLOTS)
		return "the type for that is `yes/no`";
	return NULL;
}

/* A piece of advice for a habit that shows; false when there is none. */
static bool advise(const struct scene *s, struct diag *d)
{
	if (minus_sign(s)) {
		build_help(s->b, d,
			   "amounts and numbers have no sign; a difference stands between "
			   "two of them");
		return true;
	}
	if (s->found->kind == T_TEXT && s->at > 0 && s->found[-1].kind == T_TEXT) {
		build_help(s->b, d, "one text stands here; join the two");
		return true;
	}
	if (s->b->resume == T_START_CAPACITY && s->found->kind != T_IS) {
		build_help(s->b, d,
			   "it is written `capacity NAME of KIND \"title\" is 100 places`");
		return true;
	}
	const char *hint = sign_hint(s);
	if (hint) {
		build_help(s->b, d, "%s", hint);
		return true;
	}
	struct str text = {s->b->text.p + s->found->span.off, s->found->span.len};
	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		if (!str_eq(text, str_from(habits[i].word)))
			continue;
		build_help(s->b, d, "%s", habits[i].hint);
		return true;
	}
	return false;
}

static void generic(struct scene *s)
{
	struct buf found = {0}, want = {0};
	token_describe(&found, s->b, s->found);
	const char *phrase = s->before ? scene_wanted(s) : scene_wanted_in_body(s->b->resume);
	if (!phrase && s->b->head && s->found->first)
		phrase = scene_wanted_in_body(s->b->resume);
	if (phrase)
		buf_c(&want, phrase);
	else
		scene_list(&want, s);
	struct diag *d = build_error(s->b, W_SYNTAX, s->found->span, STR_FMT " cannot stand here",
				     STR_ARG(buf_view(&found)));
	if (!advise(s, d))
		build_help(s->b, d, "expected " STR_FMT, STR_ARG(buf_view(&want)));
	buf_release(&found);
	buf_release(&want);
}

/* The scanner has had its say about this very place: nothing is gained by a second message. */
static bool told_already(const struct build *b, struct span span)
{
	for (size_t i = 0; i < b->diags->n; i++) {
		struct span told = b->diags->at[i].span;
		if (told.source == span.source && told.off <= span_stop(span) &&
		    span.off <= span_stop(told) && b->diags->at[i].severity == SEVERITY_ERROR)
			return true;
	}
	return false;
}

/* The block whose error was told is over when another one begins in front of the error. */
static bool still_quiet(const struct build *b)
{
	if (!b->quiet)
		return false;
	for (size_t i = syntax_clause_start(b); i <= b->error_at; i++)
		if (syntax_begins_block(b, i))
			return false;
	return true;
}

/* A file that is no policy at all has an error on every line; finding the best words for each of
 * them would take long, and nobody would read them. Nor does what follows from an error already
 * told need any. */
bool syntax_error_only_counted(struct build *b)
{
	if (b->stop)
		return true;
	b->quiet = still_quiet(b);
	if (b->diags->n >= LIMIT_DIAGNOSTICS) {
		build_error(b, W_SYNTAX, b->tokens.at[b->error_at].span, "this cannot stand here");
		return true;
	}
	if (b->quiet)
		look(b, NULL); /* reading goes on from there */
	return b->quiet;
}

void syntax_error(struct build *b, const struct expected_set *expected)
{
	struct scene s = look(b, expected);
	if (told_already(b, s.found->span) || (s.before && told_already(b, s.before->span))) {
		if (!habit_name_quietly(&s) && b->decl)
			b->decl->broken = b->inner->broken = true;
		return;
	}
	if (syntax_slip(&s) || habit_verb(&s) || unfinished(&s) || habit_wording(&s) ||
	    misspelt(&s) || reserved(&s) || chained(&s) || colon_missing(&s) || locked_before(&s) ||
	    habit_name(&s))
		return;
	generic(&s);
}

void syntax_error_depth(struct build *b, struct span where)
{
	if (b->quiet || b->stop)
		return;
	struct diag *d = build_error(b, W_NESTING, where, "this is nested too deeply");
	build_help(b, d, "split the condition over several blocks");
}
