/* SPDX-License-Identifier: Apache-2.0
 *
 * How libFuzzer changes a policy: by words and lines as well as by bytes, for bytes alone seldom
 * get past the scanner. The words are those of the language, of the policy itself, and of the
 * shared vocabulary.
 */
#include "grammar/keywords.h"
#include "tests/support/vocabulary.h"

#include <stdint.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t na, const uint8_t *b, size_t nb,
				 uint8_t *out, size_t max_out, unsigned seed);

struct dice {
	uint64_t state;
};

static size_t roll(struct dice *d, size_t n)
{
	d->state = d->state * 6364136223846793005u + 1442695040888963407u;
	return n ? (size_t)(d->state >> 33) % n : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The word that holds byte `at` of the text, or lies behind it; a quoted text is one word. */
static struct str word_at(struct str text, size_t at)
{
	size_t end;
	while (at > 0 && !is_blank(text.p[at - 1]))
		at--;
	while (at < text.len && is_blank(text.p[at]))
		at++;
	bool quoted = at < text.len && text.p[at] == '"';
	for (end = at + quoted; end < text.len; end++) {
		if (quoted ? text.p[end] == '"' : is_blank(text.p[end]))
			break;
	}
	if (quoted && end < text.len)
		end++;
	return (struct str){text.p + at, end - at};
}

static struct str line_at(struct str text, size_t at)
{
	size_t end = at;
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	while (end < text.len && text.p[end] != '\n')
		end++;
	return (struct str){text.p + at, end - at + (end < text.len)};
}

static struct str some_word(struct dice *d, struct str text)
{
	static const char *const values[] = {
	    "$0",       "$100",     "$1,000.50", "7.5%",   "0",          "1",          "60",
	    "1 day",    "2 weeks",  "1 month",   "1 year", "30 minutes", "2026-07-01", "2026-12-31",
	    "09:30",    "\"t\"",    "=",         "<",      "<=",         ">",          ">=",
	    "+",        "-",        "/",         "(",      ")",          ",",          ".",
	    ":",        "none",     "sunday",    "Monday", "half up",    "99999",      "# c\n",
	    "business", "age < 18", "\n",        "first",  "survivor",   "count of x"};
	struct str vocabulary = {vocabulary_text, sizeof(vocabulary_text) - 1};
	switch (roll(d, 4)) {
	case 0:
		return str_from(keyword_at(roll(d, keyword_count()))->text);
	case 1:
		return word_at(text, roll(d, text.len));
	case 2:
		return word_at(vocabulary, roll(d, vocabulary.len));
	default:
		return str_from(values[roll(d, sizeof(values) / sizeof(*values))]);
	}
}

/* The text with `what` instead of `old`, which is a part of it; blanks are put around words. */
static void splice(struct buf *out, struct str text, struct str old, struct str what, bool word)
{
	size_t from = (size_t)(old.p - text.p), to = from + old.len;
	buf_clear(out);
	buf_bytes(out, text.p, from);
	if (word && from && !is_blank(text.p[from - 1]))
		buf_char(out, ' ');
	buf_str(out, what);
	if (word && what.len && to < text.len && !is_blank(text.p[to]))
		buf_char(out, ' ');
	buf_bytes(out, text.p + to, text.len - to);
}

static void edit(struct buf *out, struct dice *d, struct str text)
{
	struct str word = word_at(text, roll(d, text.len)), line = line_at(text, roll(d, text.len));
	switch (roll(d, 7)) {
	case 0:
	case 1:
	case 2:
		splice(out, text, word, some_word(d, text), true);
		return;
	case 3:
		splice(out, text, (struct str){word.p, 0}, some_word(d, text), true);
		return;
	case 4:
		splice(out, text, word, STR(""), true);
		return;
	case 5:
		splice(out, text, line, STR(""), false);
		return;
	default:
		splice(out, text, (struct str){line.p, 0}, line_at(text, roll(d, text.len)), false);
	}
}

static size_t give(uint8_t *data, size_t max_size, const struct buf *b)
{
	size_t n = b->len < max_size ? b->len : max_size;
	if (n)
		memcpy(data, b->p, n);
	return n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	struct dice d = {seed};
	roll(&d, 2);
	if (!size || roll(&d, 4) == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	struct buf text = {0}, changed = {0};
	buf_bytes(&text, data, size);
	for (size_t n = 1 + roll(&d, 4); n-- > 0 && text.len;) {
		edit(&changed, &d, buf_view(&text));
		struct buf turned = text;
		text = changed;
		changed = turned;
	}
	size = give(data, max_size, &text);
	buf_release(&text);
	buf_release(&changed);
	return size;
}

/* Some lines of the one go somewhere into the other. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t na, const uint8_t *b, size_t nb,
				 uint8_t *out, size_t max_out, unsigned seed)
{
	struct dice d = {seed};
	struct str into = {(const char *)a, na}, from = {(const char *)b, nb};
	struct buf text = {0};
	if (!na || !nb)
		return 0;
	roll(&d, 2);
	struct str at = line_at(into, roll(&d, na)), first = line_at(from, roll(&d, nb));
	const char *until = first.p + first.len;
	for (size_t n = roll(&d, 8); n-- > 0 && until < from.p + from.len;) {
		struct str line = line_at(from, (size_t)(until - from.p));
		until = line.p + line.len;
	}
	splice(&text, into, (struct str){at.p, 0}, (struct str){first.p, (size_t)(until - first.p)},
	       false);
	size_t size = give(out, max_out, &text);
	buf_release(&text);
	return size;
}
