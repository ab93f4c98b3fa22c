/* SPDX-License-Identifier: Apache-2.0
 *
 * What a handler asks of a request: fields, query parameters, parts of the path. All of it was
 * checked when the head was read, so nothing here can fail.
 */
#include "daemon/serve/http_internal.h"

#include "engine/base/mem.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

/* Exchanges kept for reuse, and how much memory each may keep: more would be hoarding. */
#define POOL_EXCHANGES 1024
#define POOL_HEAD      ((size_t)4 << 10)
#define POOL_BYTES     ((size_t)16 << 10)

struct http_exchange *http_exchange_new(struct http_core *core, struct http_conn *conn)
{
	struct http_exchange *x = core->pool;
	if (x) {
		core->pool = x->next;
		core->pooled--;
	} else {
		x = mem_alloc(sizeof(*x));
	}
	x->core = core;
	x->conn = conn;
	x->next = NULL;
	return x;
}

static void destroy(struct http_exchange *x)
{
	arena_release(&x->pub.arena);
	buf_release(&x->head);
	buf_release(&x->body);
	buf_release(&x->extra);
	buf_release(&x->tail);
	mem_free(x);
}

static void keep_small(struct buf *b, size_t most)
{
	if (b->cap > most)
		buf_release(b);
	else
		buf_clear(b);
}

bool http_core_is_short(const struct http_core *core, unsigned times)
{
	return core->counters.buffered > times * core->config.buffered_most;
}

void http_exchange_free(struct http_exchange *x)
{
	struct http_core *core = x->core;
	core->counters.buffered -= x->weight;
	x->weight = 0;
	if (core->closed || core->pooled == POOL_EXCHANGES) {
		destroy(x);
		return;
	}
	struct arena arena = x->pub.arena;
	if (arena.used > POOL_BYTES)
		arena_release(&arena);
	else if (arena.used)
		arena_reset(&arena);
	keep_small(&x->head, POOL_HEAD);
	keep_small(&x->body, POOL_BYTES);
	keep_small(&x->extra, POOL_HEAD);
	keep_small(&x->tail, POOL_BYTES);
	x->pub = (struct http_request){.method = HTTP_METHOD_OTHER, .arena = arena};
	x->status = 0;
	x->n_fields = 0;
	x->is_1_0 = x->keep_alive = x->wants_continue = false;
	x->next = core->pool;
	core->pool = x;
	core->pooled++;
}

void http_core_release(struct http_core *core)
{
	core->closed = true;
	for (struct http_exchange *x = core->pool, *next; x; x = next) {
		next = x->next;
		destroy(x);
	}
	core->pool = NULL;
	core->pooled = 0;
}

static const struct http_exchange *exchange_of(const struct http_request *r)
{
	return (const struct http_exchange *)r;
}

/* ---- fields ---- */

size_t http_header_count(const struct http_request *r)
{
	return exchange_of(r)->n_fields;
}

struct http_header http_header_at(const struct http_request *r, size_t i)
{
	const struct http_exchange *x = exchange_of(r);
	assert(i < x->n_fields);
	const struct http_field *f = &x->fields[i];
	return (struct http_header){{x->head.p + f->name, f->name_len},
				    {x->head.p + f->value, f->value_len}};
}

size_t http_header_find(const struct http_request *r, struct str name, struct str *value)
{
	const struct http_exchange *x = exchange_of(r);
	size_t found = 0;
	for (size_t i = 0; i < x->n_fields; i++) {
		const struct http_field *f = &x->fields[i];
		if (f->name_len != name.len ||
		    strncasecmp(x->head.p + f->name, name.p, name.len) != 0)
			continue;
		if (!found++)
			*value = (struct str){x->head.p + f->value, f->value_len};
	}
	return found;
}

/* ---- decoding ---- */

static unsigned hex(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
}

/* Escapes are well-formed: http_head refused the others. */
static struct str decode(struct http_request *r, struct str s, bool plus_is_space)
{
	bool plain =
	    !s.len || (!memchr(s.p, '%', s.len) && (!plus_is_space || !memchr(s.p, '+', s.len)));
	if (plain)
		return s;
	char *out = arena_alloc(&r->arena, s.len);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '%') {
			c = (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		out[n++] = c;
	}
	return (struct str){out, n};
}

static struct str cut(struct str s, char at, size_t *off)
{
	const char *from = s.p + *off;
	size_t left = s.len - *off;
	const char *end = left ? memchr(from, at, left) : NULL;
	size_t len = end ? (size_t)(end - from) : left;
	*off += len + (end != NULL);
	return (struct str){from, len};
}

bool http_query_next(struct http_request *r, size_t *at, struct str *name, struct str *value)
{
	while (*at < r->query.len) {
		struct str pair = cut(r->query, '&', at);
		if (!pair.len)
			continue;
		size_t off = 0;
		struct str key = cut(pair, '=', &off);
		*name = decode(r, key, true);
		*value = decode(r, (struct str){pair.p + off, pair.len - off}, true);
		return true;
	}
	return false;
}

bool http_query_find(struct http_request *r, struct str name, struct str *value)
{
	struct str n, v;
	for (size_t at = 0; http_query_next(r, &at, &n, &v);) {
		if (!str_eq(n, name))
			continue;
		*value = v;
		return true;
	}
	return false;
}

size_t http_path_split(struct http_request *r, struct str *parts, size_t most)
{
	if (r->path.len < 2 || r->path.p[0] != '/')
		return 0;
	struct str rest = {r->path.p + 1, r->path.len - 1};
	size_t n = 0;
	for (size_t at = 0; at < rest.len; n++) {
		struct str part = cut(rest, '/', &at);
		if (n < most)
			parts[n] = decode(r, part, false);
	}
	if (rest.p[rest.len - 1] != '/')
		return n;
	if (n < most)
		parts[n] = STR("");
	return n + 1;
}
