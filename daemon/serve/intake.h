/* SPDX-License-Identifier: Apache-2.0
 *
 * What events come as: a structured event (application/cloudevents+json), a batch of them
 * (application/cloudevents-batch+json), or binary mode (ce- headers, and application/json with the
 * data as the body, or no body).
 */
#ifndef WAYMARK_SERVE_INTAKE_H
#define WAYMARK_SERVE_INTAKE_H

#include "daemon/serve/routes.h"
#include "daemon/serve/submit.h"

enum form { FORM_NONE, FORM_STRUCTURED, FORM_BATCH, FORM_BINARY };

enum form intake_form(const struct call *c);
/* Each is false when the call is answered: the JSON is malformed. */
bool intake_json(struct call *c, const struct json **root);
bool intake_binary(struct call *c, struct incoming *in);
bool intake_is_json(const struct call *c); /* application/json */
/* A JSON document that is no event; *root is NULL when there is no body. Answers 415, too. */
bool intake_document(struct call *c, const struct json **root);
void intake_unsupported(struct call *c, bool with_batch); /* answers 415 */

#endif
