/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes to JSON to event. What is taken must read back as the same event; what is refused must have
 * said why; both readings of JSON must judge alike.
 */
#include "daemon/wire/correction_read.h"
#include "daemon/wire/event_read.h"
#include "daemon/wire/json_fault.h"
#include "engine/base/limits.h"
#include "tests/support/sample_rulebook.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rig { /* made once: the fuzzer runs millions of inputs */
	struct rulebook *rb;
	struct json_doc *doc;
	struct event_reader reader;
	struct correction_reader corrections;
	struct arena arena;
	struct buf why, canonical;
};

static void need(bool claim, const char *what)
{
	if (claim)
		return;
	fprintf(stderr, "fuzz_event: broken promise: %s\n", what);
	abort();
}

static bool read_event(struct rig *g, const struct json *root, struct event *ev)
{
	struct refusal refusal = {0};
	bool taken = event_read(&g->reader, g->rb, root, &g->arena, ev, &refusal);
	need(taken == !refusal.slug, "a refusal has a name");
	need(taken == (refusal.n == 0), "a refusal has reasons");
	for (size_t i = 0; i < refusal.n; i++)
		need(str_is_utf8(refusal.reasons[i].text) && refusal.reasons[i].text.len,
		     "a reason is text");
	return taken;
}

static void read_back(struct rig *g, const struct event *ev)
{
	const struct json *root;
	struct event again;
	buf_clear(&g->canonical);
	event_json(&g->canonical, g->rb, ev);
	struct str text = buf_view(&g->canonical);
	need(str_eq(text, buf_view(&g->reader.json)), "the reader gives the canonical form");
	need(!json_parse(g->doc, text, SIZE_MAX, &root, &g->why), "what is written can be read");
	need(read_event(g, root, &again), "what is written is taken");
	need(hash128_eq(ev->digest, again.digest), "it is the same event");
	need(hash128_eq(ev->key, again.key) && ev->kind == again.kind && ev->time == again.time,
	     "it is the same event in all its parts");
}

/* The new fields of a correction, as those of an event of each type: what is taken can be written.
 */
static void correct(struct rig *g, const struct event *c)
{
	for (uint16_t t = EVENT_BUILTINS; t < g->rb->nevents; t++) {
		struct refusal no = {0};
		struct event target = *c;
		uint16_t n = g->rb->events[t].nfields;
		target.type = t;
		target.kind = NONE;
		target.given = 0;
		target.fields = arena_array(&g->arena, n, sizeof(*target.fields));
		for (uint16_t i = 0; i < n; i++)
			target.fields[i] = value_missing(g->rb->events[t].fields[i].type.kind);
		bool taken = correction_read(&g->corrections, g->rb, c, &target, &g->arena, &no);
		need(taken == !no.slug, "a correction that does not fit says why");
		buf_clear(&g->canonical);
		event_json(&g->canonical, g->rb, &target);
	}
}

static void one(struct rig *g, struct str text)
{
	const struct json *root = NULL;
	struct event ev;
	buf_clear(&g->why);
	arena_reset(&g->arena);
	enum status status = json_parse(g->doc, text, LIMIT_BODY_BYTES, &root, &g->why);
	bool fault = json_fault_find(text).what != NULL;
	bool twice = str_contains(buf_view(&g->why), STR("stands twice"));
	need((status == STATUS_OK) == (g->why.len == 0), "a refused text has a reason");
	if (status != STATUS_LIMIT && !twice)
		need((status != STATUS_OK) == fault, "both readings judge alike");
	if (status != STATUS_OK || !read_event(g, root, &ev))
		return;
	read_back(g, &ev);
	if (ev.type == EVENT_CORRECTED && ev.fields[CORRECTED_DATA].known)
		correct(g, &ev);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig g;
	if (!g.rb) {
		g.rb = sample_rulebook();
		g.doc = json_doc_new();
		correction_reader_init(&g.corrections);
	}
	one(&g, (struct str){(const char *)data, size});
	return 0;
}
