/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/disk.h"

#include "engine/base/mem.h"
#include "engine/base/vec.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A write, or with no data the new length of the file. */
struct change {
	uint64_t at;
	char *data;
	size_t len;
};

struct image {
	char *p;
	size_t len, cap;
};

/* A file as it was synced, with what was done to it since. */
struct kept {
	char *path;
	struct image synced;
	VEC(struct change) changes;
	bool entry_synced;    /* the folder's entry of it */
	struct kept *removed; /* the file that had the name before; its removal is not synced */
	bool is_removed;      /* by the last call, and nothing came in its place */
	bool syncs_folder;    /* its first sync syncs the folder, too: SQLite's logs and journals */
};

struct disk_file {
	sqlite3_file base;
	struct kept *kept; /* NULL: a temporary file */
	sqlite3_file *real;
};

static struct {
	sqlite3_vfs vfs, *real;
	pthread_mutex_t mutex;
	VEC(struct kept *) files;
	uint64_t left; /* calls until the cut; 0: there is none to come */
	bool cut, lies;
	uint64_t state;
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* splitmix64 */
static uint64_t draw(void)
{
	uint64_t z = (disk.state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t disk_random(uint64_t below)
{
	pthread_mutex_lock(&disk.mutex);
	uint64_t v = draw() % below;
	pthread_mutex_unlock(&disk.mutex);
	return v;
}

/* ---- images ---- */

static void image_resize(struct image *m, size_t len)
{
	if (len > m->cap) {
		m->cap = len + len / 2;
		m->p = mem_grow(m->p, m->cap, 1);
	}
	if (len > m->len)
		memset(m->p + m->len, 0, len - m->len);
	m->len = len;
}

static void image_write(struct image *m, uint64_t at, const char *p, size_t n)
{
	if (at + n > m->len)
		image_resize(m, at + n);
	memcpy(m->p + at, p, n);
}

static void image_load(struct image *m, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return;
	image_resize(m, (size_t)st.st_size);
	if (pread(fd, m->p, m->len, 0) != (ssize_t)m->len)
		abort();
	close(fd);
}

static void image_store(const struct image *m, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0 || write(fd, m->p, m->len) != (ssize_t)m->len)
		abort();
	close(fd);
}

static void apply(struct image *m, const struct change *c)
{
	if (c->data)
		image_write(m, c->at, c->data, c->len);
	else
		image_resize(m, c->at);
}

/* Each sector of a write by chance. */
static void apply_torn(struct image *m, const struct change *c)
{
	if (!c->data)
		return;
	for (size_t i = 0, n; i < c->len; i += n) {
		n = DISK_SECTOR - (c->at + i) % DISK_SECTOR;
		n = n < c->len - i ? n : c->len - i;
		if (draw() % 2)
			image_write(m, c->at + i, c->data + i, n);
	}
}

/* ---- files ---- */

static struct kept *find(const char *path)
{
	for (size_t i = 0; i < disk.files.n; i++)
		if (strcmp(disk.files.at[i]->path, path) == 0)
			return disk.files.at[i];
	return NULL;
}

static struct kept *kept_new(const char *path, bool syncs_folder)
{
	struct kept *k = mem_alloc(sizeof(*k));
	k->path = strdup(path);
	k->syncs_folder = syncs_folder;
	image_load(&k->synced, path);
	k->entry_synced = k->synced.len > 0;
	return k;
}

static void kept_free(struct kept *k)
{
	if (!k)
		return;
	kept_free(k->removed);
	for (size_t i = 0; i < k->changes.n; i++)
		mem_free(k->changes.at[i].data);
	vec_release(&k->changes);
	mem_free(k->synced.p);
	free(k->path);
	mem_free(k);
}

static void sync_changes(struct kept *k)
{
	for (size_t i = 0; i < k->changes.n; i++) {
		apply(&k->synced, &k->changes.at[i]);
		mem_free(k->changes.at[i].data);
	}
	k->changes.n = 0;
}

static void sync_folder(void)
{
	for (size_t i = disk.files.n; i-- > 0;) {
		struct kept *k = disk.files.at[i];
		k->entry_synced = true;
		kept_free(k->removed);
		k->removed = NULL;
		if (!k->is_removed)
			continue;
		kept_free(k);
		vec_remove(&disk.files, i);
	}
}

/* ---- the cut ---- */

/* Counts a call that changes something; false: the power is gone, before it or during it. */
static bool goes_on(bool *during)
{
	*during = false;
	if (disk.cut)
		return false;
	if (disk.left && --disk.left == 0) {
		disk.cut = true;
		*during = true;
		return false;
	}
	return true;
}

enum fate { ALL_LOST, ALL_KEPT, TORN, PREFIX, SOME, FATES };

/* What is found of a file. */
static void settle(struct kept *k, enum fate fate)
{
	size_t n = k->changes.n, until = n ? (size_t)(draw() % (n + 1)) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct change *c = &k->changes.at[i];
		if (fate == ALL_KEPT || (fate == PREFIX && i < until) ||
		    (fate == SOME && draw() % 2))
			apply(&k->synced, c);
		else if (fate == TORN || (fate == PREFIX && i == until))
			apply_torn(&k->synced, c);
	}
}

static void find_again(struct kept *k)
{
	struct kept *found = k;
	bool exists = !k->is_removed;
	if (!k->entry_synced && draw() % 2)
		exists = false;
	if (k->removed && draw() % 2) {
		found = k->removed;
		exists = true;
	} else if (k->is_removed && draw() % 2) {
		exists = true;
	}
	settle(found, (enum fate)(draw() % FATES));
	if (exists)
		image_store(&found->synced, k->path);
	else
		unlink(k->path);
}

static void forget(void)
{
	for (size_t i = 0; i < disk.files.n; i++)
		kept_free(disk.files.at[i]);
	disk.files.n = 0;
}

void disk_power_on(void)
{
	pthread_mutex_lock(&disk.mutex);
	disk.lies = false;
	for (size_t i = 0; i < disk.files.n; i++)
		find_again(disk.files.at[i]);
	forget();
	disk.cut = false;
	disk.left = 0;
	pthread_mutex_unlock(&disk.mutex);
}

void disk_cut_after(uint64_t calls)
{
	pthread_mutex_lock(&disk.mutex);
	disk.left = calls;
	pthread_mutex_unlock(&disk.mutex);
}

bool disk_is_cut(void)
{
	pthread_mutex_lock(&disk.mutex);
	bool cut = disk.cut;
	pthread_mutex_unlock(&disk.mutex);
	return cut;
}

void disk_lie(bool lies)
{
	disk.lies = lies;
}

/* ---- the methods of a file ---- */

static sqlite3_file *real(sqlite3_file *f)
{
	return ((struct disk_file *)f)->real;
}

static int f_close(sqlite3_file *f)
{
	int rc = real(f)->pMethods->xClose(real(f));
	sqlite3_free(real(f));
	return rc;
}

static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return disk_is_cut() ? SQLITE_IOERR_READ : real(f)->pMethods->xRead(real(f), p, n, at);
}

