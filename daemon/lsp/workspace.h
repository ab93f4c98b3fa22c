/* SPDX-License-Identifier: Apache-2.0
 *
 * Rulebooks as an editor sees them: the files on disk, and over them what is open and perhaps not
 * saved. A folder of the editor may hold several rulebooks; that of a file is the nearest folder
 * above it with a `vocabulary.way`, else the folder in which it lies (for `programs` and `counties`
 * the one above).
 */
#ifndef WAYMARK_LSP_WORKSPACE_H
#define WAYMARK_LSP_WORKSPACE_H

#include "daemon/lsp/lines.h"
#include "daemon/wire/load.h"
#include "grammar/names.h"

struct document {              /* open in the editor */
	struct buf uri, path;  /* path: empty when it is no file */
	struct buf root, text; /* root: of its rulebook */
	int64_t version;
};

struct folder { /* a rulebook */
	struct buf path;
	struct loaded l; /* as of the last refresh */
	struct names names;
	VEC(struct buf) told; /* URIs of the files that have diagnostics in the editor */
	struct buf trouble;   /* why it could not be read, as last told */
	bool dirty;
};

struct workspace {
	struct buf root;  /* the editor's folder; empty: none */
	struct buf fixed; /* the rulebook named on the command line; empty: none */
	VEC(struct document) documents;
	VEC(struct folder) folders;
	enum encoding encoding;
};

void workspace_release(struct workspace *w);

/* The open document, or NULL. */
struct document *workspace_document(struct workspace *w, struct str uri);
/* Opens a document (again); NULL when too many are open. */
struct document *workspace_open(struct workspace *w, struct str uri, struct str text,
				int64_t version);
void workspace_close(struct workspace *w, struct str uri);
/* Replaces a stretch of an open document. */
void workspace_edit(struct workspace *w, struct document *d, struct span span, struct str text);
/* Takes notice of a rulebook, also when nothing of it is open. */
struct folder *workspace_folder(struct workspace *w, struct str root);
void workspace_touch(struct workspace *w); /* files on disk may have changed */

/* Reads and compiles the rulebook again. False: its files cannot be read, see *why. */
bool workspace_refresh(struct workspace *w, struct folder *f, struct buf *why);

/* A file of a rulebook. */
struct place {
	struct folder *folder;
	uint32_t source;
};
bool workspace_find(struct workspace *w, struct str uri, struct place *out);
void workspace_uri(const struct workspace *w, const struct folder *f, uint32_t source,
		   struct buf *out);
/* The open document that a source is read from, or NULL. */
const struct document *workspace_source_document(const struct workspace *w, const struct folder *f,
						 uint32_t source);

#endif
