/* SPDX-License-Identifier: Apache-2.0
 *
 * Slips of people who write their first policy: a word left out, a sign of lists or of everyday
 * English, things in another order. Each is known by the words around it and told in them.
 */
#include "grammar/syntax_slips.h"

#include "grammar/codes.h"
#include "grammar/lexer.h"
#include "grammar/parser.h"
#include "grammar/syntax_habits.h"

#define NOTHING 0 /* in place of words that are left out */

static struct str text_of(const struct scene *s, const struct token *t)
{
	return (struct str){s->b->text.p + t->span.off, t->span.len};
}

static const struct token *token_at(const struct scene *s, size_t i)
{
	return &s->b->tokens.at[i];
}

/* A token behind the one that does not fit; the end of the file when there are none so far. */
static const struct token *ahead(const struct scene *s, size_t n)
{
	size_t last = s->b->tokens.n - 1;
	return token_at(s, s->at + n < last ? s->at + n : last);
}

/* The word with which the open clause begins. */
static int clause_kind(const struct scene *s)
{
	return s->before ? token_at(s, s->start)->kind : NOTHING;
}

static int kind_before(const struct scene *s, size_t back)
{
	return s->at >= s->start + back ? token_at(s, s->at - back)->kind : NOTHING;
}

static bool is(const struct token *t, const char *word)
{
	return t->kind != T_TEXT && str_eq(t->text, str_from(word));
}

static bool is_sign(int kind)
{
	return kind == '<' || kind == '>' || kind == '=' || kind == T_LE || kind == T_GE ||
	       kind == T_IS;
}

static bool begins_line(const struct token *t)
{
	return t->first || t->kind == T_END;
}

static struct diag *say(const struct scene *s, int code, const struct token *from,
			const struct token *to, const char *what)
{
	return build_error(s->b, code, build_join(from->span, to->span), "%s", what);
}

/* ---- signs of lists, and words that are left out ---- */

/* How many tokens at the beginning of a line are a mark such as `1.`, `(a)` or `-`. */
static size_t list_mark(const struct scene *s)
{
	bool enclosed = s->found->kind == '(';
	const struct token *item = ahead(s, enclosed), *close = ahead(s, enclosed + 1u);
	if (s->found->kind == '-')
		return 1;
	if (item->kind != T_NUMBER_LITERAL && (!token_is_word(item) || item->text.len != 1))
		return 0;
	if (close->kind != ')' && (enclosed || close->kind != '.'))
		return 0;
	return enclosed ? 3 : 2;
}

/* `- pay $100`, taken for a difference with what the line before ended with. */
static bool marked_by_minus(struct scene *s)
{
	const struct token *verb = s->before, *mark = s->found - 2;
	const struct keyword *k = s->at >= 2 && verb ? token_keyword(verb) : NULL;
	if (!k || k->class != KEYWORD_CLAUSE || mark->kind != '-' || !mark->first || verb->first)
		return false;
	struct diag *d = say(s, W_WORDING, mark, mark, "clauses have no numbers or dashes");
	build_help(s->b, d, "leave it out: each clause begins with a word of its own, such as `%s`",
		   k->text);
	tokens_replace(s, s->at - 2, 1, NOTHING, STR(""));
	return true;
}

static bool marked_item(struct scene *s)
{
	if (marked_by_minus(s))
		return true;
	size_t n = s->found->first ? list_mark(s) : 0;
	const struct keyword *k = n ? token_keyword(ahead(s, n)) : NULL;
	if (!n || ahead(s, n)->first ||
	    !(ahead(s, n)->kind == T_ON || ahead(s, n)->kind == T_MAY ||
	      (k && k->class != KEYWORD_WORD)))
		return false;
	struct diag *d =
	    say(s, W_WORDING, s->found, ahead(s, n - 1), "clauses have no numbers or dashes");
	build_help(s->b, d, "leave it out: each clause begins with a word of its own, such as `%s`",
		   k ? k->text : "on");
	tokens_replace(s, s->at, n, NOTHING, STR(""));
	return true;
}

