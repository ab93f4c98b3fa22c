/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite's own cache of pages, without a walk over all of it at each commit. While it balances a
 * tree, SQLite (3.39 and later) gives a page the number of the lock page for a moment, which is far
 * beyond the end of a file below 1 GiB. The cache remembers the highest number that it ever had,
 * and at each commit looks everywhere for pages beyond the end of the file; with 64 MiB of pages
 * that took as long as recording ten events. This one remembers the highest number without the
 * lock page, and asks the other only when there can be such a page.
 */
#ifndef WAYMARK_LEDGER_PAGE_CACHE_H
#define WAYMARK_LEDGER_PAGE_CACHE_H

#include "engine/base/status.h"

/* Before any connection: SQLite has it for all of them from then on. */
enum status page_cache_use(void);

#endif
