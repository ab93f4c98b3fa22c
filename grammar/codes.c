/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/codes.h"

static const struct code_entry entries[] = {
#define W(number, constant, title, explanation, wrong, right)                                      \
	{number, STR_INIT(title), STR_INIT(explanation), STR_INIT(wrong), STR_INIT(right)},
#include "grammar/codes.def"
#undef W
};

size_t codes_count(void)
{
	return sizeof(entries) / sizeof(entries[0]);
}

const struct code_entry *codes_at(size_t i)
{
	return i < codes_count() ? &entries[i] : NULL;
}

const struct code_entry *codes_find(int number)
{
	for (size_t i = 0; i < codes_count(); i++)
		if (entries[i].number == number)
			return &entries[i];
	return NULL;
}

const struct code_entry *codes_find_name(struct str name)
{
	size_t i = name.len && (name.p[0] == 'W' || name.p[0] == 'w') ? 1 : 0;
	if (i == name.len || name.len - i > 4)
		return NULL;
	int number = 0;
	for (; i < name.len; i++) {
		if (name.p[i] < '0' || name.p[i] > '9')
			return NULL;
		number = number * 10 + (name.p[i] - '0');
	}
	return codes_find(number);
}

static void example(struct buf *b, const char *head, struct str text)
{
	buf_fmt(b, "\n%s\n\n", head);
	for (size_t i = 0, from = 0; i < text.len; i++) {
		if (text.p[i] != '\n')
			continue;
		if (i > from)
			buf_c(b, "    ");
		buf_bytes(b, text.p + from, i + 1 - from);
		from = i + 1;
	}
}

void codes_explain(struct buf *b, const struct code_entry *entry)
{
	buf_fmt(b, "W%04d: " STR_FMT "\n\n", entry->number, STR_ARG(entry->title));
	buf_str(b, entry->explanation);
	buf_char(b, '\n');
	if (entry->wrong.len)
		example(b, "Wrong:", entry->wrong);
	if (entry->right.len)
		example(b, "Right:", entry->right);
}