/* `on every session_attended` */
static bool on_every(struct scene *s)
{
	static const char *const words[] = {"every", "each", "any", "all"};
	bool spare = false;
	for (size_t i = 0; s->before && i < sizeof(words) / sizeof(*words); i++)
		spare |= is(s->before, words[i]);
	int lead = kind_before(s, 2);
	if (!spare || !token_is_word(s->found) ||
	    !(lead == T_ON || lead == T_STOPS_ON || lead == T_ENDS_ON))
		return false;
	struct diag *d = say(s, W_WORDING, s->before, s->before, "`on` means each time");
	build_help(s->b, d, "leave `" STR_FMT "` out: write `on " STR_FMT "`",
		   STR_ARG(text_of(s, s->before)), STR_ARG(text_of(s, s->found)));
	tokens_replace(s, s->at - 1, 1, NOTHING, STR(""));
	return true;
}

/* `required`, behind a field */
static bool required_field(struct scene *s)
{
	if (s->b->resume != T_START_SLOTS || s->found->first ||
	    !(is(s->found, "required") || is(s->found, "mandatory")))
		return false;
	struct diag *d = say(s, W_WORDING, s->found, s->found, "a field must be sent in any case");
	build_help(s->b, d, "leave it out; what may be missing is `optional`");
	tokens_replace(s, s->at, 1, NOTHING, STR(""));
	return true;
}

/* `pay $100 per session` */
static bool per_event(struct scene *s)
{
	int verb = clause_kind(s);
	enum unit unit;
	bool weeks;
	if (unit_find(ahead(s, 1)->text, &unit, &weeks)) /* `per month` is `monthly` */
		return false;
	if (s->found->kind != T_PER || !token_is_word(ahead(s, 1)) ||
	    !(verb == T_PAY || verb == T_ASSESS))
		return false;
	struct diag *d =
	    say(s, W_WORDING, s->found, ahead(s, 1), "an action happens once for each event");
	build_help(s->b, d,
		   "leave it out; how often at most is a clause of a stipend, such as `at most 2 "
		   "per week`");
	tokens_replace(s, s->at, 2, NOTHING, STR(""));
	return true;
}

/* ---- words that are missing ---- */

/* `on session_attended minutes >= 60` */
static bool when_missing(struct scene *s)
{
	int next = ahead(s, 1)->kind;
	if (clause_kind(s) != T_ON || !token_is_word(s->found) || s->found->first ||
	    !scene_expects(s, T_WHEN) || !(is_sign(next) || next == '.'))
		return false;
	struct str head = text_of(s, token_at(s, s->start)), what = text_of(s, s->found);
	head.len = (size_t)(what.p - head.p);
	struct diag *d =
	    say(s, W_SYNTAX, s->found, s->found, "`when` is missing before the condition");
	build_help(s->b, d, "write `" STR_FMT "when " STR_FMT " …`", STR_ARG(head), STR_ARG(what));
	return true;
}

static bool from_missing(struct scene *s)
{
	if (s->found->kind != T_DATE_LITERAL || !s->before || s->found->first ||
	    !scene_expects(s, T_FROM))
		return false;
	struct diag *d = say(s, W_SYNTAX, s->found, s->found, "`from` is missing before the date");
	build_help(s->b, d, "write `from " STR_FMT "`", STR_ARG(text_of(s, s->found)));
	return true;
}

/* `2026-07-06 session_attended provider haven` */
static bool with_missing(struct scene *s)
{
	if (clause_kind(s) != T_DATE_LITERAL && clause_kind(s) != T_GIVEN)
		return false;
	if (!token_is_word(s->found) || s->found->first || !scene_expects(s, T_WITH) ||
	    scene_expects(s, T_NAME) || s->b->resume != T_START_SCENARIO)
		return false;
	struct diag *d =
	    say(s, W_SYNTAX, s->found, s->found, "`with` is missing before the values");
	build_help(s->b, d, "write `with " STR_FMT " VALUE`", STR_ARG(text_of(s, s->found)));
	return true;
}

/* `count conviction` */
static bool count_of(struct scene *s)
{
	if (!s->before || !is(s->before, "count") || !token_is_word(s->found) || s->found->first)
		return false;
	struct diag *d = say(s, W_WORDING, s->before, s->found, "`of` is missing");
	build_help(s->b, d, "write `count of " STR_FMT "`", STR_ARG(text_of(s, s->found)));
	tokens_replace(s, s->at - 1, 1, T_COUNT_OF, STR("count of"));
	return true;
}

