/* SPDX-License-Identifier: Apache-2.0
 *
 * Names to numbers: a hash map from text to a 32-bit number. It is never iterated, so that no
 * output can depend on its order. The caller keeps the key's bytes alive.
 */
#ifndef WAYMARK_BASE_MAP_H
#define WAYMARK_BASE_MAP_H

#include "engine/base/str.h"

#define MAP_NONE UINT32_MAX

struct map_slot;
struct map {
	struct map_slot *slots;
	struct str *keys; /* by slot */
	size_t n, cap;    /* cap is 0 or a power of two */
};

uint32_t map_get(const struct map *m, struct str key); /* MAP_NONE when absent */
/* Adds or replaces; false when the key was there already (the value is replaced all the same). */
bool map_put(struct map *m, struct str key, uint32_t value);
bool map_del(struct map *m, struct str key); /* false when it was not there */

/* For a key that is looked up soon: asks for its place in the map; and a while later says what it
 * most likely maps to, going by the hash alone, so that this can be asked for in turn. */
void map_prefetch(const struct map *m, struct str key);
uint32_t map_guess(const struct map *m, struct str key);

/* `to` is empty; they share the keys' bytes. */
void map_copy(struct map *to, const struct map *from);
void map_release(struct map *m);

#endif
