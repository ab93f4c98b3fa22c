/* SPDX-License-Identifier: Apache-2.0
 *
 * A language server for editors (Language Server Protocol 3.17): bytes in, bytes out.
 *
 *     struct lsp_server *s = lsp_new(&env, rulebook);
 *     while (lsp_feed(s, bytes, n, &out))       // one read at a time
 *             write(out), read more;
 *     return lsp_exit_status(s);
 *
 * It answers requests in their order, and after each batch of what has arrived it tells the editor
 * the diagnostics of every rulebook that has changed.
 */
#ifndef WAYMARK_LSP_SERVER_H
#define WAYMARK_LSP_SERVER_H

#include "engine/base/str.h"

struct lsp_env {
	int64_t (*now_us)(void *arg); /* for what is in force today */
	void *arg;
};

struct lsp_server;
/* `rulebook`: a folder to treat as one rulebook, as an absolute path; or empty. */
struct lsp_server *lsp_new(const struct lsp_env *env, struct str rulebook);
void lsp_free(struct lsp_server *s);

/* Takes what has arrived and appends what is to be sent. False: it is over; send, and end. */
bool lsp_feed(struct lsp_server *s, struct str bytes, struct buf *out);
/* 0 after `shutdown` and `exit`, else 1; also when the input ended without `exit`. */
int lsp_exit_status(const struct lsp_server *s);

#endif
