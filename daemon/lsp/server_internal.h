/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the language server share. A request's function appends its result to
 * s->result, as JSON; when it appends nothing, the result is null.
 */
#ifndef WAYMARK_LSP_SERVER_INTERNAL_H
#define WAYMARK_LSP_SERVER_INTERNAL_H

#include "daemon/lsp/server.h"
#include "daemon/lsp/workspace.h"
#include "daemon/wire/json.h"

enum lsp_error {
	LSP_PARSE_ERROR = -32700,
	LSP_INVALID_REQUEST = -32600,
	LSP_METHOD_NOT_FOUND = -32601,
	LSP_INVALID_PARAMS = -32602,
	LSP_NOT_INITIALIZED = -32002,
};

struct lsp_server {
	struct lsp_env env;
	struct workspace w;
	struct json_doc *doc;
	struct buf in;     /* what has arrived and is not a whole message yet */
	struct buf *out;   /* of the lsp_feed at work */
	struct buf result; /* of the request at work */
	enum { LSP_NEW, LSP_RUNNING, LSP_SHUT_DOWN, LSP_OVER } state;
	int exit_status;
};

/* Sends a notification with these parameters. */
void lsp_notify(struct lsp_server *s, const char *method, const struct buf *params);

/* A place in a text: `textDocument` and `position` of the parameters; false: there is no such. */
struct spot {
	struct place place;
	uint32_t off;
};
bool lsp_spot(struct lsp_server *s, const struct json *params, struct spot *out);
struct str lsp_uri_of(const struct json *params); /* textDocument.uri; empty: not given */
bool lsp_position(const struct json *v, struct position *out);
bool lsp_range(const struct lines *l, const struct json *range, enum encoding e, struct span *out);
/* {"uri":…,"range":…} */
void lsp_location(const struct lsp_server *s, const struct folder *f, struct span span,
		  struct buf *out);
int32_t lsp_today(const struct lsp_server *s, const struct folder *f);
/* What the author wrote at a place. */
struct str lsp_text(const struct folder *f, struct span span);

/* publish.c */
void lsp_publish(struct lsp_server *s); /* of all rulebooks that have changed */
void lsp_code_action(struct lsp_server *s, const struct json *params);
/* navigate.c */
void lsp_definition(struct lsp_server *s, const struct json *params);
void lsp_references(struct lsp_server *s, const struct json *params);
void lsp_highlight(struct lsp_server *s, const struct json *params);
/* outline.c */
void lsp_document_symbol(struct lsp_server *s, const struct json *params);
/* hover.c */
void lsp_hover(struct lsp_server *s, const struct json *params);
void lsp_describe(const struct lsp_server *s, const struct folder *f, const struct name_decl *d,
		  struct buf *out);
/* offer.c */
void lsp_completion(struct lsp_server *s, const struct json *params);
/* layout.c */
void lsp_formatting(struct lsp_server *s, const struct json *params);

#endif