/* `event signed_up`, and nothing else */
static bool event_of_whom(struct scene *s)
{
	if (!s->b->head || !s->b->decl || s->b->decl->kind != AST_EVENT ||
	    !scene_expects(s, T_OF) || !s->before || !begins_line(s->found))
		return false;
	struct diag *d =
	    say(s, W_UNFINISHED, s->before, s->before, "it is not said whose event this is");
	build_help(s->b, d, "add `of` and the kind of case: `event " STR_FMT " of survivor`",
		   STR_ARG(text_of(s, s->before)));
	return true;
}

/* `session_stipend is $100`, without `amount` */
static bool parameter_of_what_kind(struct scene *s)
{
	int next = ahead(s, 1)->kind, value = ahead(s, 2)->kind;
	if (!s->found->first || !token_is_word(s->found) || !(next == T_IS || next == '='))
		return false;
	if (s->b->resume == T_START_BLOCK || s->b->resume == T_START_SCENARIO)
		return false;
	const char *kind = value == T_MONEY_LITERAL     ? "amount"
			   : value == T_PERCENT_LITERAL ? "percent"
			   : value == T_PERIOD_LITERAL  ? "period"
			   : value == T_NUMBER_LITERAL  ? "number"
							: NULL;
	if (!kind)
		return false;
	struct diag *d =
	    say(s, W_SYNTAX, s->found, s->found, "it is not said what kind of figure this is");
	build_help(s->b, d, "write `%s " STR_FMT " is " STR_FMT "`", kind,
		   STR_ARG(text_of(s, s->found)), STR_ARG(text_of(s, ahead(s, 2))));
	return true;
}

static bool step_by_number(struct scene *s)
{
	if (s->found->kind != T_WHEN || !s->before || s->before->kind != T_TIER)
		return false;
	struct diag *d = say(s, W_SYNTAX, s->before, s->before, "this tier has no number");
	build_help(s->b, d, "number the tiers: `tier 1 when …`, `tier 2 when …`");
	return true;
}

/* ---- quotes ---- */

/* What a text would be called as a name: `Alameda County` is alameda_county. */
static void name_for(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 32);
		bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
		if (letter || (digit && out->len))
			buf_char(out, c);
		else if (out->len && out->p[out->len - 1] != '_')
			buf_char(out, '_');
	}
	while (out->len && out->p[out->len - 1] == '_')
		out->len--;
	if (!out->len)
		buf_c(out, "name");
}

static bool text_for_name(struct scene *s)
{
	if (s->found->kind != T_TEXT || !s->before || s->found->first)
		return false;
	bool given = clause_kind(s) == T_GIVEN && token_is_word(s->before);
	const struct keyword *k = token_keyword(s->before);
	if (!given && !(k && scene_expects(s, T_NAME)))
		return false;
	bool title = k && k->class == KEYWORD_BLOCK && s->before->first;
	struct buf name = {0};
	name_for(&name, s->found->text);
	struct diag *d = say(s, W_SYNTAX, s->found, s->found,
			     title ? "a name of one word comes before the title"
				   : "a name stands without quotes");
	struct str before = text_of(s, title ? s->before : token_at(s, s->start));
	if (title)
		build_help(s->b, d, "write for example `" STR_FMT " " STR_FMT " " STR_FMT "`",
			   STR_ARG(before), STR_ARG(buf_view(&name)),
			   STR_ARG(text_of(s, s->found)));
	else if (given)
		build_help(s->b, d, "write `given " STR_FMT " " STR_FMT "`",
			   STR_ARG(text_of(s, s->before)), STR_ARG(buf_view(&name)));
	else
		build_help(s->b, d,
			   "write the one word by which it is declared, such as `" STR_FMT "`",
			   STR_ARG(buf_view(&name)));
	buf_release(&name);
	return true;
}

/* `"They call it "care" here"` */
static bool quotes_in_text(struct scene *s)
{
	const struct token *text = s->at ? s->found - 1 : NULL;
	if (!text || text->kind != T_TEXT || begins_line(s->found) ||
	    text->span.off + text->span.len != s->found->span.off)
		return false;
	struct diag *d =
	    say(s, W_TEXT_OPEN, s->found, s->found, "the text before this word ended at the quote");
	build_help(s->b, d, "within a text write single quotes, as in '" STR_FMT "'",
		   STR_ARG(text_of(s, s->found)));
	return true;
}

/* ---- numbers and amounts ---- */

static bool is_amount_verb(int kind)
{
	return kind == T_PAY || kind == T_ASSESS || kind == T_CREDIT || kind == T_OWED;
}

