/* SPDX-License-Identifier: Apache-2.0
 *
 * Work that would hold up the loop: each piece on a thread of its own. The work touches nothing of
 * the daemon; what it needs is in the structure around the job, and what it found is there when
 * `done` is called on the loop's thread.
 *
 *     struct trial_job { struct job job; struct call *call; ... };
 *     j->job = (struct job){.work = compile_it, .done = answer_it};
 *     if (!jobs_have_room(d)) ... 503 ...
 *     jobs_begin(d, &j->job);         // done frees j
 */
#ifndef WAYMARK_SERVE_JOBS_H
#define WAYMARK_SERVE_JOBS_H

#include <ev.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Jobs for requests that run at a time: each may use a processor for seconds. */
#define JOBS_MOST 4

struct daemon;

struct job {
	void (*work)(struct job *j);                   /* on its thread */
	void (*done)(struct daemon *d, struct job *j); /* on the loop */
	/* the rest is private */
	struct jobs *jobs;
	pthread_t thread;
	bool started; /* false: there was no thread for it, and `work` did not run */
	struct job *next;
};

struct jobs {
	struct ev_loop *loop;
	ev_async woken;
	pthread_mutex_t mutex;
	struct job *finished; /* the latest first */
	size_t running;       /* begun and not yet done */
	atomic_bool stop;     /* the daemon is about to end: long work gives up */
};

void jobs_start(struct daemon *d);
void jobs_stop(struct daemon *d);    /* long work gives up */
void jobs_release(struct daemon *d); /* waits for those that run; `done` is called */

bool jobs_have_room(const struct daemon *d);
/* When no thread can be had, `done` is called at once, with job_ran false. */
void jobs_begin(struct daemon *d, struct job *j);
bool job_ran(const struct job *j);
bool job_is_to_stop(const struct job *j); /* for `work` */

#endif
