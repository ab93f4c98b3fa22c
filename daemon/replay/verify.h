/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorded history decided again, event by event in the order of recording, each under the
 * version of the policy that decided it, compiled from the texts that the ledger has. Every
 * decision, every deadline and item, the state of every case and every pot must come out as they
 * are recorded, byte for byte.
 *
 *     struct replay_report report;
 *     struct replay_config config = {.path = "waymark.db", .on_difference = on_difference};
 *     enum status st = replay_verify(&config, &report, &why);
 *
 * Memory: the state of each case. What differs is told once for each case: what comes after stands
 * on it.
 */
#ifndef WAYMARK_REPLAY_VERIFY_H
#define WAYMARK_REPLAY_VERIFY_H

#include "engine/base/status.h"
#include "engine/base/str.h"

struct replay_difference {
	struct str case_id; /* empty: of a pot */
	uint64_t seq;       /* of the decision; 0: of what is recorded of the case or pot itself */
	struct str what;    /* without anything that is recorded of a person */
};

struct replay_config {
	const char *path;
	void (*on_difference)(void *arg, const struct replay_difference *d);
	void (*on_progress)(void *arg, uint64_t done, uint64_t of); /* events; may be NULL */
	void *arg;
};

struct replay_report {
	uint64_t events, cases, versions;
	uint64_t destroyed; /* events of which nothing can be read */
	uint64_t passed;    /* cases that rest on destroyed ones: not compared */
	uint64_t differences;
};

/* STATUS_IO, STATUS_INVALID: the ledger cannot be read; *why gets a sentence. */
enum status replay_verify(const struct replay_config *config, struct replay_report *out,
			  struct buf *why);

#endif