/* `expect pay 100` */
static bool dollar_missing(struct scene *s)
{
	if (!s->before || s->before->kind != T_NUMBER_LITERAL ||
	    !is_amount_verb(kind_before(s, 2)) || s->before->n > INT64_MAX / 100)
		return false;
	struct diag *d = say(s, W_MONEY_SIGN, s->before, s->before, "an amount has a dollar sign");
	build_help(s->b, d, "write $" STR_FMT, STR_ARG(text_of(s, s->before)));
	tokens_replace(s, s->at - 1, 1, T_MONEY_LITERAL, s->before->text);
	s->b->tokens.at[s->at - 1].n *= 100;
	return true;
}

/* `expect $100` */
static bool amount_of_what(struct scene *s)
{
	if (s->found->kind != T_MONEY_LITERAL || !s->before || s->before->kind != T_EXPECT)
		return false;
	struct str amount = text_of(s, s->found);
	struct diag *d =
	    say(s, W_SYNTAX, s->found, s->found, "it is not said what happens with this amount");
	build_help(s->b, d,
		   "write `expect pay " STR_FMT "`, `expect assess " STR_FMT
		   " as LINE` or `expect owed " STR_FMT "`",
		   STR_ARG(amount), STR_ARG(amount), STR_ARG(amount));
	return true;
}

/* `pay survivor $100`, `pay up to $100` */
static bool amount_comes_first(struct scene *s)
{
	if (s->found->kind != T_MONEY_LITERAL || clause_kind(s) != T_PAY || !s->before)
		return false;
	struct str amount = text_of(s, s->found);
	bool ceiling = s->before->kind == T_TO && s->at >= 2 && is(s->found - 2, "up");
	if (!ceiling && (s->at != s->start + 2 || !token_is_word(s->before)))
		return false;
	struct diag *d =
	    say(s, W_SYNTAX, s->found, s->found,
		ceiling ? "`pay` pays an amount that is certain" : "the amount comes first");
	if (ceiling)
		build_help(s->b, d, "for a ceiling write `pay lesser of AMOUNT and " STR_FMT "`",
			   STR_ARG(amount));
	else
		build_help(s->b, d, "write `pay " STR_FMT " to " STR_FMT "`", STR_ARG(amount),
			   STR_ARG(text_of(s, s->before)));
	return true;
}

/* `within 14`, `for 12` */
static bool unit_missing(struct scene *s)
{
	const struct token *number = s->found->kind == T_NUMBER_LITERAL ? s->found : s->before;
	size_t i = (size_t)(number ? number - s->b->tokens.at : 0);
	if (!number || number->kind != T_NUMBER_LITERAL || i <= s->start)
		return false;
	int lead = token_at(s, i - 1)->kind;
	if (i + 1 < s->b->tokens.n && number[1].kind == '/')
		return false;
	bool deadline = lead == T_WITHIN || lead == T_DUE_WITHIN;
	bool lasts = lead == T_FOR && s->found != number && begins_line(s->found) &&
		     s->b->resume == T_START_BLOCK;
	if (!deadline && !lasts)
		return false;
	struct str n = text_of(s, number);
	struct diag *d =
	    say(s, W_SYNTAX, number, number, "it is not said of what there are so many");
	build_help(s->b, d,
		   deadline ? "write for example `" STR_FMT " days`, `" STR_FMT
			      " business days` or `" STR_FMT " weeks`"
			    : "write for example `" STR_FMT " months`, `" STR_FMT
			      " weeks` or `" STR_FMT " times`",
		   STR_ARG(n), STR_ARG(n), STR_ARG(n));
	return true;
}

/* ---- conditions ---- */

/* `housed and/or alone` */
static bool and_or(struct scene *s)
{
	if (s->found->kind != '/' || !s->before || s->before->kind != T_AND ||
	    ahead(s, 1)->kind != T_OR)
		return false;
	struct diag *d =
	    say(s, W_WORDING, s->before, ahead(s, 1), "`and/or` can be read in two ways");
	build_help(s->b, d,
		   "write `or` when one of them is enough, which allows both; `and` when both "
		   "are needed");
	tokens_replace(s, s->at - 1, 3, T_OR, STR("or"));
	return true;
}

