/* SPDX-License-Identifier: Apache-2.0
 *
 * The one status type of the project. A function either returns a status or cannot fail. Results
 * go through out-parameters, which stay untouched on failure. Words for people never travel in a
 * status: they go to a diagnostics list (diag.h) or a refusal (case/event.h).
 */
#ifndef WAYMARK_BASE_STATUS_H
#define WAYMARK_BASE_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_INVALID,   /* the input is wrong; a diagnostic or refusal says where and why */
	STATUS_OVERFLOW,  /* exact arithmetic left its range */
	STATUS_NOT_FOUND, /* the thing asked for does not exist */
	STATUS_CONFLICT,  /* exists already with another content, or two parts contradict */
	STATUS_LIMIT,     /* a named limit of limits.h was passed */
	STATUS_FULL,      /* the disk is full; nothing was written */
	STATUS_IO,        /* the environment failed */
	STATUS_GONE,      /* it was destroyed, and that is on record */
};

#endif
