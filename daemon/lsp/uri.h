/* SPDX-License-Identifier: Apache-2.0
 *
 * file: URIs and paths.
 */
#ifndef WAYMARK_LSP_URI_H
#define WAYMARK_LSP_URI_H

#include "engine/base/str.h"

/* Appends the path of a `file:` URI of this machine; false when it is none. */
bool uri_path(struct buf *out, struct str uri);
void uri_of_path(struct buf *out, struct str path); /* an absolute path */

#endif
