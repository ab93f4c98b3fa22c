/* SPDX-License-Identifier: Apache-2.0
 *
 * A deterministic stream of mixed events for the benchmarks: `cases` cases over all counties,
 * agencies first, then survivors and buyers, times ascending. The same numbers give the same
 * stream on every machine, so that all competitors see the same one.
 */
#ifndef WAYMARK_BENCH_GEN_H
#define WAYMARK_BENCH_GEN_H

#include "engine/base/str.h"

enum gen_type {
	GEN_VETTED, /* agency: vetted and trauma-informed, or only vetted */
	GEN_SESSION,
	GEN_MISSED,
	GEN_ENROLLED,
	GEN_DIVERSION_MISSED,
	GEN_COMPLETED,
	GEN_CONTACT,
	GEN_HOUSING,
	GEN_HOUSING_ENDED,
	GEN_WORKFORCE,
	GEN_CONVICTION,
	GEN_TYPES
};

struct gen_event {
	uint64_t n; /* number in the stream; the id is "e-N" */
	enum gen_type type;
	uint32_t who;    /* number of the case; agencies are numbered on their own */
	uint32_t county; /* 0..57, in order of name */
	uint32_t agency; /* provider, where there is one: even ones are trauma-informed */
	int64_t time;    /* microseconds since the epoch */
	int minutes;
	bool yes; /* explained, trauma-informed */
};

struct gen {
	uint64_t state;
	uint64_t n, total;
	int64_t start_s, span_s; /* when it begins, and over how long it is spread */
	uint32_t cases, agencies;
	bool in_turn; /* each case once, then each again; not by chance */
	bool waiting; /* every event is a missed appointment, of which a deadline follows */
};

/* From 2026-07-01 on, over 700 days; change start_s and span_s for another time. */
void gen_init(struct gen *g, uint64_t total, uint32_t cases);
bool gen_next(struct gen *g, struct gen_event *e);
struct str gen_type_name(enum gen_type t);
struct str gen_county(uint32_t county);
void gen_case_id(struct buf *b, const struct gen_event *e);
void gen_json(struct buf *b, const struct gen_event *e); /* one CloudEvent, without a newline */

#define GEN_COUNTIES 58u

#endif
