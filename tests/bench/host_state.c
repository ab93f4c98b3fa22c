/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/host_state.h"

#include "engine/base/mem.h"

struct host_state host_state_new(uint32_t cases)
{
	return (struct host_state){mem_alloc(cases * sizeof(uint16_t)),
				   mem_alloc(cases * sizeof(uint16_t)), mem_alloc(cases)};
}

unsigned host_state_see(struct host_state *s, const struct gen_event *e)
{
	switch (e->type) {
	case GEN_CONTACT:
		return ++s->contacts[e->who];
	case GEN_CONVICTION:
		return ++s->convictions[e->who];
	case GEN_MISSED:
		if (!e->yes && !s->diversion[e->who]) {
			s->diversion[e->who] = 1;
			return 0;
		}
		return s->diversion[e->who];
	case GEN_COMPLETED: {
		unsigned was = s->diversion[e->who];
		s->diversion[e->who] = 0;
		return was;
	}
	default:
		return e->type == GEN_VETTED ? 0 : s->diversion[e->who];
	}
}
