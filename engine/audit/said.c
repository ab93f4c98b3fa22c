/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/said.h"

#include "engine/values/money.h"

enum said_money said_money_of(struct str kind, struct str status)
{
	if (str_eq(kind, STR("unfunded")))
		return SAID_UNFUNDED;
	if (!str_eq(status, STR("due")))
		return SAID_NO_MONEY;
	if (str_eq(kind, STR("payment")))
		return SAID_PAID;
	return str_eq(kind, STR("assessment")) ? SAID_ASSESSED : SAID_NO_MONEY;
}

bool said_is_benefit(struct str kind, struct str status)
{
	return said_money_of(kind, status) == SAID_PAID || str_eq(kind, STR("enrolment")) ||
	       (str_eq(kind, STR("schedule")) && str_eq(status, STR("started")));
}

/* A schedule that its fund cannot pay is all of its payments. */
static int64_t cents_of(const struct outcome *o, enum said_money money)
{
	int64_t cents = o->has_amount ? o->cents : 0;
	if (money == SAID_UNFUNDED && o->action == ACTION_START && o->times > 1 &&
	    money_mul(cents, o->times, &cents))
		return INT64_MAX;
	return cents;
}

static struct str name_of(const struct rulebook *rb, const struct outcome *o)
{
	uint16_t n;
	const struct named *names = outcome_names(rb, o->action, &n);
	if (names && o->name != NONE)
		return names[o->name].name;
	if (o->schedule != NONE)
		return rb->blocks[rb->schedules[o->schedule].block].name;
	if (o->action == ACTION_SET)
		return rb->kinds[rb->blocks[rb->parts[o->part].block].case_kind]
		    .facts[o->fact]
		    .name;
	return STR("");
}

void said_of(struct said *out, const struct rulebook *decisions, const struct outcome *o,
	     struct str text, int32_t day)
{
	const struct rulebook *rb = outcome_rulebook(o, decisions);
	const struct block *block = &rb->blocks[rb->parts[o->part].block];
	struct str status = outcome_status_name(o->status);
	*out = (struct said){.id = o->id, .kind = outcome_kind(o)};
	if (o->reversal) {
		out->reversal = true;
		out->of = o->of;
		return;
	}
	out->content = hash_sip(text.p, text.len);
	out->money = said_money_of(out->kind, status);
	out->benefit = said_is_benefit(out->kind, status);
	out->cents = cents_of(o, out->money);
	out->day = o->due == DAY_NONE ? day : o->due;
	out->program = block->program == NONE ? STR("") : rb->programs[block->program].name;
	out->block = block->name;
	out->name = name_of(rb, o);
	out->fund = o->fund == NONE ? STR("") : rb->funds[o->fund].name;
}
