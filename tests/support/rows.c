/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void rows_open(struct rows *r, const char *program, const char *topic)
{
	const char *slash = strrchr(program, '/');
	*r = (struct rows){0};
	snprintf(r->path, sizeof(r->path), "%.*s/../oracle/%s.txt",
		 slash ? (int)(slash - program) : 1, slash ? program : ".", topic);
	r->file = fopen(r->path, "r");
	if (!r->file)
		fail_msg("%s cannot be read: make check-unit writes it", r->path);
}

bool rows_next(struct rows *r)
{
	if (!fgets(r->text, sizeof(r->text), r->file))
		return false;
	r->line++;
	r->words = 0;
	char *rest = r->text;
	rest[strcspn(rest, "\n")] = '\0';
	while (r->words < ROWS_WORDS && (r->word[r->words] = strsep(&rest, " ")))
		r->words++;
	return true;
}

void rows_close(struct rows *r)
{
	assert_true(r->line > 0);
	fclose(r->file);
}

bool rows_is(const struct rows *r, const char *what)
{
	return strcmp(r->word[0], what) == 0;
}

int64_t rows_int(const struct rows *r, size_t i)
{
	assert_true(i < r->words);
	return strtoll(r->word[i], NULL, 10);
}

struct str rows_last(const struct rows *r)
{
	return str_from(r->word[r->words - 1]);
}

void rows_check(const struct rows *r, bool holds, const char *claim)
{
	if (holds)
		return;
	char row[512] = "";
	for (size_t i = 0; i < r->words; i++)
		snprintf(row + strlen(row), sizeof(row) - strlen(row), " %s", r->word[i]);
	fail_msg("%s:%lu:%s: %s", r->path, r->line, row, claim);
}
