/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of the ledger. They are public: an auditor may query a backup copy with any SQLite
 * tool. schema.c is their documentation.
 */
#ifndef WAYMARK_LEDGER_SCHEMA_H
#define WAYMARK_LEDGER_SCHEMA_H

/* "WAYM" as the SQLite application_id. */
#define LEDGER_APPLICATION_ID 0x5741594D

/* Migration i brings a ledger from user_version i to i + 1. The list only ever grows: a ledger of
 * any age passes through each step once. NULL ends it. */
extern const char *const ledger_migrations[];

/* The version from which on payloads are sealed. Steps up to it are taken with a new file of keys,
 * and with the functions of seal.h and ledger_name(). */
#define LEDGER_SEALED 9

#endif
