/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages on a stream of bytes, as the Language Server Protocol frames them: header lines, one of
 * which is `Content-Length: N`, an empty line, N bytes.
 */
#ifndef WAYMARK_LSP_FRAME_H
#define WAYMARK_LSP_FRAME_H

#include "engine/base/status.h"
#include "engine/base/str.h"

/* Looks at the beginning of `in`. *taken: bytes of the first message, 0 when it is not complete;
 * then *body is its content, pointing into `in`. STATUS_INVALID: the header is malformed, and where
 * the next message begins cannot be told; STATUS_LIMIT: it is longer than LIMIT_LSP_BYTES. */
enum status frame_read(struct str in, size_t *taken, struct str *body);
void frame_write(struct buf *out, struct str body);

#endif