static void note(struct kept *k, struct change c)
{
	*vec_push(&k->changes) = c;
}

static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct kept *k = ((struct disk_file *)f)->kept;
	if (!k)
		return real(f)->pMethods->xWrite(real(f), p, n, at);
	bool during;
	pthread_mutex_lock(&disk.mutex);
	bool fine = goes_on(&during);
	if (fine || during) {
		struct change c = {(uint64_t)at, mem_alloc((size_t)n), (size_t)n};
		memcpy(c.data, p, (size_t)n);
		note(k, c);
	}
	int rc = fine ? real(f)->pMethods->xWrite(real(f), p, n, at) : SQLITE_IOERR_WRITE;
	pthread_mutex_unlock(&disk.mutex);
	return rc;
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	struct kept *k = ((struct disk_file *)f)->kept;
	if (!k)
		return real(f)->pMethods->xTruncate(real(f), n);
	bool during;
	pthread_mutex_lock(&disk.mutex);
	bool fine = goes_on(&during);
	if (fine || during)
		note(k, (struct change){(uint64_t)n, NULL, 0});
	int rc = fine ? real(f)->pMethods->xTruncate(real(f), n) : SQLITE_IOERR_TRUNCATE;
	pthread_mutex_unlock(&disk.mutex);
	return rc;
}

