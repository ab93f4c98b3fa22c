/* SPDX-License-Identifier: Apache-2.0
 *
 * For supervisors and monitoring, without a token: alive, ready, metrics. The text of a failed
 * reload is not shown here, for policies under work need not be public; the log has it.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"

void get_health(struct call *c)
{
	call_json(c, 200, STR("{\"status\":\"alive\"}"));
}

void get_ready(struct call *c)
{
	struct daemon *d = c->d;
	bool ready = !d->draining && !d->commit.full;
	struct buf b = {0};
	buf_str(&b, ready ? STR("{\"status\":\"ready\",\"version\":")
			  : STR("{\"status\":\"not-ready\",\"version\":"));
	buf_json(&b, str_from(d->rb->version));
	buf_str(&b, STR(",\"storage\":"));
	buf_str(&b, d->commit.full ? STR("\"full\"") : STR("\"fine\""));
	buf_str(&b, STR(",\"reload\":"));
	buf_str(&b, d->reload.failed.len
			? STR("\"failed: the policies on disk have errors, the version above is "
			      "still in force; see the log, or run waymark check\"")
			: STR("\"fine\""));
	buf_str(&b, STR(",\"draining\":"));
	buf_str(&b, d->draining ? STR("true}") : STR("false}"));
	call_json(c, ready ? 200 : 503, buf_view(&b));
	buf_release(&b);
}

void get_metrics(struct call *c)
{
	struct buf b = {0};
	metrics_text(&b, c->d);
	call_text(c, STR("text/plain; version=0.0.4; charset=utf-8"), buf_view(&b));
	buf_release(&b);
}
