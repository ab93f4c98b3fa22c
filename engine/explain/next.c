/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/next.h"

#include "engine/explain/letter.h"
#include "engine/explain/plain.h"
#include "engine/explain/worker.h"
#include "engine/case/json.h"
#include "engine/case/json_write.h"

static void auditor_outcome(struct prose *p, const struct wording *w, const struct outcome *o)
{
	struct buf *b = prose_add(p, PROSE_SUBITEM);
	outcome_words(b, w, o);
	buf_str(b, STR(" — "));
	place_words(b, w->rb, w->rb->parts[o->part].span);
}

static size_t put_outcomes(struct next *n, const struct decision *d)
{
	size_t told = 0;
	for (size_t i = 0; i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		struct prose *p = &n->items;
		told++;
		switch (n->who) {
		case FOR_AUDITOR:
			auditor_outcome(p, &n->wording, o);
			break;
		case FOR_WORKER:
			worker_outcome(prose_add(p, PROSE_SUBITEM), &n->wording, d, o);
			break;
		case FOR_PERSON:
			told -= !letter_outcome(prose_add(p, PROSE_SUBITEM), n->wording.rb, d, o);
			break;
		}
	}
	return told;
}

static void put_head(struct next *n, const struct decision *d)
{
	struct buf *b = prose_add(&n->items, PROSE_ITEM);
	if (n->who == FOR_AUDITOR)
		day_text(b, d->event.day);
	else
		plain_day(b, d->event.day);
	if (!n->id.len && n->who != FOR_PERSON)
		buf_fmt(b, ", " STR_FMT, STR_ARG(d->event.subject));
	buf_char(b, ':');
	for (size_t i = 0; n->who != FOR_PERSON && i < d->stopped.n; i++)
		buf_fmt(b, " stopped: " STR_FMT, STR_ARG(d->stopped.reasons[i].text));
}

static struct outcome shown(const struct next *n, const struct outcome *o)
{
	struct outcome copy = *o;
	const struct rulebook *rb = n->wording.rb;
	const struct block *block = &rb->blocks[rb->parts[o->part].block];
	if (o->action == ACTION_SET && !n->wording.confidential &&
	    rb->kinds[block->case_kind].facts[o->fact].confidential)
		copy.value = value_missing(TYPE_TEXT);
	return copy;
}

static void put_json(struct next *n, const struct decision *d)
{
	struct buf *b = &n->json;
	buf_str(b, b->len ? STR(",{\"day\":\"") : STR("{\"day\":\""));
	day_text(b, d->event.day);
	buf_str(b, STR("\",\"case\":"));
	buf_json(b, d->event.subject);
	buf_str(b, STR(",\"event\":"));
	json_name(b, d->type_name);
	buf_str(b, STR(",\"outcomes\":["));
	for (size_t i = 0; i < d->n; i++) {
		struct outcome o = shown(n, &d->outcomes[i]);
		buf_c(b, i ? "," : "");
		outcome_json(b, n->wording.rb, &o);
	}
	buf_str(b, STR("]}"));
}

static void on_decision(void *arg, const struct decision *d, uint64_t seq)
{
	struct next *n = arg;
	(void)seq;
	if ((n->id.len && !str_eq(n->id, d->event.subject)) || (!d->n && !d->stopped.slug))
		return;
	if (n->n == NEXT_MOST) {
		n->more++;
		return;
	}
	size_t text = n->items.text.len, pieces = n->items.pieces.n;
	put_head(n, d);
	if (!put_outcomes(n, d) && n->who == FOR_PERSON) { /* nothing for the person in it */
		n->items.text.len = text;
		n->items.pieces.n = pieces;
		return;
	}
	n->n++;
	put_json(n, d);
}

void next_pass(struct next *n, struct stream *s, int32_t until)
{
	n->until = until;
	s->sink = on_decision;
	s->arg = n;
	s->decider.trace = NULL;
	s->decider.before = NULL;
	stream_until_day(s, until);
}

void next_prose(struct prose *p, const struct next *n)
{
	struct buf *b = prose_add(p, PROSE_SECTION);
	buf_c(b, n->who == FOR_PERSON ? "What comes next, if nothing else happens, until "
				      : "What happens next if nothing happens, until ");
	if (n->who == FOR_AUDITOR)
		day_text(b, n->until);
	else
		plain_day(b, n->until);
	prose_join(p, &n->items);
	if (!n->n)
		buf_c(prose_add(p, PROSE_ITEM), n->who == FOR_PERSON ? "Nothing." : "nothing");
	if (n->more)
		buf_fmt(prose_add(p, PROSE_ITEM), "… and %zu more", n->more);
}

void next_json(struct buf *b, const struct next *n)
{
	buf_str(b, STR("{\"until\":\""));
	day_text(b, n->until);
	buf_fmt(b, "\",\"items\":[" STR_FMT "],\"more\":%zu}", STR_ARG(buf_view(&n->json)),
		n->more);
}

void next_release(struct next *n)
{
	prose_release(&n->items);
	buf_release(&n->json);
}
