/* SPDX-License-Identifier: Apache-2.0
 *
 * The little state that the peers without one are handed: per case the contacts, the convictions
 * and whether it stands in diversion. Dense arrays, the fastest there is, in the peers' favour.
 */
#ifndef WAYMARK_BENCH_HOST_STATE_H
#define WAYMARK_BENCH_HOST_STATE_H

#include "tests/bench/gen.h"

struct host_state {
	uint16_t *contacts, *convictions;
	uint8_t *diversion;
};

struct host_state host_state_new(uint32_t cases);
/* Counts the event and returns the counter that its rules ask for. */
unsigned host_state_see(struct host_state *s, const struct gen_event *e);

#endif
