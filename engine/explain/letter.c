/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/letter.h"

#include "engine/explain/arithmetic.h"
#include "engine/explain/explain_internal.h"
#include "engine/explain/plain.h"
#include "engine/explain/sentence.h"

struct letter {
	struct prose *p;
	const struct account *a;
	const struct rulebook *rb;
	const struct decision *d;
	uint16_t kind; /* of the case */
};

static struct buf *item(const struct letter *l)
{
	return prose_add(l->p, PROSE_ITEM);
}

static struct buf *sub(const struct letter *l)
{
	return prose_add(l->p, PROSE_SUBITEM);
}

/* ---- what may be told ---- */

/* A value of the person's own that names nobody. Whatever else there is stays out. */
static bool is_tellable(const struct letter *l, const struct considered *c, const struct term *t)
{
	bool own = t->in->op == OP_FIELD || t->in->op == OP_FACT || t->in->op == OP_COUNT;
	return own && t->value.known && !type_is_text(t->type.kind) &&
	       !term_is_confidential(l->rb, c, t);
}

/* Is everything that the code reads the policy's, or such a value? */
static bool all_tellable(const struct letter *l, const struct considered *c,
			 const struct code *code)
{
	struct arena a = {0};
	const struct condition *cond = condition_read(&a, code, c->seen, c->nseen);
	bool all = !code_is_confidential(l->rb, c, code);
	for (size_t i = 0; i < cond->n; i++)
		if (term_is_operand(&cond->terms[i]) && cond->terms[i].in->op != OP_PARAM)
			all &= is_tellable(l, c, &cond->terms[i]);
	arena_release(&a);
	return all;
}

/* ---- why ---- */

static void put_title(const struct letter *l, const struct outcome *o)
{
	const struct part *part = &l->rb->parts[o->part];
	const struct block *block = &l->rb->blocks[part->block];
	struct str cite = part->cite.len ? part->cite : block->cite;
	if (block->title.len && o->action != ACTION_STOP) { /* it names that already */
		struct buf *b = sub(l);
		buf_c(b, "Why: ");
		sentence_quote(b, block->title);
		sentence_end(b);
	}
	if (cite.len) {
		struct buf *b = sub(l);
		buf_c(b, "The rules say: ");
		sentence_quote(b, cite);
		sentence_end(b);
	}
}

static void put_looked_at(const struct letter *l, const struct considered *c,
			  const struct outcome *o)
{
	struct grounds g;
	struct buf *b = sub(l);
	size_t start = b->len;
	if (code_is_confidential(l->rb, c, reading_code(l->rb, c)))
		return;
	grounds_find(&g, &l->a->wording, l->d, c, o);
	for (size_t i = 0; i < g.n; i++) {
		if (!is_tellable(l, c, g.read[i]))
			continue;
		buf_c(b, b->len > start ? "; " : "We looked at this: ");
		if (g.read[i]->in->op == OP_COUNT) {
			sentence_event(b, l->rb, g.read[i]->in->a);
			buf_c(b, ", ");
			sentence_times(b, g.read[i]->value.i);
			continue;
		}
		sentence_read(b, l->rb, &l->d->event, g.read[i]->in);
		buf_c(b, ": ");
		sentence_value(b, l->rb, &g.read[i]->type, g.read[i]->value);
	}
	if (b->len > start)
		sentence_end(b);
	grounds_release(&g);
}

static void put_amount(const struct letter *l, const struct considered *c, const struct outcome *o)
{
	const struct code *amount = outcome_amount(l->rb, l->d, o);
	struct wording w = {l->rb, false};
	if (!o->has_amount || !amount || !amount->n)
		return;
	struct buf *b = sub(l);
	if (!all_tellable(l, c, amount)) {
		buf_c(b, "We do not put in a letter how we worked out the amount. Please ask us.");
		return;
	}
	size_t start = b->len;
	buf_c(b, "We worked out the amount like this: ");
	size_t before = b->len;
	arithmetic_words(b, &w, c, amount);
	if (b->len > before) {
		sentence_end(b);
		return;
	}
	b->len = start;
	if (amount->n == 1 && (amount->at[0].op == OP_CONST || amount->at[0].op == OP_PARAM))
		buf_c(b, "The rules set this amount.");
}

static void put_split(const struct letter *l, const struct outcome *o)
{
	struct buf *b = sub(l);
	size_t start = b->len;
	arithmetic_split(b, l->rb, o);
	if (b->len > start)
		sentence_end(b);
}

static void put_why(const struct letter *l, const struct outcome *o)
{
	struct considered c;
	put_title(l, o);
	if (!outcome_is_own(o))
		return;
	if (considered_find(l->a->trace, o->part, &c)) {
		put_looked_at(l, &c, o);
		put_amount(l, &c, o);
	}
	put_split(l, o);
}

