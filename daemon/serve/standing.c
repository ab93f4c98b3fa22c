/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/standing.h"

#include "daemon/ledger/ledger.h"
#include "daemon/wire/case_read.h"
#include "daemon/wire/footing.h"
#include "daemon/wire/json.h"

#include <string.h>

struct looking {
	struct standing *s;
	const struct rulebook *rb;
	struct json_doc *doc;
	struct buf why;
};

static void count(struct standing *s, struct str what)
{
	s->unfit++;
	uint32_t at = map_get(&s->by_what, what);
	if (at != MAP_NONE) {
		s->lacks.at[at].cases++;
	} else if (s->lacks.n == STANDING_KINDS_MOST) {
		s->others++;
	} else {
		struct str own = arena_str(&s->arena, what);
		map_put(&s->by_what, own, (uint32_t)s->lacks.n);
		*vec_push(&s->lacks) = (struct standing_lack){1, own};
	}
}

static void look_at(struct looking *l, const struct ledger_case *c)
{
	const struct json *root;
	struct case_state *cs;
	l->s->looked_at++;
	buf_clear(&l->why);
	if (json_parse(l->doc, c->state, SIZE_MAX, &root, &l->why))
		return;
	buf_clear(&l->why);
	enum status st = case_read(l->rb, root, &cs, &l->why);
	if (!st)
		case_free(l->rb, cs);
	if (st == STATUS_CONFLICT) /* the sentence is about one case; here they are many */
		count(l->s,
		      (struct str){l->why.p + strlen(CASE_LACKS), l->why.len - strlen(CASE_LACKS)});
}

static enum status look_at_all(struct looking *l, struct ledger_reader *r)
{
	struct ledger_totals totals = {0};
	enum status st = ledger_totals(r, &totals);
	for (uint64_t no = 1; no <= totals.cases && !st; no++) {
		struct ledger_case c;
		st = ledger_case_at(r, no, &c);
		if (!st)
			look_at(l, &c);
		else if (st == STATUS_GONE)
			st = STATUS_OK;
	}
	return st;
}

void standing_look(struct standing *s, const char *ledger, const struct rulebook *rb,
		   const struct rulebook *known)
{
	struct ledger_reader *r;
	struct looking l = {.s = s, .rb = rb};
	if ((known && footing_same(known, rb)) || ledger_reader_open(ledger, &r, &s->why))
		return;
	l.doc = json_doc_new();
	if (look_at_all(&l, r))
		buf_fmt(&s->why, "the cases could not be looked at: " STR_FMT,
			STR_ARG(ledger_reader_error(r)));
	json_doc_free(l.doc);
	buf_release(&l.why);
	ledger_reader_close(r);
}

void standing_text(const struct standing *s, struct buf *out)
{
	const char *gap = "";
	for (size_t i = 0; i < s->lacks.n; i++, gap = " ")
		buf_fmt(out, "%s%llu %s " STR_FMT ".", gap,
			(unsigned long long)s->lacks.at[i].cases,
			s->lacks.at[i].cases == 1 ? "case would lack" : "cases would lack",
			STR_ARG(s->lacks.at[i].what));
	if (s->others)
		buf_fmt(out, "%s%llu more cases would lack something.", gap,
			(unsigned long long)s->others);
}

void standing_json(const struct standing *s, struct buf *out)
{
	buf_char(out, '[');
	for (size_t i = 0; i < s->lacks.n; i++) {
		buf_fmt(out, "%s{\"cases\":%llu,\"lack\":", i ? "," : "",
			(unsigned long long)s->lacks.at[i].cases);
		buf_json(out, s->lacks.at[i].what);
		buf_char(out, '}');
	}
	if (s->others)
		buf_fmt(out, "%s{\"cases\":%llu,\"lack\":\"something else\"}",
			s->lacks.n ? "," : "", (unsigned long long)s->others);
	buf_char(out, ']');
}

void standing_release(struct standing *s)
{
	arena_release(&s->arena);
	vec_release(&s->lacks);
	map_release(&s->by_what);
	buf_release(&s->why);
	*s = (struct standing){0};
}
