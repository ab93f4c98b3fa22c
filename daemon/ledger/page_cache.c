/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/page_cache.h"

#include "engine/base/mem.h"

#include <sqlite3.h>

#define LOCK_BYTE 0x40000000 /* SQLite's PENDING_BYTE: the page with it is never used */

struct page_cache {
	sqlite3_pcache *own; /* SQLite's */
	unsigned lock_page, highest;
};

static sqlite3_pcache_methods2 own;

static struct page_cache *cache_of(sqlite3_pcache *c)
{
	return (struct page_cache *)c;
}

static void note(struct page_cache *c, unsigned number)
{
	if (number > c->highest && number != c->lock_page)
		c->highest = number;
}

static int start(void *arg)
{
	(void)arg;
	return own.xInit(own.pArg);
}

static void end(void *arg)
{
	(void)arg;
	own.xShutdown(own.pArg);
}

static sqlite3_pcache *create(int page_bytes, int extra_bytes, int purgeable)
{
	sqlite3_pcache *inner = own.xCreate(page_bytes, extra_bytes, purgeable);
	if (!inner)
		return NULL;
	struct page_cache *c = mem_alloc(sizeof(*c));
	*c = (struct page_cache){inner, (unsigned)(LOCK_BYTE / page_bytes) + 1, 0};
	return (sqlite3_pcache *)c;
}

static void set_size(sqlite3_pcache *c, int pages)
{
	own.xCachesize(cache_of(c)->own, pages);
}

static int count(sqlite3_pcache *c)
{
	return own.xPagecount(cache_of(c)->own);
}

static sqlite3_pcache_page *fetch(sqlite3_pcache *c, unsigned number, int create_it)
{
	if (create_it)
		note(cache_of(c), number);
	return own.xFetch(cache_of(c)->own, number, create_it);
}

static void unpin(sqlite3_pcache *c, sqlite3_pcache_page *page, int discard)
{
	own.xUnpin(cache_of(c)->own, page, discard);
}

static void renumber(sqlite3_pcache *c, sqlite3_pcache_page *page, unsigned from, unsigned to)
{
	note(cache_of(c), to);
	own.xRekey(cache_of(c)->own, page, from, to);
}

/* All pages from a number on go. */
static void truncate_from(sqlite3_pcache *c, unsigned number)
{
	if (number > cache_of(c)->highest)
		return;
	own.xTruncate(cache_of(c)->own, number);
	cache_of(c)->highest = number ? number - 1 : 0;
}

static void destroy(sqlite3_pcache *c)
{
	own.xDestroy(cache_of(c)->own);
	mem_free(c);
}

static void shrink(sqlite3_pcache *c)
{
	own.xShrink(cache_of(c)->own);
}

enum status page_cache_use(void)
{
	static sqlite3_pcache_methods2 ours = {.iVersion = 1,
					       .xInit = start,
					       .xShutdown = end,
					       .xCreate = create,
					       .xCachesize = set_size,
					       .xPagecount = count,
					       .xFetch = fetch,
					       .xUnpin = unpin,
					       .xRekey = renumber,
					       .xTruncate = truncate_from,
					       .xDestroy = destroy,
					       .xShrink = shrink};
	if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &own) ||
	    sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours))
		return STATUS_IO;
	return STATUS_OK;
}