/* `minutes > = 60` */
static bool sign_in_two(struct scene *s)
{
	int before = s->before ? s->before->kind : NOTHING;
	if (s->found->kind != '=' || !(before == '<' || before == '>'))
		return false;
	bool less = before == '<';
	struct diag *d =
	    say(s, W_WORDING, s->before, s->found, "this is one sign, without a space in it");
	build_help(s->b, d, "write `%s`", less ? "<=" : ">=");
	tokens_replace(s, s->at - 1, 2, less ? T_LE : T_GE, less ? STR("<=") : STR(">="));
	return true;
}

/* `age 12-17`, `age is 12 to 17`, `age 18` */
static bool range(struct scene *s)
{
	const struct token *name, *low;
	if (!habit_in_condition(s) || !s->before || begins_line(s->found))
		return false;
	if (s->found->kind == T_NUMBER_LITERAL && token_is_word(s->before))
		name = s->before, low = s->found;
	else if ((s->found->kind == T_TO || s->found->kind == '-') &&
		 s->before->kind == T_NUMBER_LITERAL && kind_before(s, 2) == T_IS && s->at >= 3)
		name = s->found - 3, low = s->before;
	else
		return false;
	struct str what = text_of(s, name), from = text_of(s, low);
	size_t i = low == s->found; /* what follows it, from the place at hand */
	int sign = ahead(s, i)->kind;
	const struct token *high = ahead(s, i + 1);
	bool span = (sign == '-' || sign == T_TO) && high->kind == T_NUMBER_LITERAL;
	struct diag *d = say(s, W_SYNTAX, name, span ? high : low,
			     span ? "a range is written as two comparisons"
				  : "the sign of the comparison is missing");
	if (span)
		build_help(s->b, d,
			   "write `" STR_FMT " >= " STR_FMT " and " STR_FMT " <= " STR_FMT "`",
			   STR_ARG(what), STR_ARG(from), STR_ARG(what), STR_ARG(text_of(s, high)));
	else
		build_help(s->b, d,
			   "write `" STR_FMT " >= " STR_FMT "`, or another sign of < <= > >= is",
			   STR_ARG(what), STR_ARG(from));
	return true;
}

/* `contact within 7 days`, as a condition */
static bool within_days(struct scene *s)
{
	if (s->found->kind != T_WITHIN || !habit_in_condition(s) || !token_is_word(s->before) ||
	    ahead(s, 1)->kind != T_PERIOD_LITERAL)
		return false;
	struct str event = text_of(s, s->before), period = text_of(s, ahead(s, 1));
	struct diag *d = say(s, W_WORDING, s->before, ahead(s, 1),
			     "a condition asks how long ago something happened, or how often");
	if (ahead(s, 1)->unit == UNIT_DAYS && !ahead(s, 1)->weeks)
		build_help(
		    s->b, d,
		    "write `days since " STR_FMT " <= %lld or unknown`, or `count of " STR_FMT
		    " in last " STR_FMT " >= 1`",
		    STR_ARG(event), (long long)ahead(s, 1)->n, STR_ARG(event), STR_ARG(period));
	else
		build_help(s->b, d, "write `count of " STR_FMT " in last " STR_FMT " >= 1`",
			   STR_ARG(event), STR_ARG(period));
	return true;
}

static bool condition_list(struct scene *s)
{
	if (s->found->kind != ',' || !habit_in_condition(s) || !scene_expects(s, T_AND))
		return false;
	struct diag *d = say(s, W_SYNTAX, s->found, s->found, "a comma does not join conditions");
	build_help(s->b, d, "write `and` when all must hold, `or` when one of them is enough");
	return true;
}

/* ---- types, dates, scenarios ---- */

/* `gender : female, male`, `gender : female/male` */
static bool choices(struct scene *s)
{
	if (s->b->resume != T_START_SLOTS || (s->found->kind != ',' && s->found->kind != '/') ||
	    !s->before || !token_is_word(s->before) || kind_before(s, 2) != ':')
		return false;
	if (s->found->kind == ',' && (token_keyword(s->before) || token_keyword(ahead(s, 1))))
		return false; /* `number, optional` */
	struct buf list = {0};
	const struct token *last = s->before;
	buf_str(&list, text_of(s, last));
	for (size_t i = 0; ahead(s, i)->kind == ',' || ahead(s, i)->kind == '/'; i += 2) {
		if (!token_is_word(ahead(s, i + 1)) || ahead(s, i + 1)->first)
			break;
		last = ahead(s, i + 1);
		buf_fmt(&list, ", " STR_FMT, STR_ARG(text_of(s, last)));
	}
	if (str_eq(s->before->text, STR("yes")) || str_eq(s->before->text, STR("no")))
		buf_clear(&list);
	struct diag *d = say(s, W_SYNTAX, s->before, last,
			     list.len ? "a list to choose from begins with `one of`"
				      : "this is not how the type is called");
	if (list.len)
		build_help(s->b, d, "write `one of " STR_FMT "`", STR_ARG(buf_view(&list)));
	else
		build_help(s->b, d, "write `yes/no`");
	buf_release(&list);
	return true;
}

