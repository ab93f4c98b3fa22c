/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/problem.h"

struct entry_of_problem {
	int status;
	const char *slug, *title;
};

static const struct entry_of_problem entries[] = {
#define X(constant, status, slug, title) [constant] = {status, slug, title},
    PROBLEMS(X)
#undef X
};

static const struct str refusals[][2] = {
#define X(slug, title) {STR_INIT(slug), STR_INIT(title)},
    REFUSALS(X)
#undef X
};

#define NKINDS    (sizeof(entries) / sizeof(*entries))
#define NREFUSALS (sizeof(refusals) / sizeof(*refusals))

struct str problem_slug(size_t i)
{
	return i < NKINDS ? str_from(entries[i].slug) : refusals[i - NKINDS][0];
}

size_t problem_number(const struct problem *p)
{
	struct str slug = p->refusal && p->refusal->slug ? str_from(p->refusal->slug) : STR("");
	for (size_t i = 0; slug.len && i < NREFUSALS; i++)
		if (str_eq(refusals[i][0], slug))
			return NKINDS + i;
	return p->kind;
}

static struct str title_of(const struct problem *p)
{
	size_t i = problem_number(p);
	return i < NKINDS ? str_from(entries[i].title) : refusals[i - NKINDS][1];
}

int problem_status(enum problem_kind kind)
{
	return entries[kind].status;
}

static void put_errors(struct buf *b, const struct refusal *r)
{
	buf_str(b, STR(",\"errors\":["));
	for (size_t i = 0; i < r->n; i++) {
		buf_str(b, i ? STR(",{") : STR("{"));
		if (r->reasons[i].where.len) {
			buf_str(b, STR("\"where\":"));
			buf_json(b, r->reasons[i].where);
			buf_char(b, ',');
		}
		buf_str(b, STR("\"message\":"));
		buf_json(b, r->reasons[i].text);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static struct str detail_of(const struct problem *p)
{
	if (!p->detail.len && p->refusal && p->refusal->n)
		return p->refusal->reasons[0].text;
	return p->detail;
}

void problem_json(struct buf *b, const struct problem *p)
{
	const struct entry_of_problem *e = &entries[p->kind];
	const char *slug = p->refusal && p->refusal->slug ? p->refusal->slug : e->slug;
	buf_str(b, STR("{\"type\":\"/problems/"));
	buf_c(b, slug);
	buf_str(b, STR("\",\"title\":"));
	buf_json(b, title_of(p));
	buf_str(b, STR(",\"status\":"));
	buf_i64(b, e->status);
	buf_str(b, STR(",\"detail\":"));
	buf_json(b, detail_of(p));
	if (p->source.len || p->id.len) {
		buf_str(b, STR(",\"event\":{\"source\":"));
		buf_json(b, p->source);
		buf_str(b, STR(",\"id\":"));
		buf_json(b, p->id);
		buf_char(b, '}');
	}
	if (p->refusal)
		put_errors(b, p->refusal);
	if (p->members.len) {
		buf_char(b, ',');
		buf_str(b, p->members);
	}
	buf_char(b, '}');
}
