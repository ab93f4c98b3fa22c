/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions and amounts in plain words, from their code.
 */
#include "engine/explain/plain.h"

#include "engine/explain/reading.h"

#define LIST_MOST 64 /* joined by one `and` or `or`; what goes beyond is said one level down */

static void say_term(struct buf *b, const struct plain *p, const struct term *t, bool yes);
static void say_value(struct buf *b, const struct plain *p, const struct term *t);

/* ---- what is read ---- */

struct slot {
	struct str title, name;
};

static struct slot fact_of(const struct plain *p, uint16_t kind, uint32_t fact)
{
	if (kind >= p->rb->nkinds || fact >= p->rb->kinds[kind].nfacts)
		return (struct slot){{0}, STR("a detail")};
	const struct fact *f = &p->rb->kinds[kind].facts[fact];
	return (struct slot){f->title, f->name};
}

static const struct field *field_of(const struct plain *p, uint16_t i)
{
	const struct event_type *e = p->event < p->rb->nevents ? &p->rb->events[p->event] : NULL;
	return e && i < e->nfields ? &e->fields[i] : NULL;
}

static void say_quoted(struct buf *b, struct slot s)
{
	plain_titled(b, s.title, s.name);
}

/* What a leaf of the case, of the event, or of the case that one of these names is called. */
static void say_slot(struct buf *b, const struct plain *p, const struct insn *in)
{
	const struct field *f = field_of(p, in->a);
	struct slot other;
	uint16_t kind = NONE;
	switch ((enum op)in->op) {
	case OP_FIELD:
		say_quoted(b, f ? (struct slot){f->title, f->name} : fact_of(p, NONE, 0));
		return;
	case OP_FIELD_FACT:
		say_quoted(b, fact_of(p, f ? f->type.of : NONE, in->b));
		buf_c(b, " of ");
		plain_other(b, f ? f->title : STR(""), f ? f->name : STR("partner"));
		return;
	case OP_FACT_FACT:
		if (p->kind < p->rb->nkinds)
			kind = p->rb->kinds[p->kind].facts[in->a].type.of;
		say_quoted(b, fact_of(p, kind, in->b));
		buf_c(b, " of ");
		other = fact_of(p, p->kind, in->a);
		plain_other(b, other.title, other.name);
		return;
	case OP_PARTNER:
		say_quoted(b, fact_of(p, (uint16_t)in->b, in->a));
		buf_c(b, " of the partner who asks");
		return;
	default:
		say_quoted(b, fact_of(p, p->kind, in->a));
	}
}

static bool is_slot(enum op op)
{
	return op == OP_FACT || op == OP_FIELD || op == OP_FIELD_FACT || op == OP_FACT_FACT ||
	       op == OP_PARTNER;
}

/* The set of choices that a slot is of; NONE: it is no choice. */
static uint16_t choices_of(const struct plain *p, const struct insn *in)
{
	const struct field *f = field_of(p, in->a);
	const struct case_kind *k = p->kind < p->rb->nkinds ? &p->rb->kinds[p->kind] : NULL;
	const struct type *t = NULL;
	if (in->op == OP_FIELD && f)
		t = &f->type;
	else if (in->op == OP_FACT && k)
		t = &k->facts[in->a].type;
	else if (in->op == OP_FIELD_FACT && f)
		t = &p->rb->kinds[f->type.of].facts[in->b].type;
	else if (in->op == OP_FACT_FACT && k)
		t = &p->rb->kinds[k->facts[in->a].type.of].facts[in->b].type;
	else if (in->op == OP_PARTNER)
		t = &p->rb->kinds[in->b].facts[in->a].type;
	return t && t->kind == TYPE_CHOICE ? t->of : NONE;
}

static void say_event_name(struct buf *b, const struct plain *p, uint16_t event)
{
	plain_quoted(b, p->rb->events[event].name);
}

static void say_constant(struct buf *b, const struct plain *p, const struct term *t,
			 const struct term *beside)
{
	const struct insn *in = t->in;
	uint16_t set = beside ? choices_of(p, beside->in) : NONE;
	if (in->k.known && in->k.kind == TYPE_CHOICE && set != NONE &&
	    in->k.i < p->rb->choices[set].n)
		plain_name(b, p->rb->choices[set].names[in->k.i]);
	else if (in->k.known && in->k.kind == TYPE_CHOICE)
		plain_name(b, rulebook_text(p->rb, in->span));
	else if (in->k.known && in->k.kind == TYPE_NUMBER)
		number_text(b, in->k.i);
	else if (in->k.known && in->k.kind == TYPE_DATE)
		plain_day(b, (int32_t)in->k.i);
	else
		value_text(b, in->k);
}

