/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/case.h"

#include <assert.h>

#define ROOM_STEP   ((size_t)128) /* two cache lines */
#define FIRST_BYTES ((size_t)32)  /* of a list; most have one or two elements */

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

/* Id and facts stand behind the state in one block of memory: a case is found and read with few
 * visits to memory, which is what deciding mostly waits for. */
static struct case_state *case_alloc(const struct rulebook *rb, struct str id, uint16_t kind,
				     uint16_t county)
{
	size_t facts = rb->kinds[kind].nfacts * sizeof(struct value);
	size_t id_bytes = (id.len + 15) & ~(size_t)15; /* facts are aligned */
	struct case_state *cs = mem_alloc(sizeof(*cs) + id_bytes + facts);
	char *p = (char *)(cs + 1);
	cs->facts = (struct value *)(p + id_bytes);
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

/* ---- the lists ---- */

struct list { /* what every VEC looks like */
	void *at;
	size_t n, cap;
};

static const struct {
	size_t offset, size;
} LISTS[] = {
#define LIST(name)                                                                                 \
	{                                                                                          \
		offsetof(struct case_state, name), sizeof(*((struct case_state *)0)->name.at)      \
	}
    LIST(counts),    LIST(positions), LIST(used),   LIST(due),    LIST(running), LIST(owed),
    LIST(proposals), LIST(paid),      LIST(recent), LIST(placed), LIST(places),  LIST(awaited),
#undef LIST
};
#define NLISTS (sizeof(LISTS) / sizeof(LISTS[0]))

static struct list *list_at(const struct case_state *cs, size_t offset)
{
	return (struct list *)(uintptr_t)((const char *)cs + offset);
}

/* Texts and 64-bit numbers need 8. */
static size_t list_bytes(size_t cap, size_t size)
{
	return (cap * size + 7) & ~(size_t)7;
}

/* Gives a list memory of its own at the end of the room, which has space for it. */
static void list_move(struct case_state *cs, struct list *l, size_t size, size_t cap)
{
	char *to = cs->room.p + cs->room.used;
	if (l->n)
		memcpy(to, l->at, l->n * size);
	l->at = to;
	l->cap = cap;
	cs->room.used += list_bytes(cap, size);
}

/* A new room of `bytes` with all lists, without the gaps that lists left when they moved. */
static void room_renew(struct case_state *cs, size_t bytes)
{
	char *old = cs->room.p;
	cs->room.p = mem_grow(NULL, bytes, 1);
	cs->room.used = 0;
	cs->room.cap = bytes;
	for (size_t i = 0; i < NLISTS; i++) {
		struct list *l = list_at(cs, LISTS[i].offset);
		if (l->cap)
			list_move(cs, l, LISTS[i].size, l->cap);
	}
	mem_free(old);
}

static size_t lists_bytes(const struct case_state *cs)
{
	size_t n = 0;
	for (size_t i = 0; i < NLISTS; i++)
		n += list_bytes(list_at(cs, LISTS[i].offset)->cap, LISTS[i].size);
	return n;
}

void case_grow(struct case_state *cs, size_t list, size_t size, size_t want)
{
	struct list *l = list_at(cs, list);
	size_t cap = l->cap ? l->cap + l->cap / 2 : FIRST_BYTES / size;
	cap = cap < want ? want : cap;
	size_t more = list_bytes(cap, size);
	if (cs->room.cap - cs->room.used < more) {
		size_t all = lists_bytes(cs) + more;
		room_renew(cs, (all + all / 4 + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP);
	}
	list_move(cs, l, size, cap);
}

struct case_state *case_clone(const struct rulebook *rb, const struct case_state *cs)
{
	uint16_t nfacts = rb->kinds[cs->kind].nfacts;
	struct case_state *c = case_alloc(rb, cs->id, cs->kind, cs->county);
	c->last = cs->last;
	c->amendments = cs->amendments;
	for (uint16_t i = 0; i < nfacts; i++)
		c->facts[i] = case_own_value(cs->facts[i]);
	for (size_t i = 0; i < NLISTS; i++)
		*list_at(c, LISTS[i].offset) = *list_at(cs, LISTS[i].offset);
	room_renew(c, lists_bytes(c));
	for (size_t i = 0; i < c->running.n; i++)
		c->running.at[i].to = str_own(c->running.at[i].to);
	for (size_t i = 0; i < c->proposals.n; i++) {
		struct proposal *p = &c->proposals.at[i];
		p->to = str_own(p->to);
		p->value = case_own_value(p->value);
	}
	for (size_t i = 0; i < c->awaited.n; i++) {
		struct awaited *w = &c->awaited.at[i];
		w->source = str_own(w->source);
		w->id = str_own(w->id);
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
	for (size_t i = 0; i < cs->awaited.n; i++) {
		str_drop(cs->awaited.at[i].source);
		str_drop(cs->awaited.at[i].id);
	}
	mem_free(cs->room.p);
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
	struct running *own = case_push(cs, running);
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
	struct proposal *own = case_push(cs, proposals);
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
	if (a->day != b->day)
		return a->day < b->day;
	/* What ends with a day comes before the items of the day that begins. */
	if (a->kind != b->kind)
		return b->kind == DUE_ITEM || (a->kind != DUE_ITEM && a->kind < b->kind);
	int c = memcmp(a->origin.b, b->origin.b, sizeof(a->origin.b));
	return c ? c < 0 : a->n < b->n;
}

void due_insert(struct due_list *list, const struct due *d)
{
	size_t i = list->n;
	assert(list->n < list->cap);
	while (i > 0 && due_before(d, &list->at[i - 1]))
		i--;
	memmove(&list->at[i + 1], &list->at[i], (list->n - i) * sizeof(*list->at));
	list->at[i] = *d;
	list->n++;
}

void case_add_due(struct case_state *cs, const struct due *d)
{
	case_reserve(cs, due, cs->due.n + 1);
	due_insert(&cs->due, d);
}

bool case_awaits(const struct case_state *cs, struct hash128 key)
{
	for (size_t i = 0; i < cs->awaited.n; i++)
		if (hash128_eq(cs->awaited.at[i].key, key))
			return true;
	return false;
}

void case_add_awaited(struct case_state *cs, struct str source, struct str id)
{
	struct hash128 key = event_key(source, id);
	if (!case_awaits(cs, key))
		*case_push(cs, awaited) = (struct awaited){key, str_own(source), str_own(id)};
}

static struct recent *latest_recent(struct case_state *cs, uint16_t event)
{
	for (size_t i = cs->recent.n; i > 0; i--)
		if (cs->recent.at[i - 1].event == event)
			return &cs->recent.at[i - 1];
	return NULL;
}

void case_add_recent(struct case_state *cs, uint16_t event, int32_t day)
{
	struct recent *r = latest_recent(cs, event);
	if (r && r->n && r->day == day)
		r->n++;
	else
		*case_push(cs, recent) = (struct recent){event, 1, day};
}

void case_drop_recent(struct case_state *cs, uint16_t event)
{
	struct recent *r = latest_recent(cs, event);
	if (--r->n == 0)
		vec_remove(&cs->recent, (size_t)(r - cs->recent.at));
}

void case_forget_recent(struct case_state *cs, uint16_t event)
{
	size_t kept = 0;
	for (size_t i = 0; i < cs->recent.n; i++)
		if (cs->recent.at[i].event != event)
			cs->recent.at[kept++] = cs->recent.at[i];
	cs->recent.n = kept;
}

bool case_recent_is_whole(const struct rulebook *rb, const struct case_state *cs,
			  const struct counter *count)
{
	int32_t window = rb->events[count->event].window;
	for (size_t i = 0; window && i < cs->recent.n; i++) {
		const struct recent *r = &cs->recent.at[i];
		if (r->event == count->event && !r->n && r->day + window >= count->last_day)
			return false;
	}
	return true;
}

void case_prune_recent(struct case_state *cs, uint16_t event, int32_t day)
{
	size_t kept = 0;
	bool noted = false;
	for (size_t i = cs->recent.n; i > 0; i--) { /* the last one that goes stays as a note */
		struct recent *r = &cs->recent.at[i - 1];
		if (r->event != event || r->day >= day)
			continue;
		r->n = noted ? UINT32_MAX : 0;
		noted = true;
	}
	for (size_t i = 0; noted && i < cs->recent.n; i++)
		if (cs->recent.at[i].n != UINT32_MAX)
			cs->recent.at[kept++] = cs->recent.at[i];
	cs->recent.n = noted ? kept : cs->recent.n;
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

const struct placed *case_placed(const struct case_state *cs, uint16_t docket)
{
	for (size_t i = 0; i < cs->placed.n; i++)
		if (cs->placed.at[i].docket == docket)
			return &cs->placed.at[i];
	return NULL;
}

const struct enrolment *case_place(const struct case_state *cs, uint16_t capacity)
{
	for (size_t i = 0; i < cs->places.n; i++)
		if (cs->places.at[i].capacity == capacity)
			return &cs->places.at[i];
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

#define LINE_BYTES 64

void case_prefetch(const struct case_state *cs)
{
	for (size_t i = 0; i < sizeof(*cs) + LINE_BYTES; i += LINE_BYTES)
		__builtin_prefetch((const char *)cs + i, 1);
}

void case_prefetch_lists(const struct case_state *cs)
{
	__builtin_prefetch(cs->id.p);
	for (size_t i = 0; i < cs->room.used; i += LINE_BYTES)
		__builtin_prefetch(cs->room.p + i, 1);
}

size_t case_bytes(const struct case_state *cs)
{
	size_t n = sizeof(*cs) + cs->id.len + cs->room.cap;
	for (size_t i = 0; i < cs->running.n; i++)
		n += cs->running.at[i].to.len;
	for (size_t i = 0; i < cs->proposals.n; i++)
		n += cs->proposals.at[i].to.len + cs->proposals.at[i].value.len;
	return n;
}
