/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /openapi.json: daemon/openapi.json, which the build turns into a string literal.
 */
#include "daemon/serve/routes.h"

static const char description[] =
#include "daemon/serve/openapi.inc"
    ;

void get_openapi(struct call *c)
{
	call_json(c, 200, (struct str){description, sizeof(description) - 1});
}
