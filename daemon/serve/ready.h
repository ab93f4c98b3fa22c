/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the daemon is as it should be: all that an operator has to see to, by a stable name.
 * /readyz and /metrics show the same. OPERATING.md says what to do about each.
 *
 *     unsigned causes = ready_causes(d);          // 0: ready
 *     if (causes & 1u << CAUSE_CLOCK) ...
 */
#ifndef WAYMARK_SERVE_READY_H
#define WAYMARK_SERVE_READY_H

struct daemon;
struct buf;

/* Something on its way to disk that long, and nothing has landed: the disk hangs. */
#define READY_COMMIT_MOST_US 2000000
/* A version should be in force for that long, and is not. */
#define READY_SWITCH_MOST_US 5000000

/* X(constant, name, what to do) */
#define CAUSES(X)                                                                                  \
	X(CAUSE_DRAINING, "draining", "the daemon was told to end; it answers what it has begun")  \
	X(CAUSE_FULL, "storage-full",                                                              \
	  "the disk of the ledger is full: no event is taken until there is room")                 \
	X(CAUSE_DISK, "disk-low",                                                                  \
	  "the disk of the ledger has less left than --disk-least: make room before it is full")   \
	X(CAUSE_LEDGER, "ledger-slow",                                                             \
	  "nothing has reached the disk of the ledger for two seconds: look at the disk")          \
	X(CAUSE_CLOCK, "clock-behind",                                                             \
	  "the clock is behind what it was when the last event was recorded: nothing falls due "   \
	  "until it is right; look at the time service")                                           \
	X(CAUSE_CATCHING_UP, "catching-up",                                                        \
	  "what fell due while the daemon was down is still firing; events are taken meanwhile")   \
	X(CAUSE_POLICIES, "policies-failed",                                                       \
	  "the policies on disk have errors and an older version is still in force; see the log, " \
	  "or run waymark check")                                                                  \
	X(CAUSE_WAITS, "version-waits",                                                            \
	  "another version should be in force by now and cannot be: activation-failed in the log " \
	  "says why; activate one that can, or retire it")                                         \
	X(CAUSE_NOTHING, "nothing-in-force",                                                       \
	  "no county has a program in force today: every event of today is refused")               \
	X(CAUSE_KEYS, "keys-failed",                                                               \
	  "the file of trusted keys was not taken, and the former keys count: keys-failed in the " \
	  "log says why")

enum cause {
#define X(constant, name, detail) constant,
	CAUSES(X)
#undef X
	    CAUSE_COUNT
};

unsigned ready_causes(struct daemon *d); /* bits by enum cause */
const char *ready_cause_name(enum cause c);
/* "causes":[{"cause":"disk-low","detail":"..."}] */
void ready_causes_json(struct buf *b, unsigned causes);

#endif