static size_t put_decided(const struct letter *l)
{
	size_t n = 0;
	buf_c(prose_add(l->p, PROSE_SECTION), "What we decided");
	for (size_t i = 0; i < l->d->n; i++) {
		const struct outcome *o = &l->d->outcomes[i];
		struct letter own = *l;
		own.rb = outcome_rulebook(o, l->rb);
		if (!letter_outcome(item(l), own.rb, l->d, o))
			continue;
		put_why(&own, o);
		n++;
	}
	if (!n)
		buf_c(prose_add(l->p, PROSE_P), "We decided nothing new for you.");
	return n;
}

/* ---- until when ---- */

static void put_dates(const struct letter *l)
{
	buf_c(prose_add(l->p, PROSE_SECTION), "Dates to keep in mind");
	size_t n = 0;
	for (size_t i = 0; i < l->d->n; i++) {
		const struct outcome *o = &l->d->outcomes[i];
		const struct rulebook *rb = outcome_rulebook(o, l->rb);
		const struct action *asked = outcome_action(rb, o);
		bool open = o->status == OUTCOME_OPEN && asked && asked->answered_by != NONE;
		bool pays = o->action == ACTION_ASSESS && !o->proposal && o->times < 2;
		if (o->reversal || o->due == DAY_NONE || (!open && !pays))
			continue;
		struct buf *b = item(l);
		buf_c(b, "By ");
		plain_day(b, o->due);
		if (pays) {
			buf_c(b, ": you have to pay ");
			money_text(b, o->cents);
		} else {
			buf_c(b, ", this should have happened: ");
			sentence_event(b, rb, asked->answered_by);
		}
		sentence_end(b);
		n++;
	}
	if (!n)
		buf_c(prose_add(l->p, PROSE_P), "There is no date that you have to keep.");
}

/* ---- what did not come out ---- */

/* Would it have given the person something? What has no title cannot be named. */
static bool is_benefit(const struct rulebook *rb, const struct part *part)
{
	bool gives = false;
	for (uint16_t i = 0; i < part->nactions; i++) {
		const struct action *a = &part->actions[i];
		gives |= (a->kind == ACTION_PAY && a->to.kind == TARGET_SELF) ||
			 a->kind == ACTION_START || a->kind == ACTION_ENROL;
	}
	return gives && rb->blocks[part->block].title.len;
}

static bool change_is_tellable(const struct change *c)
{
	bool own = c->kind == CHANGE_FIELD || c->kind == CHANGE_FACT || c->kind == CHANGE_COUNT ||
		   c->kind == CHANGE_OWED || c->kind == CHANGE_DAY;
	return own && !type_is_text(c->type.kind);
}

/* For this, “minutes” has to be 60 or more. It was 59. */
static void put_change(struct buf *b, const struct letter *l, const struct change *c)
{
	if (c->kind == CHANGE_DAY) {
		buf_c(b, " You can get this from ");
		plain_day(b, c->day);
		buf_c(b, " on.");
		return;
	}
	if (c->kind == CHANGE_COUNT) {
		buf_c(b, " This has to have happened: ");
		sentence_event(b, l->rb, c->index);
		if (change_is_any_time(c)) {
			sentence_end(b);
			return;
		}
		buf_c(b, ". The number of times has to be ");
	} else {
		buf_c(b, " For this, “");
		sentence_changed(b, l->rb, &l->d->event, c);
		buf_c(b, "” has to be ");
	}
	sentence_relation(b, l->rb, c);
	buf_c(b, c->was.known ? ". It was " : ". We did not know it");
	if (c->was.known)
		sentence_value(b, l->rb, &c->type, c->was);
	sentence_end(b);
}

/* Of each way that there is, what is the person's own; false: nothing of it is. */
static bool put_set(struct buf *b, const struct letter *l, const struct change_set *set, bool first)
{
	size_t told = 0;
	for (size_t i = 0; i < set->n; i++) {
		if (!change_is_tellable(&set->at[i]))
			continue;
		buf_c(b, !told++ && !first ? " Or:" : "");
		put_change(b, l, &set->at[i]);
	}
	if (told && told < set->n)
		buf_c(b, " There is more to it. Please ask us.");
	return told != 0;
}

static void put_reason(struct buf *b, const struct letter *l, const struct counterfactual *f)
{
	bool told = false;
	if (f && f->confidential) {
		buf_c(b, " We do not put the reason in a letter. Please ask us.");
		return;
	}
	for (size_t i = 0; f && i < f->n; i++)
		told |= put_set(b, l, &f->sets[i], !told);
	if (!told)
		buf_c(b, " Please ask us for the reason.");
}

