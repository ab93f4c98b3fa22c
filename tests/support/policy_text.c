/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/policy_text.h"

#include "engine/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

void policy_text_load(struct policy_text *p, const char *text)
{
	struct buf out = {0};
	*p = (struct policy_text){.doc = json_doc_new()};
	diag_init(&p->l.diags, &p->l.arena);
	p->l.sources = arena_array(&p->l.arena, 1, sizeof(*p->l.sources));
	p->l.sources[0] = (struct source){STR("policy.way"), str_from(text)};
	p->l.n = 1;
	if (load_compile(&p->l)) {
		load_report(&p->l, &out, false, false);
		fail_msg("the policy does not compile:\n" STR_FMT, STR_ARG(buf_view(&out)));
	}
	p->rb = p->l.rb;
}

void policy_text_release(struct policy_text *p)
{
	json_doc_free(p->doc);
	event_reader_release(&p->reader);
	arena_release(&p->arena);
	load_release(&p->l);
}

struct event policy_text_event(struct policy_text *p, const char *id, const char *type,
			       const char *subject, const char *time, const char *data)
{
	struct buf text = {0}, why = {0};
	const struct json *root;
	struct event ev;
	struct refusal no = {0};
	buf_fmt(&text,
		"{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/test\",\"type\":\"%s\","
		"\"subject\":\"%s\",\"time\":\"%s\",\"county\":\"alameda\",\"data\":{%s}}",
		id, type, subject, time, data);
	if (json_parse(p->doc, buf_view(&text), LIMIT_BODY_BYTES, &root, &why))
		fail_msg(STR_FMT ": " STR_FMT, STR_ARG(buf_view(&text)), STR_ARG(buf_view(&why)));
	if (!event_read(&p->reader, p->rb, root, &p->arena, &ev, &no))
		fail_msg(STR_FMT ": %s: " STR_FMT, STR_ARG(buf_view(&text)), no.slug,
			 STR_ARG(no.reasons[0].text));
	buf_release(&text);
	buf_release(&why);
	return ev;
}
