/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints the benchmark's stream as JSON Lines. usage: gen_events EVENTS CASES [START SECONDS]
 *
 * START, in seconds since 1970, and SECONDS say when they occur.
 */
#include "tests/bench/gen.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	if (argc != 3 && argc != 5) {
		fprintf(stderr, "usage: gen_events EVENTS CASES [START SECONDS]\n");
		return 2;
	}
	struct gen g;
	struct gen_event e;
	struct buf b = {0};
	gen_init(&g, strtoull(argv[1], NULL, 10), (uint32_t)strtoul(argv[2], NULL, 10));
	if (argc == 5) {
		g.start_s = strtoll(argv[3], NULL, 10);
		g.span_s = strtoll(argv[4], NULL, 10);
	}
	while (gen_next(&g, &e)) {
		gen_json(&b, &e);
		buf_char(&b, '\n');
		if (b.len > 65536) {
			fwrite(b.p, 1, b.len, stdout);
			buf_clear(&b);
		}
	}
	fwrite(b.p, 1, b.len, stdout);
	buf_release(&b);
	return fflush(stdout) ? 3 : 0;
}
