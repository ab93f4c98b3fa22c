/* SPDX-License-Identifier: Apache-2.0
 *
 * Instants and the policy's time zone. An instant is an int64_t: microseconds since
 * 1970-01-01T00:00:00Z. A zone is read from the bytes of a TZif file (RFC 8536), which the caller
 * hands in; beyond its table the file's POSIX rule applies, so far future deadlines are right too.
 */
#ifndef WAYMARK_VALUES_ZONE_H
#define WAYMARK_VALUES_ZONE_H

#include "engine/base/arena.h"
#include "engine/base/status.h"

#define SECOND_US  INT64_C(1000000)
#define TIME_NONE  INT64_MIN
#define TIME_NEVER INT64_MAX

struct zone;

/* The zone lives in the arena. STATUS_INVALID when the bytes are not a TZif file. */
enum status zone_read(struct arena *a, struct str name, struct str tzif, const struct zone **out);
const struct zone *zone_utc(void);
struct str zone_name(const struct zone *z);

int32_t zone_day(const struct zone *z, int64_t us);        /* the civil day of an instant */
int64_t zone_day_start(const struct zone *z, int32_t day); /* the first instant of a civil day */
/* The instant of a wall-clock minute (0..1439) of a civil day; a minute that does not exist that
 * day (a DST gap) is the first one after the gap, one that exists twice is the first of the two. */
int64_t zone_instant(const struct zone *z, int32_t day, int32_t minute);
int32_t zone_offset(const struct zone *z, int64_t us); /* seconds east of UTC */

/* RFC 3339 with a mandatory offset, up to nine decimals (kept to microseconds, cut), years
 * 1..9999; a leap second :60 is refused. */
enum status time_read(struct str s, int64_t *us);
void time_text(struct buf *b, const struct zone *z, int64_t us); /* RFC 3339 in zone z */

#endif
