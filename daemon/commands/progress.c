/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/progress.h"

#include "daemon/serve/clock.h"

#include <stdio.h>
#include <unistd.h>

#define BAR      40
#define FIRST_US 1000000 /* work that is done sooner shows nothing */
#define AGAIN_US 200000

void progress_show(struct progress *p, uint64_t done, uint64_t of)
{
	int64_t now = clock_now_us();
	if (!p->start_us) {
		p->start_us = now;
		p->quiet = !isatty(STDERR_FILENO);
	}
	if (p->quiet || !of || now - p->start_us < FIRST_US || now - p->shown_us < AGAIN_US)
		return;
	char bar[BAR + 1];
	uint64_t full = done >= of ? BAR : done * BAR / of;
	for (uint64_t i = 0; i < BAR; i++)
		bar[i] = i < full ? '#' : '.';
	bar[BAR] = '\0';
	fprintf(stderr, "\r[%s] %3d %%", bar, (int)(done >= of ? 100 : done * 100 / of));
	p->shown_us = now;
	p->shown = true;
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r\033[K");
	p->shown = false;
}
