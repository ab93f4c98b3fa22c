/* SPDX-License-Identifier: Apache-2.0
 *
 * Outcomes as they are compared: what a replay compares, in any order. And as they are recorded:
 * without texts and values of the case.
 */
#include "daemon/serve/shadow.h"

#include "daemon/wire/canonical.h"
#include "daemon/wire/outcome_read.h"

#include <stdlib.h>

static void put_members(struct buf *b, struct str object, const char *const *names)
{
	for (; *names; names++) {
		struct str v = canonical_get(object, str_from(*names));
		if (v.len)
			buf_fmt(b, "%s\"%s\":" STR_FMT, b->p[b->len - 1] == '{' ? "" : ",", *names,
				STR_ARG(v));
	}
}

static void put_recorded(struct buf *b, struct str outcome)
{
	static const char *const kept[] = {"kind", "action", "name", "amount",
					   "fund", "status", "due",  NULL};
	static const char *const places[] = {"program", "block", "part", NULL};
	buf_char(b, '{');
	put_members(b, outcome, kept);
	put_members(b, canonical_get(outcome, STR("because")), places);
	buf_char(b, '}');
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void put_compared(struct buf *b, struct str *texts, size_t n)
{
	if (n)
		qsort(texts, n, sizeof(*texts), by_text);
	for (size_t i = 0; i < n; i++) {
		buf_str(b, texts[i]);
		buf_char(b, '\n');
	}
}

bool shadow_outcomes(struct str decision, struct buf *compared, struct buf *recorded)
{
	struct arena a = {0};
	struct outcome_read o;
	VEC(struct str) texts = {0};
	struct str rest = canonical_get(decision, STR("outcomes"));
	bool fine = canonical_enter(&rest);
	buf_char(recorded, '[');
	while (fine && rest.len && rest.p[0] == '{') {
		struct str outcome = rest;
		fine = outcome_read(NULL, &o, &rest, DAY_NONE, &a);
		if (!fine)
			break;
		outcome.len -= rest.len;
		*vec_push(&texts) = o.text;
		buf_c(recorded, texts.n > 1 ? "," : "");
		put_recorded(recorded, outcome);
	}
	buf_char(recorded, ']');
	put_compared(compared, texts.at, texts.n);
	vec_release(&texts);
	arena_release(&a);
	return fine;
}
