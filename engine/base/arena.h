/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that is dropped whole. Three lifetimes use it, and a pointer never goes from a longer
 * life to a shorter one: a compilation, a rulebook, a request.
 *
 *     struct arena a = {0};
 *     struct thing *t = arena_alloc(&a, sizeof(*t));   // zeroed
 *     arena_reset(&a);                                 // keeps the first chunk for the next use
 *     arena_release(&a);
 */
#ifndef WAYMARK_BASE_ARENA_H
#define WAYMARK_BASE_ARENA_H

#include "engine/base/str.h"

#include <stddef.h>

struct arena_chunk;
struct arena {
	struct arena_chunk *head; /* the chunk being filled */
	size_t used;              /* bytes handed out in all, for reports */
};

void *arena_alloc(struct arena *a, size_t size);           /* zeroed, aligned to 16; never NULL */
void *arena_array(struct arena *a, size_t n, size_t size); /* overflow checked */
struct str arena_str(struct arena *a, struct str s); /* a copy, NUL-terminated beyond its length */
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

#endif
