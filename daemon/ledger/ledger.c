/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue to the writing thread and back. Units move in whole lists: submitted (caller) -> queue
 * -> one transaction -> done -> taken (caller).
 */
#include "daemon/ledger/ledger_internal.h"
#include "daemon/ledger/page_cache.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* ---- lists ---- */

void unit_push(struct unit_list *list, struct ledger_unit *u)
{
	u->next = NULL;
	if (list->last)
		list->last->next = u;
	else
		list->first = u;
	list->last = u;
	list->n++;
}

struct ledger_unit *unit_pop(struct unit_list *list)
{
	struct ledger_unit *u = list->first;
	if (!u)
		return NULL;
	list->first = u->next;
	if (!list->first)
		list->last = NULL;
	list->n--;
	u->next = NULL;
	return u;
}

void unit_append(struct unit_list *list, struct unit_list *more)
{
	if (!more->first)
		return;
	if (list->last)
		list->last->next = more->first;
	else
		list->first = more->first;
	list->last = more->last;
	list->n += more->n;
	*more = (struct unit_list){0};
}

static void list_release(struct unit_list *list)
{
	for (struct ledger_unit *u = unit_pop(list); u; u = unit_pop(list))
		unit_release(u);
}

/* ---- the writing thread ---- */

static uint64_t clock_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Waits for work; false: there is none and none will come. *broken as it is now. */
static bool next_batch(struct ledger *l, struct unit_list *batch, enum status *broken)
{
	pthread_mutex_lock(&l->mutex);
	while (!l->queue.first && !l->stop)
		pthread_cond_wait(&l->work, &l->mutex);
	*batch = l->queue;
	l->queue = (struct unit_list){0};
	*broken = l->broken;
	pthread_mutex_unlock(&l->mutex);
	return batch->first != NULL;
}

static void hand_back(struct ledger *l, struct unit_list *batch, enum status status, uint64_t us)
{
	for (struct ledger_unit *u = batch->first; u; u = u->next)
		u->status = status;
	pthread_mutex_lock(&l->mutex);
	if (status) {
		l->broken = status;
		l->counters.failed += batch->n;
	} else {
		histogram_add(&l->counters.commits, (int64_t)us);
		l->counters.units += batch->n;
	}
	unit_append(&l->done, batch);
	pthread_mutex_unlock(&l->mutex);
	if (l->config.wake)
		l->config.wake(l->config.arg);
}

static void *write_all(void *arg)
{
	struct ledger *l = arg;
	struct unit_list batch;
	enum status status;
	while (next_batch(l, &batch, &status)) {
		uint64_t start = clock_us();
		if (!status)
			status = writer_commit(&l->writer, batch.first);
		hand_back(l, &batch, status, clock_us() - start);
		if (!status && writer_checkpoint(&l->writer)) {
			pthread_mutex_lock(&l->mutex);
			l->broken = STATUS_IO;
			pthread_mutex_unlock(&l->mutex);
		}
	}
	return NULL;
}

/* ---- opening and closing ---- */

/* SQLite need not count the memory that it takes: for that each allocation on any thread waits for
 * the same lock. */
void ledger_start(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)page_cache_use(); /* it only takes less time */
}

/* One writing process: the lock goes with the process, however it ends. */
static enum status take_lock(struct ledger *l, struct buf *why)
{
	struct buf path = {0};
	buf_fmt(&path, "%s.lock", l->config.path);
	buf_char(&path, '\0');
	enum status status = STATUS_OK;
	l->lock_fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (l->lock_fd < 0) {
		buf_fmt(why, "cannot open %s: %m", path.p);
		status = STATUS_IO;
	} else if (flock(l->lock_fd, LOCK_EX | LOCK_NB)) {
		buf_fmt(why, "another process is writing to the ledger %s", l->config.path);
		status = STATUS_CONFLICT;
	}
	buf_release(&path);
	return status;
}

/* Where numbers go on from. */
static enum status load_numbers(struct ledger *l)
{
	sqlite3 *db = l->writer.db;
	int64_t seq, no, policy;
	if (sql_int(db, "SELECT coalesce(max(seq), 0) FROM events", &seq) ||
	    sql_int(db, "SELECT coalesce(max(no), 0) FROM cases", &no) ||
	    sql_int(db, "SELECT coalesce(max(number), 0) FROM policies", &policy))
		return STATUS_IO;
	l->next_seq = (uint64_t)seq + 1;
	l->next_case = (uint64_t)no + 1;
	l->next_policy = (uint32_t)policy + 1;
	return STATUS_OK;
}

