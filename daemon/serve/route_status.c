/* SPDX-License-Identifier: Apache-2.0
 *
 * For supervisors and monitoring, without a token: alive, ready, metrics. The text of a failed
 * reload is not shown here, for policies under work need not be public; the log has it.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/ready.h"
#include "daemon/serve/routes.h"

void get_health(struct call *c)
{
	call_json(c, 200, STR("{\"status\":\"alive\"}"));
}

/* {"status":"ready","version":"0d5ea3d36f5dda4a"}, or a problem with the causes. */
void get_ready(struct call *c)
{
	struct daemon *d = c->d;
	unsigned causes = ready_causes(d);
	struct buf b = {0};
	buf_str(&b, causes ? STR("\"version\":") : STR("{\"status\":\"ready\",\"version\":"));
	buf_json(&b, str_from(d->rb->version));
	buf_char(&b, causes ? ',' : '}');
	if (causes) {
		ready_causes_json(&b, causes);
		call_problem_with(c, &(struct problem){
					 .kind = PROBLEM_NOT_READY,
					 .detail = STR("see causes for what to do"),
					 .members = buf_view(&b),
				     });
	} else {
		call_json(c, 200, buf_view(&b));
	}
	buf_release(&b);
}

void get_metrics(struct call *c)
{
	struct buf b = {0};
	metrics_text(&b, c->d);
	call_text(c, STR("text/plain; version=0.0.4; charset=utf-8"), buf_view(&b));
	buf_release(&b);
}
