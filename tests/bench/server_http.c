/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP layer with a handler that does nothing, to compare with server_fixed.
 *
 *     server_http PORT
 */
#include "daemon/serve/http.h"

#include <ev.h>
#include <stdio.h>

static void handle(void *arg, struct http_request *r)
{
	(void)arg;
	http_respond(r, 200, STR("application/json"), STR("{\"fixed\":true}"));
}

int main(int argc, char **argv)
{
	struct ev_loop *loop = ev_loop_new(0);
	struct http_config config = http_config_default();
	struct http_server *s = http_server_new(loop, &config, handle, NULL);
	struct buf address = {0}, why = {0};
	buf_fmt(&address, "127.0.0.1:%s", argc > 1 ? argv[1] : "8422");
	if (http_listen_tcp(s, buf_view(&address), &why) != STATUS_OK) {
		fprintf(stderr, "server_http: " STR_FMT "\n", STR_ARG(buf_view(&why)));
		return 3;
	}
	ev_run(loop, 0);
	return 0;
}
