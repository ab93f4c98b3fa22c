/* SPDX-License-Identifier: Apache-2.0
 *
 * The only callers of malloc in the engine. Every input is bounded before memory is asked for
 * (limits.h), so running out is not an input error: these abort with a message.
 */
#ifndef WAYMARK_BASE_MEM_H
#define WAYMARK_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                   /* zeroed; never NULL */
void *mem_grow(void *p, size_t n, size_t size); /* realloc to n*size, overflow checked */
void mem_free(void *p);                         /* NULL is fine */

#endif