static size_t put_not_given(const struct letter *l)
{
	struct considered c;
	size_t n = 0;
	buf_c(prose_add(l->p, PROSE_SECTION), "What you did not get");
	for (size_t i = 0; reading_next(l->a->trace, &i, &c);) {
		if (c.what != SUBJECT_PART || !considered_is_worth_telling(&c) ||
		    c.result == RESULT_NO_EFFECT || !is_benefit(l->rb, &l->rb->parts[c.index]))
			continue;
		struct buf *b = item(l);
		sentence_quote(b, reading_block(l->rb, &c)->title);
		sentence_end(b);
		if (code_is_confidential(l->rb, &c, reading_code(l->rb, &c)))
			buf_c(b, " We do not put the reason in a letter. Please ask us.");
		else
			put_reason(b, l, counterfactuals_of(l->a->changes, &c));
		n++;
	}
	if (!n)
		prose_drop(l->p);
	return n;
}

/* ---- review ---- */

static bool has_review(const struct letter *l, uint16_t event)
{
	const struct dispatch *d = l->rb->counties[l->d->event.county].dispatch;
	if (event == NONE || !l->rb->events[event].of_kind[l->kind])
		return false;
	for (uint32_t i = 0; i < d->n[event]; i++)
		if (d->by_event[event][i].from <= l->d->event.day &&
		    l->d->event.day < d->by_event[event][i].until)
			return true;
	return false;
}

static bool unit_of(enum type_kind kind, enum unit *out)
{
	static const struct {
		enum type_kind kind;
		enum unit unit;
	} units[] = {{TYPE_DAYS, UNIT_DAYS},
		     {TYPE_BUSINESS_DAYS, UNIT_BUSINESS_DAYS},
		     {TYPE_MONTHS, UNIT_MONTHS},
		     {TYPE_YEARS, UNIT_YEARS}};
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (units[i].kind != kind)
			continue;
		*out = units[i].unit;
		return true;
	}
	return false;
}

static bool review_ends(const struct letter *l, int32_t *day)
{
	for (uint16_t i = 0; i < l->rb->nparams; i++) {
		const struct param *of = &l->rb->params[i];
		enum unit unit;
		if (!str_eq(of->name, STR(REVIEW_TIME)) || !unit_of(of->type.kind, &unit))
			continue;
		int64_t n = param_on(l->rb, l->d->event.county, i, l->d->event.day)->value.i;
		return !day_add(l->d->event.day, n, unit, rulebook_calendar(l->rb), day);
	}
	return false;
}

static void put_review(const struct letter *l)
{
	uint16_t event = rulebook_event(l->rb, STR(REVIEW_EVENT));
	int32_t day;
	if (!has_review(l, event))
		return;
	buf_c(prose_add(l->p, PROSE_SECTION), "If you do not agree");
	struct buf *b = prose_add(l->p, PROSE_P);
	buf_c(b, "You can ask us to look at this again.");
	if (review_ends(l, &day)) {
		buf_c(b, " Ask for it by ");
		plain_day(b, day);
		sentence_end(b);
	}
	if (l->rb->events[event].title.len) {
		buf_c(b, " This is what we then write down: ");
		sentence_event(b, l->rb, event);
		sentence_end(b);
	}
}

/* ---- the whole ---- */

static uint16_t program_of(const struct letter *l)
{
	struct considered c;
	if (l->d->n)
		return l->rb->blocks[l->rb->parts[l->d->outcomes[0].part].block].program;
	for (size_t i = 0; reading_next(l->a->trace, &i, &c);)
		if (c.what == SUBJECT_PART)
			return reading_block(l->rb, &c)->program;
	return NONE;
}

static void put_head(const struct letter *l)
{
	struct buf *b = prose_add(l->p, PROSE_TITLE);
	uint16_t program = program_of(l);
	const struct county *county = &l->rb->counties[l->d->event.county];
	const struct event_type *t = &l->rb->events[l->d->event.type];
	if (program != NONE && l->rb->programs[program].title.len)
		buf_str(b, l->rb->programs[program].title);
	else
		buf_c(b, "About your case");
	b = prose_add(l->p, PROSE_P);
	if (county->title.len)
		buf_fmt(b, STR_FMT ". ", STR_ARG(county->title));
	buf_fmt(b, "Your case: " STR_FMT ". ", STR_ARG(l->d->event.subject));
	plain_day(b, l->d->event.day);
	sentence_end(b);
	if (l->d->event.type >= EVENT_BUILTINS && !t->title.len)
		return;
	b = prose_add(l->p, PROSE_P);
	buf_c(b, "This letter is about this: ");
	sentence_event(b, l->rb, l->d->event.type);
	sentence_end(b);
}

bool letter_prose(struct prose *p, const struct account *a)
{
	struct prose own = {0};
	const struct decision *d = a->decision;
	struct letter l = {&own, a, a->wording.rb, d, d->event.kind};
	put_head(&l);
	size_t told = put_decided(&l);
	if (told)
		put_dates(&l);
	told += put_not_given(&l);
	if (told) {
		put_review(&l);
		prose_join(p, &own);
	}
	prose_release(&own);
	return told != 0;
}
