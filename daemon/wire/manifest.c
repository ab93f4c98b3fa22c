/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/manifest.h"

#include "daemon/wire/load.h"
#include "daemon/wire/minisign.h"
#include "engine/base/hash.h"
#include "engine/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void put_digest(struct buf *b, const struct hash256 *h)
{
	char hex[sizeof(h->b) * 2];
	hash_hex(h->b, sizeof(h->b), hex);
	buf_bytes(b, hex, sizeof(hex));
}

static int by_name(const void *a, const void *b)
{
	const struct source *const *x = a, *const *y = b;
	return str_cmp((*x)->name, (*y)->name);
}

void manifest_text(struct buf *b, const struct rulebook *rb)
{
	const struct source **order = mem_alloc((rb->nsources + 1u) * sizeof(*order));
	for (uint32_t i = 0; i < rb->nsources; i++)
		order[i] = &rb->sources[i];
	qsort(order, rb->nsources, sizeof(*order), by_name);
	buf_c(b, "waymark policy 1\nversion ");
	put_digest(b, &rb->digest);
	buf_char(b, '\n');
	for (uint32_t i = 0; i < rb->nsources; i++) {
		struct hash256 h = hash_sha256(order[i]->text.p, order[i]->text.len);
		put_digest(b, &h);
		buf_fmt(b, "  " STR_FMT "\n", STR_ARG(order[i]->name));
	}
	mem_free(order);
}

enum status manifest_signature(const char *rulebook, struct buf *out, struct buf *why)
{
	struct stat st;
	struct buf path = {0}, unread = {0};
	const char *slash = strrchr(rulebook, '/');
	if (!stat(rulebook, &st) && S_ISDIR(st.st_mode))
		buf_fmt(&path, "%s/", rulebook);
	else if (slash)
		buf_bytes(&path, rulebook, (size_t)(slash - rulebook) + 1);
	buf_c(&path, MANIFEST_SIGNATURE);
	buf_char(&path, '\0');
	enum status status = load_file(path.p, MINISIGN_BYTES, out, &unread);
	if (status == STATUS_NOT_FOUND)
		status = STATUS_OK;
	else
		buf_str(why, buf_view(&unread));
	buf_release(&path);
	buf_release(&unread);
	return status;
}
