/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/keys.h"

#include "engine/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD_BYTES    128
#define CHECKED_BYTES 96
#define CHECK_BYTES   32
#define PRINT_BYTES   LEDGER_NAME_BYTES

static const char MAGIC[PRINT_BYTES] = "waymark keys 1\n";
static const char DESTROYED[24] = "waymark: destroyed by no"; /* without a zero byte */

struct head {
	char magic[PRINT_BYTES];
	uint8_t ledger[PRINT_BYTES];
	uint8_t prints[PRINT_N][PRINT_BYTES];
	uint8_t zero[CHECKED_BYTES - (2 + PRINT_N) * PRINT_BYTES];
	uint8_t check[CHECK_BYTES];
};
_Static_assert(sizeof(struct head) == HEAD_BYTES, "as the file has it");

/* A key in memory. */
struct kept {
	uint64_t case_no; /* 0: none */
	uint8_t key[KEY_BYTES];
};

struct keys {
	int fd;
	char *path, *path_new;
	struct head head;
	uint64_t n; /* slots */
	/* One place for each case that has the same number modulo theirs. */
	struct kept *kept;
	size_t nkept;
	struct kept last;
	bool keeping;            /* they hold */
	struct timespec written; /* by another, before they were read; who writes has none */
};

/* ---- bytes of the file ---- */

static off_t place(uint64_t case_no)
{
	return (off_t)(HEAD_BYTES + (case_no - 1) * KEY_BYTES);
}

static enum status read_at(int fd, void *p, size_t n, off_t at)
{
	ssize_t got;
	for (char *to = p; n; to += got, n -= (size_t)got, at += got) {
		got = pread(fd, to, n, at);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return got ? STATUS_IO : STATUS_NOT_FOUND;
	}
	return STATUS_OK;
}

static enum status failed(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? STATUS_FULL : STATUS_IO;
}

static enum status write_at(int fd, const void *p, size_t n, off_t at)
{
	ssize_t put;
	for (const char *from = p; n; from += put, n -= (size_t)put, at += put) {
		put = pwrite(fd, from, n, at);
		if (put < 0 && errno == EINTR)
			put = 0;
		else if (put < 0)
			return failed();
	}
	return STATUS_OK;
}

/* After a failed sync nobody knows what is on disk: that is never taken for a full disk. */
static enum status sync_file(int fd)
{
	return fsync(fd) ? STATUS_IO : STATUS_OK;
}

