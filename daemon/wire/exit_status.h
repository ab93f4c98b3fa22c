/* SPDX-License-Identifier: Apache-2.0
 *
 * What the program tells its caller when it ends, the daemon included.
 */
#ifndef WAYMARK_WIRE_EXIT_STATUS_H
#define WAYMARK_WIRE_EXIT_STATUS_H

enum exit_status {
	EXIT_FINE = 0,
	EXIT_NOT_FINE = 1,    /* the thing asked about is not fine */
	EXIT_USAGE = 2,       /* wrong usage */
	EXIT_ENVIRONMENT = 3, /* I/O, database */
};

#endif
