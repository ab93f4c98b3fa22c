/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /v1/policies: the version in force, and every version that the ledger has.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"

struct listing {
	struct daemon *d;
	size_t n;
};

static bool on_policy(void *arg, const struct ledger_policy_info *p)
{
	struct listing *l = arg;
	struct buf *b = &l->d->text;
	buf_str(b, l->n++ ? STR(",{\"version\":") : STR("{\"version\":"));
	buf_json(b, p->version);
	buf_str(b, STR(",\"recorded\":\""));
	time_text(b, l->d->rb->zone, p->recorded_us);
	buf_str(b, STR("\",\"in_force\":"));
	buf_str(b, str_eq(p->version, str_from(l->d->rb->version)) ? STR("true") : STR("false"));
	buf_char(b, '}');
	return true;
}

static void put_programs(struct buf *b, const struct rulebook *rb)
{
	buf_str(b, STR(",\"programs\":["));
	for (uint16_t i = 0; i < rb->nprograms; i++) {
		const struct program *p = &rb->programs[i];
		buf_str(b, i ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json(b, p->name);
		buf_str(b, STR(",\"title\":"));
		buf_json(b, p->title);
		buf_str(b, STR(",\"effective\":\""));
		day_text(b, p->effective);
		buf_str(b, STR("\"}"));
	}
	buf_str(b, STR("],\"counties\":["));
	for (uint16_t i = 0; i < rb->ncounties; i++) {
		buf_str(b, i ? STR(",") : STR(""));
		buf_json(b, rb->counties[i].name);
	}
	buf_char(b, ']');
}

void get_policies(struct call *c)
{
	struct daemon *d = c->d;
	struct listing l = {.d = d};
	struct buf *b = &d->text;
	if (!call_only(c, NULL, 0))
		return;
	buf_clear(b);
	buf_str(b, STR("{\"in_force\":{\"version\":"));
	buf_json(b, str_from(d->rb->version));
	put_programs(b, d->rb);
	buf_str(b, STR("},\"versions\":["));
	if (ledger_policies(daemon_reader(d), on_policy, &l)) {
		call_ledger_failed(c);
		return;
	}
	buf_str(b, STR("]}"));
	call_json(c, 200, buf_view(b));
}