/* ---- amounts ---- */

static void say_two(struct buf *b, const struct plain *p, const struct term *t, const char *before,
		    const char *between, const char *behind)
{
	buf_c(b, before);
	say_value(b, p, t->a);
	buf_c(b, between);
	say_value(b, p, t->b);
	buf_c(b, behind);
}

static void say_units(struct buf *b, const struct plain *p, const struct term *t)
{
	buf_c(b, "how often ");
	say_value(b, p, t->a);
	buf_c(b, " goes into ");
	say_value(b, p, t->b);
	buf_c(b, t->in->a == ROUND_UP ? ", a part counting as a whole" : ", in whole numbers");
}

static void say_table(struct buf *b, const struct plain *p, const struct insn *in)
{
	const struct table *t = &p->rb->tables[in->a];
	buf_c(b, "the ");
	plain_quoted(b, t->outputs[TABLE_OUTPUT(in->b)].name);
	buf_c(b, " of the table ");
	plain_quoted(b, p->rb->blocks[t->block].name);
}

/* Whatever is not yes or no. */
static void say_value(struct buf *b, const struct plain *p, const struct term *t)
{
	const struct insn *in = t->in;
	switch ((enum op)in->op) {
	case OP_CONST:
		say_constant(b, p, t, NULL);
		return;
	case OP_PARAM:
		plain_param(b, p, in->a);
		return;
	case OP_COUNT:
		buf_c(b, "the number of times that ");
		say_event_name(b, p, in->a);
		buf_c(b, " was reported");
		return;
	case OP_COUNT_IN:
		buf_c(b, "the number of times that ");
		say_event_name(b, p, in->a);
		buf_c(b, " was reported in the last ");
		say_value(b, p, t->a);
		if (t->a->in->op == OP_CONST && t->a->in->k.kind == TYPE_NUMBER) {
			buf_char(b, ' ');
			buf_str(b, unit_name((enum unit)in->b, true));
		}
		return;
	case OP_DAYS_SINCE:
		buf_c(b, "the time since ");
		say_event_name(b, p, in->a);
		return;
	case OP_OWED:
		buf_c(b, "what is still owed");
		return;
	case OP_PAID_UNDER:
		buf_c(b, "what was paid under ");
		plain_quoted(b, p->rb->blocks[p->rb->schedules[in->a].block].name);
		return;
	case OP_TODAY:
		buf_c(b, "the day on which it happens");
		return;
	case OP_TABLE:
		say_table(b, p, in);
		return;
	case OP_ADD:
	case OP_DATE_ADD:
		say_two(b, p, t, "", " plus ", "");
		return;
	case OP_SUB:
	case OP_DATE_SUB:
	case OP_DATE_DIFF:
		say_two(b, p, t, "", " minus ", "");
		return;
	case OP_MUL:
		say_two(b, p, t, "", " times ", "");
		return;
	case OP_DIV:
		say_two(b, p, t, "", " divided by ", "");
		return;
	case OP_PERCENT:
		say_two(b, p, t, "", " of ", "");
		return;
	case OP_UNITS:
		say_units(b, p, t);
		return;
	case OP_LESSER:
		say_two(b, p, t, "the smaller of ", " and ", "");
		return;
	case OP_GREATER:
		say_two(b, p, t, "the larger of ", " and ", "");
		return;
	default:
		if (is_slot((enum op)in->op))
			say_slot(b, p, in);
		else
			say_term(b, p, t, true);
	}
}

/* The terms that one operator joins. */
static size_t gather(const struct term *t, enum op op, const struct term **out, size_t n)
{
	if (t->in->op != op || n + 1 >= LIST_MOST) {
		out[n++] = t;
		return n;
	}
	n = gather(t->a, op, out, n);
	return n < LIST_MOST ? gather(t->b, op, out, n) : n;
}

/* ---- comparisons ---- */

static bool is_comparison(const struct term *t)
{
	return t->in->op >= OP_EQ && t->in->op <= OP_GE;
}

/* is 5; is 5 or more; is more than 5 */
static void say_bound(struct buf *b, const struct plain *p, enum op op, const struct term *value,
		      const struct term *beside)
{
	buf_c(b, op == OP_NE ? "is not " : op == OP_LT ? "is less than " : "is ");
	buf_c(b, op == OP_GT ? "more than " : "");
	if (value->in->op == OP_CONST)
		say_constant(b, p, value, beside);
	else
		say_value(b, p, value);
	buf_c(b, op == OP_GE ? " or more" : op == OP_LE ? " or less" : "");
}

