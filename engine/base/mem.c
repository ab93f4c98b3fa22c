/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void *checked(void *p, size_t size)
{
	if (p)
		return p;
	fprintf(stderr, "waymark: out of memory (%zu bytes asked for)\n", size);
	abort();
}

void *mem_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1), size);
}

void *mem_grow(void *p, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		return checked(NULL, SIZE_MAX);
	size_t bytes = n * size;
	return checked(realloc(p, bytes ? bytes : 1), bytes);
}

void mem_free(void *p)
{
	free(p);
}
