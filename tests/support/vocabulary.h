/* SPDX-License-Identifier: Apache-2.0
 *
 * The vocabulary with which tests compile single snippets of policy, the same as the examples of
 * the language reference use (tests/golden/language/vocabulary.way), cut to what snippets need; and
 * zones for the compiler from the system's database.
 */
#ifndef WAYMARK_TESTS_VOCABULARY_H
#define WAYMARK_TESTS_VOCABULARY_H

#include "grammar/compile.h"

#include <stdio.h>
#include <string.h>

static const char vocabulary_text[] = "timezone \"America/Los_Angeles\"\n"
				      "calendar courts\n"
				      "  holiday 2026-07-03 \"Independence Day (observed)\"\n"
				      "  weekend Saturday, Sunday\n"
				      "case survivor \"A person who takes part\"\n"
				      "  age     : years from 0 to 120 optional\n"
				      "  custody : one of none, juvenile, adult default none\n"
				      "  housed  : yes/no default no\n"
				      "  note    : text optional confidential\n"
				      "case buyer \"A person convicted of buying sex\"\n"
				      "case agency \"A provider of services\"\n"
				      "  vetted : yes/no default no\n"
				      "  until  : date optional\n"
				      "event intake of survivor\n"
				      "  sets age, custody\n"
				      "event session_attended of survivor\n"
				      "  provider : agency\n"
				      "  minutes  : number from 0 to 1,440\n"
				      "event appointment_missed of survivor\n"
				      "  explained : yes/no\n"
				      "event diversion_enrolled of survivor\n"
				      "event diversion_missed of survivor\n"
				      "event diversion_completed of survivor\n"
				      "event law_enforcement_contact of survivor\n"
				      "event housing_accepted of survivor\n"
				      "  provider : agency\n"
				      "event housing_ended of survivor\n"
				      "event plan_agreed of survivor\n"
				      "event conviction of buyer\n"
				      "event hearing_missed of buyer\n"
				      "event hardship_shown of buyer\n"
				      "event letter_returned of survivor, buyer\n"
				      "action dispatch_advocate\n"
				      "action arrest\n"
				      "party advocate\n"
				      "party diversion\n"
				      "requirement care_plan\n"
				      "fund services\n";

/* Compiles a snippet; the vocabulary is added as the second source unless it has a time zone. */
static inline enum status vocabulary_compile(struct str text, const struct compile_env *env,
					     struct diag_list *diags, struct rulebook **rb)
{
	const struct source sources[] = {
	    {STR("snippet.way"), text},
	    {STR("vocabulary.way"), {vocabulary_text, sizeof(vocabulary_text) - 1}},
	};
	bool alone = str_contains(text, STR("timezone"));
	return compile(sources, alone ? 1 : 2, env, diags, rb);
}

/* A zone without a table: Pacific time by its rule alone (TZif version 2 with a footer). */
static inline struct str vocabulary_zone(void *arg, struct str name)
{
	static char bytes[160];
	static const char footer[] = "\nPST8PDT,M3.2.0,M11.1.0\n";
	(void)arg;
	if (!str_eq(name, STR("America/Los_Angeles")))
		return (struct str){0};
	size_t n = 0;
	for (int block = 0; block < 2; block++) {
		memset(bytes + n, 0, 44);
		memcpy(bytes + n, "TZif2", 5);
		bytes[n + 39] = 1; /* one type */
		bytes[n + 43] = 4; /* characters of its abbreviation */
		static const unsigned char type[] = {0xff, 0xff, 0x8f, 0x80, 0,
						     0,    'P',  'S',  'T',  0};
		memcpy(bytes + n + 44, type, sizeof(type));
		n += 44 + sizeof(type);
	}
	memcpy(bytes + n, footer, sizeof(footer) - 1);
	return (struct str){bytes, n + sizeof(footer) - 1};
}

#endif
