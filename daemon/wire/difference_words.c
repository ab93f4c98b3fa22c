/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/difference_words.h"

#include "engine/explain/wording.h"

/* ---- words ---- */

static struct str meant_word(enum meant m)
{
	static const struct str words[] = {
	    [MEANT_KIND] = STR_INIT("kind of case"), [MEANT_EVENT] = STR_INIT("event"),
	    [MEANT_FUND] = STR_INIT("fund"),         [MEANT_CAPACITY] = STR_INIT("capacity"),
	    [MEANT_DOCKET] = STR_INIT("docket"),     [MEANT_CALENDAR] = STR_INIT("calendar"),
	    [MEANT_BLOCK] = STR_INIT("provision"),
	};
	return words[m];
}

void difference_words(struct buf *b, const struct differences *d, const struct difference *x)
{
	int side = x->block[1] != NO_BLOCK;
	if (x->county) {
		buf_str(b, STR("county "));
		buf_str(b, x->name);
		return;
	}
	if (x->block[side] == NO_BLOCK) {
		buf_str(b, meant_word(x->meant));
		buf_char(b, ' ');
		buf_str(b, x->name);
		return;
	}
	const struct rulebook *rb = d->rb[side];
	const struct block *k = &rb->blocks[x->block[side]];
	if (k->kind == BLOCK_NEVER || k->kind == BLOCK_ALWAYS) {
		buf_char(b, '`');
		source_words(b, rb, k->span);
		buf_char(b, '`');
	} else {
		block_words(b, k);
	}
	buf_str(b, STR(" ("));
	buf_str(b, rb->programs[k->program].name);
	buf_char(b, ')');
}

void amount_words(struct buf *b, const struct rulebook *rb, const struct param *p,
		  const struct dated_list *l)
{
	if (!p) {
		buf_str(b, STR("none"));
		return;
	}
	for (uint16_t i = 0; i < l->n; i++) {
		buf_c(b, i ? ", " : "");
		policy_value_text(b, rb, &p->type, l->at[i].value);
		if (i) {
			buf_str(b, STR(" from "));
			day_text(b, l->at[i].from);
		}
	}
}

/* ---- JSON ---- */

static void json_member(struct buf *b, const char *name, struct str value)
{
	buf_char(b, ',');
	buf_json(b, str_from(name));
	buf_char(b, ':');
	buf_json(b, value);
}

static void json_counties(struct buf *b, const struct str *list, size_t n)
{
	buf_str(b, STR(",\"counties\":["));
	for (size_t i = 0; i < n; i++) {
		buf_c(b, i ? "," : "");
		buf_json(b, list[i]);
	}
	buf_char(b, ']');
}

void amount_change_json(struct buf *b, const struct differences *d, const struct amount_change *x)
{
	buf_str(b, STR("{\"name\":"));
	buf_json(b, x->name);
	if (x->program.len)
		json_member(b, "program", x->program);
	json_counties(b, x->counties, x->ncounties);
	for (int i = 0; i < 2; i++) {
		struct buf text = {0};
		amount_words(&text, d->rb[i], x->param[i], x->values[i]);
		json_member(b, i ? "new" : "old", x->param[i] ? buf_view(&text) : STR(""));
		buf_release(&text);
	}
	buf_char(b, '}');
}

void difference_json(struct buf *b, const struct differences *d, const struct difference *x)
{
	static const struct str changes[] = {
	    [CHANGE_ADDED] = STR_INIT("added"),         [CHANGE_REMOVED] = STR_INIT("removed"),
	    [CHANGE_MEANING] = STR_INIT("changed"),     [CHANGE_RENAMED] = STR_INIT("renamed"),
	    [CHANGE_REGROUPED] = STR_INIT("regrouped"), [CHANGE_SAID] = STR_INIT("words"),
	};
	int side = difference_side(x);
	struct buf name = {0};
	difference_words(&name, d, x);
	buf_str(b, STR("{\"change\":"));
	buf_json(b, changes[x->change]);
	json_member(b, "what", x->county ? STR("county") : meant_word(x->meant));
	json_member(b, "name", buf_view(&name));
	json_counties(b, x->counties, x->ncounties);
	if (x->span[side].len) {
		json_member(b, "file", d->rb[side]->sources[x->span[side].source].name);
		buf_fmt(b, ",\"line\":%u", rulebook_line(d->rb[side], x->span[side]));
	}
	buf_release(&name);
}
