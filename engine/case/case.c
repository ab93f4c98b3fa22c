/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/case.h"

static struct str str_own(struct str s)
{
	if (!s.len)
		return (struct str){0};
	char *p = mem_grow(NULL, s.len, 1);
	memcpy(p, s.p, s.len);
	return (struct str){p, s.len};
}

static void str_drop(struct str s)
{
	mem_free((char *)(uintptr_t)s.p);
}

struct value case_own_value(struct value v)
{
	if (v.known && type_is_text(v.kind))
		return value_str(v.kind, str_own(value_as_str(v)));
	return v;
}

void case_drop_value(struct value v)
{
	if (v.known && type_is_text(v.kind))
		str_drop(value_as_str(v));
}

/* Facts and id stand behind the state in one block of memory: a case is found and read with few
 * visits to memory, which is what deciding mostly waits for. */
static struct case_state *case_alloc(const struct rulebook *rb, struct str id, uint16_t kind,
				     uint16_t county)
{
	size_t facts = rb->kinds[kind].nfacts * sizeof(struct value);
	struct case_state *cs = mem_alloc(sizeof(*cs) + facts + id.len);
	cs->facts = (struct value *)(cs + 1);
	char *p = (char *)cs->facts + facts;
	if (id.len)
		memcpy(p, id.p, id.len);
	cs->id = (struct str){p, id.len};
	cs->kind = kind;
	cs->county = county;
	return cs;
}

struct case_state *case_new(const struct rulebook *rb, struct str id, uint16_t kind,
			    uint16_t county)
{
	const struct case_kind *k = &rb->kinds[kind];
	struct case_state *cs = case_alloc(rb, id, kind, county);
	cs->last = TIME_NONE;
	for (uint16_t i = 0; i < k->nfacts; i++)
		cs->facts[i] = case_own_value(k->facts[i].initial);
	return cs;
}

#define COPY_LIST(to, from)                                                                        \
	do {                                                                                       \
		(to)->n = (to)->cap = (from)->n;                                                   \
		(to)->at = (from)->n ? mem_grow(NULL, (from)->n, sizeof(*(to)->at)) : NULL;        \
		if ((from)->n)                                                                     \
			memcpy((to)->at, (from)->at, (from)->n * sizeof(*(to)->at));               \
	} while (0)

struct case_state *case_clone(const struct rulebook *rb, const struct case_state *cs)
{
	uint16_t nfacts = rb->kinds[cs->kind].nfacts;
	struct case_state *c = case_alloc(rb, cs->id, cs->kind, cs->county);
	c->last = cs->last;
	for (uint16_t i = 0; i < nfacts; i++)
		c->facts[i] = case_own_value(cs->facts[i]);
	COPY_LIST(&c->counts, &cs->counts);
	COPY_LIST(&c->positions, &cs->positions);
	COPY_LIST(&c->used, &cs->used);
	COPY_LIST(&c->due, &cs->due);
	COPY_LIST(&c->running, &cs->running);
	COPY_LIST(&c->owed, &cs->owed);
	COPY_LIST(&c->proposals, &cs->proposals);
	COPY_LIST(&c->paid, &cs->paid);
	for (size_t i = 0; i < c->running.n; i++)
		c->running.at[i].to = str_own(c->running.at[i].to);
	for (size_t i = 0; i < c->proposals.n; i++) {
		struct proposal *p = &c->proposals.at[i];
		p->to = str_own(p->to);
		p->value = case_own_value(p->value);
	}
	return c;
}

void case_free(const struct rulebook *rb, struct case_state *cs)
{
	if (!cs)
		return;
	for (uint16_t i = 0; i < rb->kinds[cs->kind].nfacts; i++)
		case_drop_value(cs->facts[i]);
	while (cs->running.n)
		case_remove_running(cs, cs->running.n - 1);
	while (cs->proposals.n)
		case_remove_proposal(cs, cs->proposals.n - 1);
	vec_release(&cs->counts);
	vec_release(&cs->positions);
	vec_release(&cs->used);
	vec_release(&cs->due);
	vec_release(&cs->running);
	vec_release(&cs->owed);
	vec_release(&cs->proposals);
	vec_release(&cs->paid);
	mem_free(cs);
}

