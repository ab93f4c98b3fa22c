/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/report_names.h"

#include "engine/explain/plain.h"

void called_event(struct buf *b, const struct rulebook *rb, struct str type)
{
	uint16_t e = rulebook_event(rb, type);
	if (e == NONE)
		plain_name(b, type);
	else
		plain_event(b, rb, e);
}

void called_county(struct buf *b, const struct rulebook *rb, struct str county)
{
	uint16_t c = rulebook_county(rb, county);
	plain_title(b, c == NONE ? STR("") : rb->counties[c].title, county);
}

void called_program(struct buf *b, const struct rulebook *rb, struct str program)
{
	uint16_t p = rulebook_program(rb, program);
	plain_title(b, p == NONE ? STR("") : rb->programs[p].title, program);
}

void called_fund(struct buf *b, const struct rulebook *rb, struct str fund)
{
	struct str title = STR("");
	for (uint16_t i = 0; i < rb->nfunds; i++)
		if (str_eq(rb->funds[i].name, fund))
			title = rb->funds[i].title;
	plain_title(b, title, fund);
}

static const struct block *provision(const struct rulebook *rb, struct str program,
				     struct str block)
{
	for (uint32_t i = 0; i < rb->nblocks; i++)
		if (str_eq(rb->blocks[i].name, block) &&
		    str_eq(rb->programs[rb->blocks[i].program].name, program))
			return &rb->blocks[i];
	return NULL;
}

void called_provision(struct buf *b, const struct rulebook *rb, struct str program,
		      struct str block)
{
	const struct block *k = provision(rb, program, block);
	plain_title(b, k ? k->title : STR(""), block);
}

struct str provision_kind(const struct rulebook *rb, struct str program, struct str block)
{
	const struct block *k = provision(rb, program, block);
	return k && k->case_kind != NONE ? rb->kinds[k->case_kind].name : STR("");
}
