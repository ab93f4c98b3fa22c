/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/jobs.h"

#include "daemon/serve/daemon.h"

bool jobs_have_room(const struct daemon *d)
{
	return d->jobs.running < JOBS_MOST;
}

bool job_ran(const struct job *j)
{
	return j->started;
}

bool job_is_to_stop(const struct job *j)
{
	return atomic_load(&j->jobs->stop);
}

static void *run(void *arg)
{
	struct job *j = arg;
	struct jobs *all = j->jobs;
	j->work(j);
	pthread_mutex_lock(&all->mutex);
	j->next = all->finished;
	all->finished = j;
	pthread_mutex_unlock(&all->mutex);
	ev_async_send(all->loop, &all->woken);
	return NULL;
}

void jobs_begin(struct daemon *d, struct job *j)
{
	j->jobs = &d->jobs;
	j->started = pthread_create(&j->thread, NULL, run, j) == 0;
	if (j->started)
		d->jobs.running++;
	else
		j->done(d, j);
}

static void take_finished(struct daemon *d)
{
	pthread_mutex_lock(&d->jobs.mutex);
	struct job *j = d->jobs.finished;
	d->jobs.finished = NULL;
	pthread_mutex_unlock(&d->jobs.mutex);
	for (struct job *next; j; j = next) {
		next = j->next;
		pthread_join(j->thread, NULL);
		d->jobs.running--;
		j->done(d, j);
	}
}

static void on_woken(struct ev_loop *loop, ev_async *w, int events)
{
	(void)loop, (void)events;
	take_finished(w->data);
}

void jobs_start(struct daemon *d)
{
	struct jobs *j = &d->jobs;
	j->loop = d->loop;
	pthread_mutex_init(&j->mutex, NULL);
	ev_async_init(&j->woken, on_woken);
	j->woken.data = d;
	ev_async_start(d->loop, &j->woken);
}

void jobs_stop(struct daemon *d)
{
	atomic_store(&d->jobs.stop, true);
}

void jobs_release(struct daemon *d)
{
	if (!d->jobs.loop) /* not started, or released before */
		return;
	jobs_stop(d);
	while (d->jobs.running) {
		ev_run(d->loop, EVRUN_ONCE);
		take_finished(d);
	}
	ev_async_stop(d->loop, &d->jobs.woken);
	pthread_mutex_destroy(&d->jobs.mutex);
	d->jobs.loop = NULL;
}
