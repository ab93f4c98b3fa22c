/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the parser over a file, and after each syntax error again from the next line that can be
 * read, so that one run finds the errors of all blocks. Inside a block only the first syntax error
 * is told: what follows from it would only confuse.
 */
#include "grammar/parse.h"

#include "grammar/asking.h"
#include "grammar/codes.h"
#include "grammar/parser.h"

int parser_lex(PARSER_STYPE *value, PARSER_LTYPE *where, struct build *b);

/* What the parser calls for the next token. */
int parser_lex(PARSER_STYPE *value, PARSER_LTYPE *where, struct build *b)
{
	const struct token *t = build_next(b);
	*where = t->span;
	switch (t->kind) {
	case T_MONEY_LITERAL:
		value->T_MONEY_LITERAL = expr_literal(b, t->span, value_int(TYPE_MONEY, t->n));
		break;
	case T_NUMBER_LITERAL:
		value->T_NUMBER_LITERAL = expr_literal(b, t->span, value_int(TYPE_NUMBER, t->n));
		break;
	case T_SHARE_LITERAL:
		value->T_SHARE_LITERAL = expr_literal(
		    b, t->span, value_int(t->percent ? TYPE_PERCENT : TYPE_NUMBER, t->n));
		break;
	case T_PERCENT_LITERAL:
		value->T_PERCENT_LITERAL = expr_literal(b, t->span, value_int(TYPE_PERCENT, t->n));
		break;
	case T_PERIOD_LITERAL:
		value->T_PERIOD_LITERAL =
		    (struct ast_period){.span = t->span, .unit = t->unit, .n = t->n};
		break;
	case T_DATE_LITERAL:
		value->T_DATE_LITERAL = t->n;
		break;
	case T_TIME_LITERAL:
		value->T_TIME_LITERAL = t->n;
		break;
	default:
		value->T_NAME = (struct ast_word){.s = t->text, .span = t->span};
	}
	return t->kind;
}

/* Errors after which reading went on as if the right thing had been written. */
static bool put_right(int code)
{
	return code <= W_PERCENT_ALONE || code == W_MISSPELT || code == W_NAME_UPPER_CASE ||
	       code == W_NAME_PARTS || code == W_WORDING || code == W_NUMBER_WORDS;
}

/* Every other error, the scanner's too, breaks the declaration in which it lies: what follows from
 * it is not told as well. */
static void mark_broken(struct build *b)
{
	for (size_t i = 0; i < b->diags->n; i++) {
		const struct diag *e = &b->diags->at[i];
		struct ast_decl *in = NULL;
		if (e->span.source != b->file->source || e->severity != SEVERITY_ERROR)
			continue;
		b->file->broken = true;
		if (put_right(e->code))
			continue;
		for (struct ast_decl *d = b->file->decls; d && d->span.off <= e->span.off;)
			in = d, d = d->next;
		if (in)
			in->broken = true;
		if (in && in->replacement)
			in->replacement->broken = true;
	}
}

/* The parser saw the error before it was done with the clause in front of it. When the error begins
 * a line, that clause may well be whole: it is read once more, as if the file ended there. */
static void finish_clause(struct build *b)
{
	size_t error = b->error_at, from = syntax_clause_start(b);
	if (from == error || !b->tokens.at[error].first)
		return;
	if (b->head)
		build_undo(b);
	b->at = from;
	b->stop = error;
	b->start = b->resume;
	parser_parse(b);
	b->stop = 0;
	b->error_at = error;
	b->patched = false;
}

/* The next line to go on from. Every call moves on by at least one token, because a line on which
 * reading has already begun anew is not taken a second time. */
static void resume(struct build *b, size_t *earliest)
{
	size_t i = b->error_at < *earliest ? *earliest : b->error_at;
	if (i >= b->tokens.n) /* what has been asked about took the rest of its line away */
		i = b->tokens.n - 1;
	while (i + 1 < b->tokens.n && !b->tokens.at[i].first)
		i++;
	*earliest = i + 1;
	b->at = i;
	b->start = b->resume;
	if (syntax_begins_block(b, i) || i + 1 == b->tokens.n) {
		build_close(b);
		b->quiet = false;
		b->start = T_START_FILE;
	}
	b->done = b->tokens.at[i].span.off;
}

static void read_again(struct build *b)
{
	b->patched = false;
	b->at = syntax_clause_start(b);
	if (b->head)
		build_undo(b);
	b->start = b->resume;
}

static void parse_tokens(struct build *b)
{
	b->start = b->resume = T_START_FILE;
	for (size_t earliest = 0; parser_parse(b) != 0;) {
		if (b->patched) {
			read_again(b);
			continue;
		}
		b->quiet = true;
		finish_clause(b);
		b->quiet = true;
		resume(b, &earliest);
	}
	build_close(b);
	BUILD_TURN(struct ast_decl, b->file->decls);
}

static struct build begin(struct arena *arena, const struct source *source, uint32_t index,
			  struct diag_list *diags)
{
	struct build b = {.arena = arena, .diags = diags, .text = source->text};
	b.file = arena_alloc(arena, sizeof(*b.file));
	b.file->source = index;
	b.tokens = tokens_read(arena, source->text, index, diags);
	b.file->comments = b.tokens.comments;
	return b;
}

struct ast_file *parse(struct arena *arena, const struct source *source, uint32_t index,
		       struct diag_list *diags)
{
	struct build b = begin(arena, source, index, diags);
	parse_tokens(&b);
	mark_broken(&b);
	return b.file;
}

struct ast_file *parse_asked(struct arena *arena, const struct source *source, uint32_t index,
			     struct diag_list *diags, struct asked *asked)
{
	struct build b = begin(arena, source, index, diags);
	struct asking asking = {.asked = asked};
	asking_begin(&b, &asking);
	parse_tokens(&b);
	return b.file;
}
