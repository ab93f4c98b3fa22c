/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/offline.h"

#include "daemon/ledger/destroy.h"

#include <time.h>
#include <unistd.h>

enum status offline_open(const char *path, const char *head_key, struct ledger **out,
			 struct buf *why)
{
	struct buf key = {0};
	buf_fmt(&key, "%s.head-key", path);
	buf_char(&key, '\0');
	const struct ledger_config config = {.path = path, .head_key = head_key ? head_key : key.p};
	enum status st = access(path, F_OK) ? STATUS_NOT_FOUND : ledger_open(&config, out, why);
	if (st == STATUS_NOT_FOUND)
		buf_fmt(why, "there is no ledger %s", path);
	if (st == STATUS_CONFLICT)
		buf_c(why, ": stop the daemon first");
	buf_release(&key);
	return st;
}

enum status offline_commit(struct ledger *l, struct ledger_unit *u)
{
	const struct timespec moment = {0, 1000000};
	ledger_submit(l, u);
	ledger_flush(l);
	while (!ledger_completed(l))
		nanosleep(&moment, NULL);
	return u->status;
}

bool offline_is_text(const char *text)
{
	struct str s = str_from(text ? text : "");
	return s.len && s.len <= ORDER_TEXT_BYTES && str_is_utf8(s);
}
