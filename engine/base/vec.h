/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing array of any type, as macros over mem_grow.
 *
 *     VEC(struct due) list = {0};
 *     *vec_push(&list) = (struct due){...};
 *     for (size_t i = 0; i < list.n; i++) use(&list.at[i]);
 *     vec_remove(&list, i);          // keeps the order
 *     vec_release(&list);
 */
#ifndef WAYMARK_BASE_VEC_H
#define WAYMARK_BASE_VEC_H

#include "engine/base/mem.h"

#include <stddef.h>
#include <string.h>

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *at;                                                                          \
		size_t n, cap;                                                                     \
	}

#define vec_reserve(v, want)                                                                       \
	((v)->cap >= (want) ? (void)0                                                              \
			    : (void)((v)->cap = vec_capacity((v)->cap, (want), sizeof(*(v)->at)),  \
				     (v)->at = mem_grow((v)->at, (v)->cap, sizeof(*(v)->at))))

/* A pointer to a new element at the end; the element is not initialised. */
#define vec_push(v) (vec_reserve(v, (v)->n + 1), &(v)->at[(v)->n++])

#define vec_remove(v, i)                                                                           \
	(memmove(&(v)->at[i], &(v)->at[(i) + 1], ((v)->n - (i)-1) * sizeof(*(v)->at)),             \
	 (void)(v)->n--)

#define vec_release(v) (mem_free((v)->at), (v)->at = NULL, (v)->n = (v)->cap = 0)

/* The first block is about a cache line: a case holds many short lists. */
static inline size_t vec_capacity(size_t cap, size_t want, size_t size)
{
	size_t next = cap ? cap * 2 : 64 / size;
	return next < want ? want : next;
}

#endif