static bool number(const struct plain *p, const struct term *t, int64_t *n)
{
	struct value v = t->in->k;
	if (t->in->op == OP_PARAM)
		v = plain_dated(p, t->in->a)->value;
	else if (t->in->op != OP_CONST)
		return false;
	*n = v.i;
	return v.known && v.kind == TYPE_NUMBER;
}

/* Of several things that are counted together: neither this nor that was ever reported. */
static bool say_none_of(struct buf *b, const struct plain *p, const struct term *sum)
{
	const struct term *list[LIST_MOST];
	size_t n = gather(sum, OP_ADD, list, 0);
	for (size_t i = 0; i < n; i++)
		if (list[i]->in->op != OP_COUNT)
			return false;
	for (size_t i = 0; n > 1 && i < n; i++) {
		buf_c(b, i ? " nor " : "neither ");
		say_event_name(b, p, list[i]->in->a);
	}
	buf_c(b, n > 1 ? " was ever reported" : "");
	return n > 1;
}

/* How often something was reported, said as people would: it is the first time. */
static bool say_times(struct buf *b, const struct plain *p, enum op op, const struct term *t)
{
	int64_t n;
	if (!number(p, t->b, &n))
		return false;
	if (t->a->in->op == OP_ADD && op == OP_EQ && n == 0)
		return say_none_of(b, p, t->a);
	if (t->a->in->op != OP_COUNT)
		return false;
	bool this_one = t->a->in->a == p->event;
	if (op == OP_GT || op == OP_LE) { /* more than 2: 3 or more */
		op = op == OP_GT ? OP_GE : OP_LT;
		n++;
	}
	if (this_one && op == OP_EQ && n == 1) {
		buf_c(b, "it is the first time");
	} else if (this_one && op == OP_GE) {
		buf_fmt(b, "it is time number %lld or later", (long long)n);
	} else if (this_one && op == OP_EQ) {
		buf_fmt(b, "it is time number %lld", (long long)n);
	} else if ((op == OP_EQ && n == 0) || (op == OP_LT && n == 1)) {
		say_event_name(b, p, t->a->in->a);
		buf_c(b, " was never reported");
	} else if (op == OP_GE) {
		say_event_name(b, p, t->a->in->a);
		buf_fmt(b, " was reported %lld time%s or more", (long long)n, n == 1 ? "" : "s");
	} else {
		return false;
	}
	return true;
}

static void say_comparison(struct buf *b, const struct plain *p, const struct term *t, bool yes)
{
	enum op op = yes ? (enum op)t->in->op : op_opposite((enum op)t->in->op);
	if (say_times(b, p, op, t))
		return;
	say_value(b, p, t->a);
	buf_char(b, ' ');
	say_bound(b, p, op, t->b, t->a);
}

/* ---- yes and no ---- */

static void say_place(struct buf *b, const struct plain *p, const struct insn *in, bool yes)
{
	const struct named *c = &p->rb->capacities[in->a];
	buf_c(b, "the ");
	plain_name(b, p->kind == NONE ? STR("person") : p->rb->kinds[p->kind].name);
	if (in->b)
		buf_c(b, yes ? " waits for a place in " : " does not wait for a place in ");
	else
		buf_c(b, yes ? " has a place in " : " has no place in ");
	plain_quoted(b, c->title.len ? c->title : c->name);
}

static void say_step(struct buf *b, const struct plain *p, const struct insn *in, bool yes)
{
	const struct escalation *e = &p->rb->escalations[in->a];
	const struct block *k = &p->rb->blocks[e->block];
	struct str step = block_step_name(k->kind);
	buf_c(b, "the ");
	plain_name(b, p->kind == NONE ? STR("person") : p->rb->kinds[p->kind].name);
	if (in->b == 0) {
		buf_c(b, yes ? " is in no " : " is in a ");
		buf_str(b, step);
	} else {
		buf_c(b, yes ? " is in the " : " is not in the ");
		buf_str(b, step);
		buf_char(b, ' ');
		plain_quoted(b, e->steps[in->b - 1].name);
	}
	buf_c(b, " of ");
	plain_quoted(b, k->title.len ? k->title : k->name);
}

static void say_yes_no(struct buf *b, const struct plain *p, const struct term *t, bool yes)
{
	const struct insn *in = t->in;
	if (is_slot((enum op)in->op)) {
		say_slot(b, p, in);
		buf_c(b, yes ? " is yes" : " is no");
	} else if (in->op == OP_STEP_IS) {
		say_step(b, p, in, yes);
	} else if (in->op == OP_PLACE) {
		say_place(b, p, in, yes);
	} else if (in->op == OP_PLACED_ON) {
		buf_c(b, yes ? "a seat is kept at " : "no seat is kept at ");
		plain_quoted(b, p->rb->dockets[in->a].title.len ? p->rb->dockets[in->a].title
								: p->rb->dockets[in->a].name);
	} else if (in->op == OP_TABLE) {
		say_table(b, p, in);
		buf_c(b, yes ? " is yes" : " is no");
	} else {
		buf_c(b, (in->op == OP_CONST ? in->k.i != 0 : true) == yes ? "always" : "never");
	}
}

