/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/audience.h"

#include "engine/explain/letter.h"
#include "engine/explain/worker.h"

static const struct str names[] = {
    [FOR_AUDITOR] = STR_INIT("auditor"),
    [FOR_WORKER] = STR_INIT("worker"),
    [FOR_PERSON] = STR_INIT("person"),
};

bool audience_read(struct str name, enum audience *out)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!str_eq(names[i], name))
			continue;
		*out = (enum audience)i;
		return true;
	}
	return false;
}

struct str audience_name(enum audience who)
{
	return names[who];
}

bool audience_prose(struct prose *p, enum audience who, const struct account *a, bool places)
{
	switch (who) {
	case FOR_AUDITOR:
		explain_prose(p, a);
		return true;
	case FOR_WORKER:
		worker_prose(p, a, places);
		return true;
	case FOR_PERSON:
		return letter_prose(p, a);
	}
	return false;
}

void audience_text(struct buf *b, enum audience who, const struct prose *p)
{
	if (who == FOR_AUDITOR)
		prose_outline(b, p);
	else
		prose_letter(b, p);
}