static int f_sync(sqlite3_file *f, int flags)
{
	(void)flags;
	struct kept *k = ((struct disk_file *)f)->kept;
	bool during;
	pthread_mutex_lock(&disk.mutex);
	bool fine = goes_on(&during);
	if (fine && k && !disk.lies) {
		sync_changes(k);
		if (k->syncs_folder && !k->entry_synced)
			sync_folder();
	}
	pthread_mutex_unlock(&disk.mutex);
	return fine ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int f_size(sqlite3_file *f, sqlite3_int64 *n)
{
	return disk_is_cut() ? SQLITE_IOERR_FSTAT : real(f)->pMethods->xFileSize(real(f), n);
}

static int f_lock(sqlite3_file *f, int how)
{
	return real(f)->pMethods->xLock(real(f), how);
}

static int f_unlock(sqlite3_file *f, int how)
{
	return real(f)->pMethods->xUnlock(real(f), how);
}

static int f_reserved(sqlite3_file *f, int *out)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int f_control(sqlite3_file *f, int op, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int f_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int f_characteristics(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}

static void f_shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int f_shm_unmap(sqlite3_file *f, int remove)
{
	return real(f)->pMethods->xShmUnmap(real(f), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* no memory-mapped reads: they would go past us */
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_characteristics,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

/* ---- the methods of the VFS ---- */

/* The file of that name, as it is from now on: one that was removed is another. */
static struct kept *keep(const char *path, bool is_log)
{
	struct kept *k = find(path);
	if (!k) {
		k = kept_new(path, is_log);
		*vec_push(&disk.files) = k;
	} else if (k->is_removed) {
		struct kept *before = mem_alloc(sizeof(*before));
		*before = *k;
		before->path = NULL;
		before->removed = NULL;
		kept_free(k->removed);
		*k = (struct kept){.path = k->path, .syncs_folder = is_log, .removed = before};
	}
	return k;
}

static int v_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
	(void)vfs;
	struct disk_file *file = (struct disk_file *)f;
	*file = (struct disk_file){0};
	bool ours =
	    path && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL));
	if (ours && disk_is_cut())
		return SQLITE_CANTOPEN;
	pthread_mutex_lock(&disk.mutex);
	if (ours)
		file->kept = keep(path, !(flags & SQLITE_OPEN_MAIN_DB));
	file->real = sqlite3_malloc(disk.real->szOsFile);
	memset(file->real, 0, (size_t)disk.real->szOsFile);
	int rc = disk.real->xOpen(disk.real, path, file->real, flags, out);
	pthread_mutex_unlock(&disk.mutex);
	if (rc == SQLITE_OK)
		file->base.pMethods = &methods;
	else
		sqlite3_free(file->real);
	return rc;
}

static int v_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	bool during;
	pthread_mutex_lock(&disk.mutex);
	struct kept *k = find(path);
	bool fine = goes_on(&during);
	int rc = fine ? disk.real->xDelete(disk.real, path, sync) : SQLITE_IOERR_DELETE;
	if (k && (during || rc == SQLITE_OK))
		k->is_removed = true;
	pthread_mutex_unlock(&disk.mutex);
	return rc;
}

static int v_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	(void)vfs;
	return disk_is_cut() ? SQLITE_IOERR_ACCESS
			     : disk.real->xAccess(disk.real, path, flags, out);
}

void disk_install(uint64_t seed)
{
	disk.state = seed;
	disk.real = sqlite3_vfs_find(NULL);
	disk.vfs = *disk.real;
	disk.vfs.zName = "disk";
	disk.vfs.pNext = NULL;
	disk.vfs.szOsFile = sizeof(struct disk_file);
	disk.vfs.xOpen = v_open;
	disk.vfs.xDelete = v_delete;
	disk.vfs.xAccess = v_access;
	sqlite3_vfs_register(&disk.vfs, 1);
}

void disk_remove(void)
{
	forget();
	vec_release(&disk.files);
	sqlite3_vfs_unregister(&disk.vfs);
	sqlite3_vfs_register(disk.real, 1);
	disk.cut = disk.lies = false;
	disk.left = 0;
}
