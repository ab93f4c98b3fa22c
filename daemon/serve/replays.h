/* SPDX-License-Identifier: Apache-2.0
 *
 * Recorded histories decided again under a version, for who asks over HTTP: one at a time, on a
 * thread of its own with a connection of its own. The reports of the last few are kept in memory,
 * and numbered from 1 since the daemon began.
 */
#ifndef WAYMARK_SERVE_REPLAYS_H
#define WAYMARK_SERVE_REPLAYS_H

#include "daemon/serve/jobs.h"
#include "engine/base/status.h"
#include "engine/base/str.h"

#define REPLAYS_KEPT 4

struct rulebook;

enum replay_state { REPLAY_RUNS, REPLAY_DONE, REPLAY_FAILED };

struct replay_job {
	struct job job;
	uint64_t number;
	enum replay_state state; /* on the loop */
	struct rulebook *rb;
	const char *ledger;
	_Atomic uint64_t done, of; /* events */
	enum status status;
	struct buf json, html, why;
};

struct replays {
	struct replay_job *kept[REPLAYS_KEPT]; /* the latest first; NULL behind the last */
	uint64_t last;
};

void replays_release(struct daemon *d); /* when no job runs any more */

#endif