static enum status sync_folder(const char *path)
{
	struct buf copy = {0};
	buf_c(&copy, path);
	buf_char(&copy, '\0');
	int fd = open(dirname(copy.p), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status status = fd < 0 ? STATUS_IO : sync_file(fd);
	if (fd >= 0)
		close(fd);
	buf_release(&copy);
	return status;
}

/* ---- opening ---- */

static char *with_suffix(const char *path, const char *suffix)
{
	size_t n = strlen(path) + strlen(suffix) + 1;
	char *p = mem_alloc(n);
	snprintf(p, n, "%s%s", path, suffix);
	return p;
}

static struct keys *keys_new(const char *ledger)
{
	struct keys *k = mem_alloc(sizeof(*k));
	k->fd = -1;
	k->path = with_suffix(ledger, ".keys");
	k->path_new = with_suffix(ledger, ".keys.new");
	return k;
}

static void make_room(struct keys *k, size_t n)
{
	k->nkept = n;
	k->kept = mem_alloc(n * sizeof(*k->kept));
}

static void forget(struct keys *k)
{
	if (k->kept)
		sodium_memzero(k->kept, k->nkept * sizeof(*k->kept));
}

/* Only this process writes to the file, so that what it has read stays true. */
static void keep(struct keys *k)
{
	make_room(k, KEYS_KEPT);
	k->keeping = true;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* A time of the file's own clock that has only just passed may be that of one more write. */
static bool is_settled(struct timespec written)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return now.tv_sec > written.tv_sec + 1;
}

void keys_keep(struct keys *k)
{
	struct stat st;
	k->keeping = fstat(k->fd, &st) == 0 && is_settled(st.st_mtim);
	if (!k->keeping)
		return;
	if (!k->kept)
		make_room(k, k->n && k->n < KEYS_READ ? (size_t)k->n : KEYS_READ);
	else if (!same_time(k->written, st.st_mtim))
		forget(k);
	k->written = st.st_mtim;
}

void keys_done(struct keys *k)
{
	k->keeping = false;
}

void keys_close(struct keys *k)
{
	if (!k)
		return;
	if (k->fd >= 0)
		close(k->fd);
	mem_free(k->path);
	mem_free(k->path_new);
	forget(k);
	mem_free(k->kept);
	sodium_memzero(k, sizeof(*k));
	mem_free(k);
}

static void check_of(const struct head *h, uint8_t *check)
{
	crypto_generichash(check, CHECK_BYTES, (const uint8_t *)h, CHECKED_BYTES, NULL, 0);
}

static enum status cannot(struct buf *why, const char *what, const char *path)
{
	buf_fmt(why, "cannot %s the file of keys %s: %m", what, path);
	return failed();
}

enum status keys_create(const char *ledger, struct keys **out, struct buf *why)
{
	struct keys *k = keys_new(ledger);
	keep(k);
	enum status status = STATUS_OK;
	if (access(k->path, F_OK) == 0) {
		buf_fmt(why,
			"%s is there, but the ledger %s has nothing sealed yet: these are the keys "
			"of another ledger. Put that ledger back, or move its keys away",
			k->path, ledger);
		status = STATUS_CONFLICT;
	}
	if (!status) {
		k->fd = open(k->path_new, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		memcpy(k->head.magic, MAGIC, sizeof(MAGIC));
		randombytes_buf(k->head.ledger, PRINT_BYTES);
		randombytes_buf(k->head.prints, sizeof(k->head.prints));
		check_of(&k->head, k->head.check);
		if (k->fd < 0 || fchmod(k->fd, 0600) || write_at(k->fd, &k->head, HEAD_BYTES, 0) ||
		    sync_file(k->fd))
			status = cannot(why, "write", k->path_new);
	}
	if (status)
		keys_close(k);
	else
		*out = k;
	return status;
}

enum status keys_settle(struct keys *k, struct buf *why)
{
	if (rename(k->path_new, k->path) || sync_folder(k->path))
		return cannot(why, "name", k->path);
	return STATUS_OK;
}

static enum status read_head(struct keys *k, const char *path, const uint8_t *name, struct buf *why)
{
	uint8_t check[CHECK_BYTES];
	struct stat st;
	enum status status = read_at(k->fd, &k->head, HEAD_BYTES, 0);
	if (status == STATUS_IO || fstat(k->fd, &st))
		return cannot(why, "read", path);
	check_of(&k->head, check);
	if (status || memcmp(k->head.magic, MAGIC, sizeof(MAGIC)) != 0 ||
	    memcmp(k->head.check, check, CHECK_BYTES) != 0) {
		buf_fmt(why,
			"%s is not a file of keys of this version, or is damaged: put it back from "
			"its backup",
			path);
		return STATUS_INVALID;
	}
	if (memcmp(k->head.ledger, name, PRINT_BYTES) != 0) {
		buf_fmt(why,
			"%s has the keys of another ledger: put back the ones that belong "
			"to this one",
			path);
		return STATUS_INVALID;
	}
	k->n = (uint64_t)(st.st_size - HEAD_BYTES) / KEY_BYTES;
	return STATUS_OK;
}

static enum status open_file(struct keys *k, const char *path, const uint8_t *name, bool writing,
			     struct buf *why)
{
	k->fd = open(path, (writing ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (k->fd < 0 && errno == ENOENT)
		return STATUS_NOT_FOUND;
	if (k->fd < 0)
		return cannot(why, "open", path);
	enum status status = read_head(k, path, name, why);
	/* What the process before wrote and did not come to sync must not be used before it is. */
	if (writing)
		keep(k);
	if (!status && writing && sync_file(k->fd))
		status = cannot(why, "sync", path);
	return status;
}

enum status keys_open(const char *ledger, const uint8_t *name, bool writing, struct keys **out,
		      struct buf *why)
{
	struct keys *k = keys_new(ledger);
	enum status status = open_file(k, k->path, name, writing, why);
	if (status == STATUS_NOT_FOUND) {
		status = open_file(k, k->path_new, name, writing, why);
		if (!status && writing)
			status = keys_settle(k, why);
	}
	if (status == STATUS_NOT_FOUND)
		buf_fmt(why,
			"the keys of the ledger are missing: %s. Without them nothing of the cases "
			"can be read: put the file back from its backup",
			k->path);
	if (status)
		keys_close(k);
	else
		*out = k;
	return status;
}

const uint8_t *keys_ledger(const struct keys *k)
{
	return k->head.ledger;
}

uint64_t keys_count(const struct keys *k)
{
	return k->n;
}

/* ---- keys ---- */

static enum status write_keys(struct keys *k, uint64_t first, size_t n)
{
	uint8_t *fresh = mem_alloc(n * KEY_BYTES);
	randombytes_buf(fresh, n * KEY_BYTES);
	enum status status = write_at(k->fd, fresh, n * KEY_BYTES, place(first));
	if (!status)
		status = sync_file(k->fd);
	sodium_memzero(fresh, n * KEY_BYTES);
	mem_free(fresh);
	return status;
}

static uint64_t order_of(const uint8_t *key)
{
	uint64_t order = 0;
	for (int i = 7; i >= 0; i--)
		order = order << 8 | key[sizeof(DESTROYED) + (size_t)i];
	return order;
}

static struct kept *kept_of(struct keys *k, uint64_t case_no)
{
	return k->keeping ? &k->kept[case_no % k->nkept] : &k->last;
}

enum status keys_get(struct keys *k, uint64_t case_no, const uint8_t **key, uint64_t *order)
{
	if (!case_no)
		return STATUS_NOT_FOUND;
	struct kept *at = kept_of(k, case_no);
	if (at->case_no != case_no || !k->keeping) {
		at->case_no = 0;
		enum status status = read_at(k->fd, at->key, KEY_BYTES, place(case_no));
		if (status)
			return status;
		if (memcmp(at->key, DESTROYED, sizeof(DESTROYED)) == 0) {
			*order = order_of(at->key);
			return STATUS_GONE;
		}
		if (sodium_is_zero(at->key, KEY_BYTES))
			return STATUS_NOT_FOUND;
		at->case_no = case_no;
	}
	*key = at->key;
	return STATUS_OK;
}

/* A power cut may have left zeros where keys were being written: no case had one of them yet. And
 * beside an old copy of its ledger the file has the graves of cases that were still to come: their
 * keys are gone, and the numbers are taken anew. */
static enum status fill_free(struct keys *k, uint64_t case_no)
{
	const uint8_t *key;
	uint64_t order;
	enum status status = keys_get(k, case_no, &key, &order);
	return status == STATUS_NOT_FOUND || status == STATUS_GONE ? write_keys(k, case_no, 1)
								   : status;
}

enum status keys_reserve(struct keys *k, uint64_t case_no)
{
	enum status status = STATUS_OK;
	while (!status && k->n < case_no) {
		status = write_keys(k, k->n + 1, KEYS_AHEAD);
		if (!status)
			k->n += KEYS_AHEAD;
	}
	return status || !case_no ? status : fill_free(k, case_no);
}

/* ---- destroying ---- */

enum status keys_destroy(struct keys *k, uint64_t case_no, uint64_t order)
{
	const uint8_t *key;
	uint64_t before;
	enum status status = keys_get(k, case_no, &key, &before);
	if (status == STATUS_GONE)
		return STATUS_OK;
	if (status && status != STATUS_NOT_FOUND)
		return status;
	uint8_t grave[KEY_BYTES];
	memcpy(grave, DESTROYED, sizeof(DESTROYED));
	for (size_t i = 0; i < 8; i++)
		grave[sizeof(DESTROYED) + i] = (uint8_t)(order >> 8 * i);
	sodium_memzero(kept_of(k, case_no), sizeof(struct kept));
	return write_at(k->fd, grave, sizeof(grave), place(case_no));
}

enum status keys_sync(struct keys *k)
{
	return sync_file(k->fd);
}

enum status keys_next_destroyed(struct keys *k, uint64_t from, uint64_t *case_no, uint64_t *order)
{
	enum { MANY = 512 };
	uint8_t slots[MANY][KEY_BYTES];
	enum status status = STATUS_NOT_FOUND;
	for (; from && from <= k->n && status == STATUS_NOT_FOUND; from += MANY) {
		size_t n = k->n - from + 1 < MANY ? (size_t)(k->n - from + 1) : MANY;
		if (read_at(k->fd, slots, n * KEY_BYTES, place(from)))
			return STATUS_IO;
		for (size_t i = 0; i < n && status; i++) {
			if (memcmp(slots[i], DESTROYED, sizeof(DESTROYED)) != 0)
				continue;
			*case_no = from + i;
			*order = order_of(slots[i]);
			status = STATUS_OK;
		}
	}
	sodium_memzero(slots, sizeof(slots));
	return status;
}

struct hash128 keys_fingerprint(const struct keys *k, enum fingerprint_of what, const void *p,
				size_t n)
{
	struct hash128 h;
	crypto_shorthash_siphashx24(h.b, p, n, k->head.prints[what]);
	return h;
}