/* ---- and, or ---- */

static bool same_slot(const struct term *a, const struct term *b)
{
	return a->in->op == b->in->op && a->in->a == b->in->a && a->in->b == b->in->b;
}

/* `is one of a, b` is several comparisons of one thing: “risk” is a or b. */
static bool say_one_of(struct buf *b, const struct plain *p, const struct term *const *list,
		       size_t n, enum op op, bool any)
{
	for (size_t i = 0; i < n; i++)
		if (list[i]->in->op != (uint8_t)op || !is_slot((enum op)list[i]->a->in->op) ||
		    list[i]->b->in->op != OP_CONST || !same_slot(list[i]->a, list[0]->a))
			return false;
	say_value(b, p, list[0]->a);
	buf_c(b, any ? " is " : " is neither ");
	for (size_t i = 0; i < n; i++) {
		buf_c(b, i == 0 ? "" : i + 1 == n ? (any ? " or " : " nor ") : ", ");
		say_constant(b, p, list[i]->b, list[0]->a);
	}
	return true;
}

/* Does the next one speak of what this one says is known? */
static bool known_first(const struct term *const *list, size_t n, size_t i)
{
	if (i + 1 >= n || list[i]->in->op != OP_KNOWN)
		return false;
	const struct term *next = list[i + 1];
	while (next->in->op == OP_NOT)
		next = next->a;
	return same_slot(list[i]->a, is_comparison(next) ? next->a : next);
}

/* `x is known and x …`: that x is known goes without saying. */
static size_t without_known(const struct term **list, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (!known_first(list, n, i))
			list[kept++] = list[i];
	return kept;
}

static void say_joined(struct buf *b, const struct plain *p, const struct term *t, bool yes)
{
	const struct term *list[LIST_MOST];
	enum op joined = (enum op)t->in->op;
	bool and = (joined == OP_AND) == yes;
	size_t n = gather(t, joined, list, 0);
	if (and&&yes)
		n = without_known(list, n);
	if (!and&&say_one_of(b, p, list, n, yes ? OP_EQ : OP_NE, true))
		return;
	if (and&&say_one_of(b, p, list, n, yes ? OP_NE : OP_EQ, false))
		return;
	for (size_t i = 0; i < n; i++) {
		bool inner = list[i]->in->op == OP_AND || list[i]->in->op == OP_OR;
		struct buf one = {0};
		buf_c(b, i == 0 ? "" : and? ", and " : ", or ");
		say_term(&one, p, list[i], yes);
		inner &= n > 1 && memchr(one.p, ',', one.len);
		buf_c(b, inner ? "(" : "");
		buf_str(b, buf_view(&one));
		buf_c(b, inner ? ")" : "");
		buf_release(&one);
	}
}

static void say_term(struct buf *b, const struct plain *p, const struct term *t, bool yes)
{
	switch ((enum op)t->in->op) {
	case OP_AND:
	case OP_OR:
		say_joined(b, p, t, yes);
		return;
	case OP_NOT:
		say_term(b, p, t->a, !yes);
		return;
	case OP_OR_UNKNOWN:
		say_term(b, p, t->a, yes);
		buf_c(b, yes ? ", or that is not known" : ", and that is known");
		return;
	case OP_KNOWN:
		if (t->a->in->op == OP_DAYS_SINCE) {
			say_event_name(b, p, t->a->in->a);
			buf_c(b, yes ? " was reported before" : " was never reported before");
			return;
		}
		say_value(b, p, t->a);
		buf_c(b, yes ? " is known" : " is not known");
		return;
	default:
		if (is_comparison(t))
			say_comparison(b, p, t, yes);
		else
			say_yes_no(b, p, t, yes);
	}
}

/* ---- from code ---- */

void plain_condition(struct buf *b, const struct plain *p, const struct code *code)
{
	struct arena a = {0};
	const struct condition *c = condition_read(&a, code, NULL, 0);
	if (c->root)
		say_term(b, p, c->root, true);
	arena_release(&a);
}

void plain_amount(struct buf *b, const struct plain *p, const struct code *code)
{
	struct arena a = {0};
	const struct condition *c = condition_read(&a, code, NULL, 0);
	if (c->root && is_slot((enum op)c->root->in->op))
		buf_c(b, "the ");
	if (c->root)
		say_value(b, p, c->root);
	arena_release(&a);
}
