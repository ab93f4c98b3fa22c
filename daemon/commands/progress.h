/* SPDX-License-Identifier: Apache-2.0
 *
 * How far work has come, on stderr: on a terminal only, and only when it takes over a second.
 *
 *     struct progress p = {0};
 *     progress_show(&p, done, of);     // as often as one likes
 *     progress_end(&p);                // before anything else is written
 */
#ifndef WAYMARK_COMMANDS_PROGRESS_H
#define WAYMARK_COMMANDS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	int64_t start_us, shown_us;
	bool quiet, shown;
};
void progress_show(struct progress *p, uint64_t done, uint64_t of);
void progress_end(struct progress *p);

#endif