/* ---- changing ---- */

void case_set_fact(const struct rulebook *rb, struct case_state *cs, uint16_t fact, struct value v)
{
	struct value old = cs->facts[fact];
	cs->facts[fact] = case_own_value(v); /* before dropping: v may be the old text itself */
	cs->facts[fact].kind = (uint8_t)rb->kinds[cs->kind].facts[fact].type.kind;
	case_drop_value(old);
}

void case_add_running(struct case_state *cs, const struct running *r)
{
	struct running *own = vec_push(&cs->running);
	*own = *r;
	own->to = str_own(r->to);
}

void case_remove_running(struct case_state *cs, size_t i)
{
	str_drop(cs->running.at[i].to);
	vec_remove(&cs->running, i);
}

void case_add_proposal(struct case_state *cs, const struct proposal *p)
{
	struct proposal *own = vec_push(&cs->proposals);
	*own = *p;
	own->to = str_own(p->to);
	own->value = case_own_value(p->value);
}

void case_remove_proposal(struct case_state *cs, size_t i)
{
	str_drop(cs->proposals.at[i].to);
	case_drop_value(cs->proposals.at[i].value);
	vec_remove(&cs->proposals, i);
}

static bool due_before(const struct due *a, const struct due *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	if (a->kind != b->kind)
		return a->kind < b->kind;
	int c = memcmp(a->origin.b, b->origin.b, sizeof(a->origin.b));
	return c ? c < 0 : a->n < b->n;
}

void due_insert(struct due_list *list, const struct due *d)
{
	size_t i = list->n;
	vec_reserve(list, list->n + 1);
	while (i > 0 && due_before(d, &list->at[i - 1]))
		i--;
	memmove(&list->at[i + 1], &list->at[i], (list->n - i) * sizeof(*list->at));
	list->at[i] = *d;
	list->n++;
}

/* ---- asking ---- */

const struct counter *case_count(const struct case_state *cs, uint16_t event)
{
	for (size_t i = 0; i < cs->counts.n; i++)
		if (cs->counts.at[i].event == event)
			return &cs->counts.at[i];
	return NULL;
}

const struct position *case_position(const struct case_state *cs, uint16_t escalation)
{
	for (size_t i = 0; i < cs->positions.n; i++)
		if (cs->positions.at[i].escalation == escalation)
			return &cs->positions.at[i];
	return NULL;
}

const struct running *case_running(const struct case_state *cs, uint16_t schedule)
{
	for (size_t i = 0; i < cs->running.n; i++)
		if (cs->running.at[i].schedule == schedule)
			return &cs->running.at[i];
	return NULL;
}

int64_t case_balance(const struct case_state *cs)
{
	int64_t sum = 0; /* stays in range: no assessment is applied that would leave it */
	for (size_t i = 0; i < cs->owed.n; i++)
		sum += cs->owed.at[i].cents - cs->owed.at[i].settled;
	return sum;
}

int64_t case_owed_on(const struct case_state *cs, uint16_t line)
{
	int64_t sum = 0;
	for (size_t i = 0; i < cs->owed.n; i++)
		if (cs->owed.at[i].name == line)
			sum += cs->owed.at[i].cents - cs->owed.at[i].settled;
	return sum;
}

bool case_next_due(const struct case_state *cs, int64_t *at)
{
	if (!cs->due.n)
		return false;
	*at = cs->due.at[0].at;
	return true;
}

#define LIST_BYTES(list) ((list).cap * sizeof(*(list).at))

size_t case_bytes(const struct case_state *cs)
{
	size_t n = sizeof(*cs) + cs->id.len + LIST_BYTES(cs->counts) + LIST_BYTES(cs->positions) +
		   LIST_BYTES(cs->used) + LIST_BYTES(cs->due) + LIST_BYTES(cs->running) +
		   LIST_BYTES(cs->owed) + LIST_BYTES(cs->proposals) + LIST_BYTES(cs->paid);
	for (size_t i = 0; i < cs->running.n; i++)
		n += cs->running.at[i].to.len;
	for (size_t i = 0; i < cs->proposals.n; i++)
		n += cs->proposals.at[i].to.len + cs->proposals.at[i].value.len;
	return n;
}
