/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/json_write.h"

void json_name(struct buf *b, struct str name)
{
	buf_reserve(b, name.len + 2);
	buf_char(b, '"');
	buf_str(b, name);
	buf_char(b, '"');
}

void json_hash(struct buf *b, struct hash128 h)
{
	char text[2 * sizeof(h.b)];
	hash_hex(h.b, sizeof(h.b), text);
	json_name(b, (struct str){text, sizeof(text)});
}

void json_day(struct buf *b, int32_t day)
{
	if (day == DAY_NONE) {
		buf_str(b, STR("null"));
		return;
	}
	buf_char(b, '"');
	day_text(b, day);
	buf_char(b, '"');
}

void json_time(struct buf *b, const struct rulebook *rb, int64_t us)
{
	if (us == TIME_NONE) {
		buf_str(b, STR("null"));
		return;
	}
	buf_char(b, '"');
	time_text(b, rb->zone, us);
	buf_char(b, '"');
}

/* "1250.5": as for people, but without the sign and the commas between thousands. */
static void write_percent(struct buf *b, int64_t millionths)
{
	buf_char(b, '"');
	size_t start = b->len, kept = start;
	percent_text(b, millionths);
	for (size_t i = start; i + 1 < b->len; i++)
		if (b->p[i] != ',')
			b->p[kept++] = b->p[i];
	b->len = kept;
	buf_char(b, '"');
}

void json_value(struct buf *b, const struct rulebook *rb, const struct type *t, struct value v)
{
	if (!v.known) {
		buf_str(b, STR("null"));
		return;
	}
	switch (t->kind) {
	case TYPE_MONEY:
		money_json(b, v.i);
		return;
	case TYPE_PERCENT:
		write_percent(b, v.i);
		return;
	case TYPE_NUMBER:
	case TYPE_YEARS:
	case TYPE_MONTHS:
	case TYPE_DAYS:
	case TYPE_BUSINESS_DAYS:
	case TYPE_MINUTES:
		buf_i64(b, v.i);
		return;
	case TYPE_DATE:
		json_day(b, (int32_t)v.i);
		return;
	case TYPE_YES_NO:
		buf_str(b, v.i ? STR("true") : STR("false"));
		return;
	case TYPE_CHOICE:
		json_name(b, rb->choices[t->of].names[v.i]);
		return;
	case TYPE_TEXT:
	case TYPE_REF:
		buf_json(b, value_as_str(v));
		return;
	}
}

static uint32_t variant_of(const struct rulebook *rb, uint32_t block)
{
	const struct block *self = &rb->blocks[block];
	uint32_t n = 0;
	for (uint32_t i = 0; i < block; i++) {
		const struct block *other = &rb->blocks[i];
		n += other->county == self->county && other->program == self->program &&
		     str_eq(other->name, self->name);
	}
	return n;
}

void json_block_ref(struct buf *b, const struct rulebook *rb, uint32_t block)
{
	const struct block *self = &rb->blocks[block];
	if (self->program != NONE) {
		buf_str(b, STR("\"program\":"));
		json_name(b, rb->programs[self->program].name);
		buf_char(b, ',');
	}
	buf_str(b, STR("\"block\":"));
	json_name(b, self->name);
	if (self->county == NONE)
		return;
	buf_str(b, STR(",\"county\":"));
	json_name(b, rb->counties[self->county].name);
	buf_str(b, STR(",\"variant\":"));
	buf_i64(b, variant_of(rb, block));
}

static uint32_t nth_of(const struct rulebook *rb, uint32_t part)
{
	const struct part *self = &rb->parts[part];
	uint32_t n = 0;
	for (uint32_t i = rb->blocks[self->block].first_part; i < part; i++)
		n += rb->parts[i].event == self->event && str_eq(rb->parts[i].label, self->label);
	return n;
}

void json_part_ref(struct buf *b, const struct rulebook *rb, uint32_t part)
{
	const struct part *self = &rb->parts[part];
	json_block_ref(b, rb, self->block);
	buf_str(b, STR(",\"part\":"));
	json_name(b, self->label);
	if (self->event < rb->nevents) {
		buf_str(b, STR(",\"on\":"));
		json_name(b, rb->events[self->event].name);
	}
	buf_str(b, STR(",\"nth\":"));
	buf_i64(b, nth_of(rb, part));
}