static enum status load_policies(struct ledger *l)
{
	sqlite3_stmt *s = sql_prepare(l->writer.db, "SELECT number, digest FROM policies");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	l->policies.n = 0;
	for (; step == STEP_ROW; step = sql_step(s)) {
		struct known_policy *p = vec_push(&l->policies);
		p->number = (uint32_t)sqlite3_column_int64(s, 0);
		memcpy(p->digest.b, sqlite3_column_blob(s, 1), sizeof(p->digest.b));
	}
	sqlite3_finalize(s);
	return step == STEP_DONE ? STATUS_OK : STATUS_IO;
}

static void destroy(struct ledger *l)
{
	writer_close(&l->writer);
	if (l->lock_fd >= 0)
		close(l->lock_fd);
	list_release(&l->submitted);
	list_release(&l->done);
	list_release(&l->taken);
	list_release(&l->pool);
	pthread_cond_destroy(&l->work);
	pthread_mutex_destroy(&l->mutex);
	vec_release(&l->policies);
	buf_release(&l->scratch);
	mem_free(l);
}

static enum status open_all(struct ledger *l, struct buf *why)
{
	enum status status = take_lock(l, why);
	if (!status)
		status = writer_open(&l->writer, &l->config, l->lock_fd, why);
	if (!status && (load_numbers(l) || load_policies(l))) {
		sql_complain(why, "cannot read the ledger", l->config.path, l->writer.db);
		status = STATUS_IO;
	}
	if (!status && pthread_create(&l->thread, NULL, write_all, l)) {
		buf_c(why, "cannot start the writing thread");
		status = STATUS_IO;
	}
	return status;
}

enum status ledger_open(const struct ledger_config *config, struct ledger **out, struct buf *why)
{
	struct ledger *l = mem_alloc(sizeof(*l));
	l->config = *config;
	l->lock_fd = -1;
	pthread_mutex_init(&l->mutex, NULL);
	pthread_cond_init(&l->work, NULL);
	enum status status = open_all(l, why);
	if (status)
		destroy(l);
	else
		*out = l;
	return status;
}

enum status ledger_close(struct ledger *l)
{
	if (!l)
		return STATUS_OK;
	ledger_flush(l);
	pthread_mutex_lock(&l->mutex);
	l->stop = true;
	pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->mutex);
	pthread_join(l->thread, NULL);
	enum status status = l->broken;
	destroy(l);
	return status;
}

/* ---- the caller's side ---- */

uint64_t ledger_take_seq(struct ledger *l)
{
	return l->next_seq++;
}

uint64_t ledger_take_case(struct ledger *l)
{
	return l->next_case++;
}

void ledger_submit(struct ledger *l, struct ledger_unit *u)
{
	unit_push(&l->submitted, u);
	l->in_flight++;
}

void ledger_flush(struct ledger *l)
{
	if (!l->submitted.first)
		return;
	pthread_mutex_lock(&l->mutex);
	bool was_empty = !l->queue.first;
	unit_append(&l->queue, &l->submitted);
	if (was_empty)
		pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->mutex);
}

struct ledger_unit *ledger_completed(struct ledger *l)
{
	if (!l->taken.first) {
		pthread_mutex_lock(&l->mutex);
		l->taken = l->done;
		l->done = (struct unit_list){0};
		pthread_mutex_unlock(&l->mutex);
	}
	struct ledger_unit *u = unit_pop(&l->taken);
	if (u)
		l->in_flight--;
	return u;
}

struct str ledger_failure(const struct ledger *l)
{
	return buf_view(&l->writer.why);
}

size_t ledger_in_flight(const struct ledger *l)
{
	return l->in_flight;
}

enum status ledger_resume(struct ledger *l)
{
	assert(l->in_flight == 0);
	/* The writing thread waits for work and does not touch its connection meanwhile; the mutex
	 * orders what it did before. */
	pthread_mutex_lock(&l->mutex);
	if (l->broken == STATUS_FULL)
		l->broken = load_numbers(l) || load_policies(l) ? STATUS_IO : STATUS_OK;
	enum status status = l->broken;
	pthread_mutex_unlock(&l->mutex);
	return status;
}

uint64_t ledger_destroyed_beyond(const struct ledger *l)
{
	return l->writer.beyond;
}

struct ledger_counters ledger_counters(struct ledger *l)
{
	pthread_mutex_lock(&l->mutex);
	struct ledger_counters c = l->counters;
	pthread_mutex_unlock(&l->mutex);
	return c;
}
