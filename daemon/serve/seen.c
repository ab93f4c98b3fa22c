/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/seen.h"

#include "daemon/serve/daemon.h"

void seen_name(struct call *c, struct str case_id, struct str name)
{
	struct arena *a = &c->http->arena;
	struct seen **at = &c->seen;
	for (; *at; at = &(*at)->next)
		if (str_eq((*at)->name, name) && str_eq((*at)->case_id, case_id))
			return;
	*at = arena_alloc(a, sizeof(**at));
	**at = (struct seen){NULL, arena_str(a, case_id), arena_str(a, name)};
}

void seen_facts(struct call *c, const struct case_state *cs)
{
	const struct case_kind *k = &c->d->rb->kinds[cs->kind];
	for (uint16_t i = 0; i < k->nfacts; i++)
		if (k->facts[i].confidential && cs->facts[i].known)
			seen_name(c, cs->id, k->facts[i].name);
}

/* Takes the names of one case out of the list, as a JSON array. */
static void take_names(struct seen **list, struct str case_id, struct buf *names)
{
	buf_clear(names);
	for (struct seen **at = list; *at;) {
		struct seen *s = *at;
		if (!str_eq(s->case_id, case_id)) {
			at = &s->next;
			continue;
		}
		buf_str(names, names->len ? STR(",") : STR("["));
		buf_json(names, s->name);
		*at = s->next;
	}
	buf_char(names, ']');
}

/* From the ledger, else from memory: its first event may be on its way to the disk. */
static enum status find(struct call *c, struct str id, uint64_t *no, struct str *county)
{
	struct daemon *d = c->d;
	struct ledger_case row;
	struct case_slot *slot;
	enum status st = ledger_find_case(daemon_reader(d), id, &row);
	if (!st) {
		*no = row.no;
		*county = arena_str(&c->http->arena, row.county);
	} else if (st == STATUS_NOT_FOUND) {
		st = cases_get(&d->cases, daemon_reader(d), d->rb, id, &slot, &d->why);
		if (!st) {
			*no = slot->no;
			*county = d->rb->counties[slot->cs->county].name;
		}
	}
	return st;
}

/* STATUS_NOT_FOUND: there is no such case that the token sees, so nothing of it was shown. */
static enum status add(struct call *c, struct ledger_unit *u, struct str case_id, struct str names)
{
	struct ledger_disclosure what = {
	    .at_us = c->d->now_us,
	    .policy = c->d->policy,
	    .allowed = true,
	    .route = call_route(c),
	    .asker = c->token->name,
	    .fields = names,
	    .reasons = STR("[]"),
	};
	enum status st = find(c, case_id, &what.case_no, &what.county);
	if (!st && !call_sees(c, what.county))
		st = STATUS_NOT_FOUND;
	if (!st)
		ledger_unit_disclosure(u, &what);
	return st;
}

static bool add_all(struct call *c, struct ledger_unit *u, size_t *n)
{
	struct buf names = {0};
	enum status st = STATUS_OK;
	while (c->seen && (st == STATUS_OK || st == STATUS_NOT_FOUND)) {
		struct str id = c->seen->case_id;
		take_names(&c->seen, id, &names);
		st = add(c, u, id, buf_view(&names));
		*n += !st;
	}
	buf_release(&names);
	return st == STATUS_OK || st == STATUS_NOT_FOUND;
}

void seen_answer(struct call *c, int status, struct str json)
{
	struct daemon *d = c->d;
	size_t n = 0;
	if (!call_has_room(c, 1))
		return;
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	bool fine = add_all(c, u, &n);
	if (fine && n) {
		struct reply *r = reply_new(c, 1, false);
		flight_disclose(d, r, u, status, json);
		reply_close(r);
		return;
	}
	ledger_unit_free(d->ledger, u);
	if (fine)
		call_json(c, status, json);
	else
		call_ledger_failed(c);
}
