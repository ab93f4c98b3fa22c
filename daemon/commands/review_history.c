/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/review_history.h"

#include "daemon/ledger/reader_log.h"
#include "daemon/replay/report.h"
#include "engine/page/html.h"
#include "engine/values/money.h"

/* The head that stands when the replay begins: what comes later is not looked at. */
static enum status read_head(struct review_history *h, const char *path, struct buf *why)
{
	struct ledger_reader *r = NULL;
	struct head_key key;
	enum status st = ledger_reader_open(path, &r, why);
	if (st)
		return st;
	st = ledger_head(r, &h->head, &key);
	if (!st) {
		h->has_head = true;
		memcpy(h->log, key.name, sizeof(h->log));
	} else if (st != STATUS_NOT_FOUND) {
		buf_str(why, ledger_reader_error(r));
	}
	ledger_reader_close(r);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status review_history_find(struct review_history *h, const char *ledger,
				const struct rulebook *new,
				void (*on_progress)(void *, uint64_t, uint64_t), void *arg,
				struct buf *why)
{
	struct candidate_config config = {
	    .path = ledger, .rb = new, .jobs = 1, .on_progress = on_progress, .arg = arg};
	*h = (struct review_history){0};
	enum status st = read_head(h, ledger, why);
	return st ? st : candidate_replay(&config, &h->replayed, why);
}

void review_history_release(struct review_history *h)
{
	replayed_release(&h->replayed);
}

/* ---- words ---- */

void review_history_identity(struct buf *b, const struct review_history *h)
{
	char root[sizeof(h->head.root.b) * 2];
	if (!h->has_head) {
		html_p(b, "The ledger has no signed head, so this document cannot say which one it "
			  "was.");
		return;
	}
	hash_hex(h->head.root.b, sizeof(h->head.root.b), root);
	html_p(b,
	       "The recorded history is that of the log %s; it had %llu leaves, and the root over "
	       "them was %.*s. `waymark verify` tells whether a ledger goes on from there.",
	       h->log, (unsigned long long)h->head.size, (int)sizeof(root), root);
}

/* , $7,600.00 more. */
static void difference_words(struct buf *b, const int64_t sum[SIDES])
{
	int64_t more;
	if (!money_sub(sum[SIDE_CANDIDATE], sum[SIDE_RECORDED], &more) && more) {
		buf_c(b, ", ");
		money_text(b, more < 0 ? -more : more);
		buf_c(b, more < 0 ? " less" : " more");
	}
	buf_char(b, '.');
}

static void item_money(struct buf *b, const struct compared *c, enum said_money kind)
{
	int64_t sum[SIDES] = {0};
	static const char *const words[SAID_MONEYS] = {[SAID_PAID] = "Paid",
						       [SAID_ASSESSED] = "Assessed",
						       [SAID_UNFUNDED] =
							   "Left unpaid for lack of money"};
	struct buf text = {0};
	bool differs = false, overflow = c->overflow;
	for (size_t i = 0; i < c->money.n; i++) {
		const struct compared_money *m = &c->money.at[i];
		differs |= m->money == kind && m->cents[SIDE_RECORDED] != m->cents[SIDE_CANDIDATE];
		for (int side = 0; side < SIDES && m->money == kind; side++)
			overflow |= money_add(sum[side], m->cents[side], &sum[side]) != STATUS_OK;
	}
	if (!differs)
		return;
	buf_c(&text, words[kind]);
	if (overflow) {
		buf_c(&text, " in the recorded time: a sum is beyond the range of amounts");
	} else {
		buf_c(&text, " in the recorded time: ");
		money_text(&text, sum[SIDE_RECORDED]);
		buf_c(&text, " as recorded, ");
		money_text(&text, sum[SIDE_CANDIDATE]);
		buf_c(&text, " under the change");
		difference_words(&text, sum);
	}
	html_item(b, buf_view(&text));
	buf_release(&text);
}

#define WHOM_MOST 3

/* What was asked before as well is not the change's. */
static void item_asks(struct buf *b, const struct replayed *r)
{
	struct buf text = {0};
	size_t n = 0;
	while (n < r->lacks.n && !r->lacks.at[n].before)
		n++;
	if (!n)
		return;
	buf_fmt(&text,
		"The change asks %zu %s that the recorded history does not hold: of cases for "
		"which that matters it says nothing.",
		n, n == 1 ? "thing" : "things");
	html_item(b, buf_view(&text));
	buf_release(&text);
}

void review_history_in_short(struct buf *b, const struct review_history *h,
			     const struct rulebook *new)
{
	const struct replayed *r = &h->replayed;
	struct buf text = {0};
	replay_cases_words(&text, r);
	html_item(b, buf_view(&text));
	buf_clear(&text);
	if (r->compared.cases.n) {
		buf_c(&text, "Whom it would have concerned: ");
		replay_whom_words(&text, r, new, WHOM_MOST);
		html_item(b, buf_view(&text));
		buf_clear(&text);
	}
	for (enum said_money m = SAID_PAID; m < SAID_MONEYS; m++)
		item_money(b, &r->compared, m);
	item_asks(b, r);
	buf_release(&text);
}

void review_history_html(struct buf *b, const struct review_history *h, const struct rulebook *new)
{
	replay_html(b, &h->replayed, new);
}
