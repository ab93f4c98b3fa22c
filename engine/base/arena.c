/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/arena.h"

#include "engine/base/mem.h"

#include <stdint.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)16 << 10)
#define ALIGN       ((size_t)16)

struct arena_chunk {
	struct arena_chunk *next;
	size_t cap, used;
	_Alignas(16) unsigned char bytes[];
};

static struct arena_chunk *chunk_new(struct arena *a, size_t at_least)
{
	/* Doubling keeps the number of chunks small for large rulebooks. */
	size_t cap = a->head ? a->head->cap * 2 : CHUNK_BYTES;
	if (cap > ((size_t)4 << 20))
		cap = (size_t)4 << 20;
	if (cap < at_least)
		cap = at_least;
	struct arena_chunk *c = mem_grow(NULL, 1, sizeof(*c) + cap);
	*c = (struct arena_chunk){.next = a->head, .cap = cap};
	a->head = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		return mem_alloc(size); /* aborts */
	size = (size + ALIGN - 1) & ~(ALIGN - 1);
	struct arena_chunk *c = a->head;
	if (!c || c->cap - c->used < size)
		c = chunk_new(a, size);
	void *p = c->bytes + c->used;
	c->used += size;
	a->used += size;
	return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	return arena_alloc(a, size && n > SIZE_MAX / 2 / size ? SIZE_MAX : n * size);
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);
	if (s.len)
		memcpy(p, s.p, s.len);
	return (struct str){p, s.len};
}

void arena_reset(struct arena *a)
{
	/* The newest chunk is the largest: keep it, so that a steady load settles on one chunk. */
	struct arena_chunk *keep = a->head;
	if (!keep)
		return;
	for (struct arena_chunk *c = keep->next, *next; c; c = next) {
		next = c->next;
		mem_free(c);
	}
	keep->next = NULL;
	keep->used = 0;
	a->used = 0;
}

void arena_release(struct arena *a)
{
	for (struct arena_chunk *c = a->head, *next; c; c = next) {
		next = c->next;
		mem_free(c);
	}
	*a = (struct arena){0};
}
