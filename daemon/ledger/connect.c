/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/connect.h"

#include "daemon/ledger/schema.h"

enum status ledger_connect(const char *path, sqlite3 **db, struct buf *why)
{
	int64_t application = 0;
	if (sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL)) {
		sql_complain(why, "cannot open the ledger", path, *db);
		return STATUS_IO;
	}
	sqlite3_busy_timeout(*db, 5000);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (sql_int(*db, "PRAGMA application_id", &application)) {
		int rc = sqlite3_errcode(*db);
		sql_complain(why, "cannot read the ledger", path, *db);
		return rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT ? STATUS_INVALID : STATUS_IO;
	}
	if (application != LEDGER_APPLICATION_ID) {
		buf_fmt(why, "%s is not a ledger", path);
		return STATUS_INVALID;
	}
	if (!sql_pragma(*db, "mmap_size", "0", "0") ||
	    !sql_pragma(*db, "trusted_schema", "OFF", "0") ||
	    !sql_pragma(*db, "temp_store", "MEMORY", "2") || /* no text of a case in a file */
	    !sql_pragma(*db, "query_only", "ON", "1")) {
		buf_fmt(why, "%s: the settings of SQLite do not take", path);
		return STATUS_IO;
	}
	return STATUS_OK;
}