static bool effective_when(struct scene *s)
{
	if (!s->before || s->before->kind != T_EFFECTIVE || begins_line(s->found) ||
	    ahead(s, 1)->kind == T_DATE_LITERAL)
		return false;
	struct diag *d = say(s, W_SYNTAX, s->found, s->found, "a date is needed here");
	build_help(s->b, d,
		   "write the first day on which it is in force, as in `effective 2026-07-01`");
	return true;
}

static bool starting_on(struct scene *s)
{
	if (s->found->kind != T_DATE_LITERAL || !s->before || s->before->kind != T_STARTING)
		return false;
	struct diag *d = say(s, W_SYNTAX, s->found, s->found,
			     "payments are counted from the event, not from a date");
	build_help(s->b, d,
		   "write `same day`, `next day`, `first of next month` or a time such as `after "
		   "30 days`");
	return true;
}

/* `each Monday` */
static bool weekday(struct scene *s)
{
	if (!(is(s->found, "each") || is(s->found, "every")) || ahead(s, 1)->kind != T_WEEKDAY ||
	    !scene_expects(s, T_WEEKLY))
		return false;
	struct diag *d = say(s, W_WORDING, s->found, ahead(s, 1),
			     "payments fall on the day of the week on which they began");
	build_help(s->b, d, "write `weekly`");
	tokens_replace(s, s->at, 2, T_WEEKLY, STR("weekly"));
	return true;
}

static bool expect_not(struct scene *s)
{
	if (s->found->kind != T_NOT || !s->before || s->before->kind != T_EXPECT)
		return false;
	struct diag *d =
	    say(s, W_WORDING, s->found, s->found, "what must not happen is expected with `no`");
	build_help(s->b, d, "write `expect no " STR_FMT "`", STR_ARG(text_of(s, ahead(s, 1))));
	tokens_replace(s, s->at, 1, T_NO, STR("no"));
	return true;
}

/* `session_attended on 2026-07-06` */
static bool date_comes_first(struct scene *s)
{
	if (s->b->resume != T_START_SCENARIO || !s->found->first || !token_is_word(s->found))
		return false;
	const struct token *date = ahead(s, ahead(s, 1)->kind == T_ON ? 2 : 1);
	if (date->kind != T_DATE_LITERAL || date->first)
		return false;
	struct diag *d = say(s, W_SYNTAX, s->found, date, "the date comes first");
	build_help(s->b, d, "write `" STR_FMT " " STR_FMT "`", STR_ARG(text_of(s, date)),
		   STR_ARG(text_of(s, s->found)));
	return true;
}

/* `with 60 minutes` */
static bool value_comes_last(struct scene *s)
{
	const struct token *t = s->found;
	if (s->b->resume != T_START_SCENARIO || !s->before ||
	    !(s->before->kind == ',' || s->before->kind == T_WITH) || t->kind != T_PERIOD_LITERAL)
		return false;
	struct diag *d = say(s, W_SYNTAX, t, t, "the name of the field comes before its value");
	build_help(s->b, d, "write `" STR_FMT " %lld`", STR_ARG(unit_name(t->unit, true)),
		   (long long)t->n);
	return true;
}

bool syntax_slip(struct scene *s)
{
	static bool (*const slips[])(struct scene * s) = {
	    marked_item,      on_every,
	    required_field,   per_event,
	    when_missing,     from_missing,
	    with_missing,     count_of,
	    event_of_whom,    parameter_of_what_kind,
	    step_by_number,   quotes_in_text,
	    text_for_name,    dollar_missing,
	    amount_of_what,   amount_comes_first,
	    unit_missing,     and_or,
	    sign_in_two,      range,
	    within_days,      condition_list,
	    choices,          effective_when,
	    starting_on,      weekday,
	    expect_not,       date_comes_first,
	    value_comes_last,
	};
	for (size_t i = 0; i < sizeof(slips) / sizeof(*slips); i++)
		if (slips[i](s))
			return true;
	return false;
}
