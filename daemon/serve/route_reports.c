/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /v1/reports/{name}
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"

void get_report(struct call *c)
{
	enum report report;
	if (!call_only(c, NULL, 0))
		return;
	if (report_find(call_part(c, 2), &report))
		reports_ask(c, report);
	else
		call_problem(c, PROBLEM_NOT_FOUND,
			     "the reports are outcomes, events and deadlines");
}
