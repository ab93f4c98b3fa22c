/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/problem.h"

#include <string.h>

struct entry_of_problem {
	int status;
	const char *slug, *title;
};

static const struct entry_of_problem entries[] = {
#define X(constant, status, slug, title) [constant] = {status, slug, title},
    PROBLEMS(X)
#undef X
};

/* The titles of refusals, by the slug that the engine gives. */
static const char *refusal_title(const char *slug)
{
	static const char *const titles[][2] = {
	    {"unknown-event", "Unknown event type"},
	    {"bad-event", "The event does not fit the vocabulary"},
	    {"before-policy", "No policy was in force"},
	    {"future-event", "The event is dated in the future"},
	    {"late-event", "The event comes too late"},
	    {"other-county", "The case belongs to another county"},
	    {"other-kind", "The case is of another kind"},
	    {"breaks-never", "The outcome is forbidden by the policy"},
	    {"contradiction", "The policy contradicts itself"},
	    {"overflow", "An amount is out of range"},
	    {"no-such-outcome", "No such outcome"},
	    {"no-such-event", "No such event"},
	    {"limit", "A limit is passed"},
	};
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (strcmp(titles[i][0], slug) == 0)
			return titles[i][1];
	return "Event refused";
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
	buf_json(b, str_from(p->refusal ? refusal_title(slug) : e->title));
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
