/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/intake.h"

#include "daemon/serve/daemon.h"
#include "engine/base/limits.h"

#include <strings.h>

static bool same_word(struct str a, const char *b)
{
	return a.len == strlen(b) && strncasecmp(a.p, b, a.len) == 0;
}

/* The media type without its parameters; empty when there is none, or more than one. */
static struct str media_type(const struct call *c)
{
	struct str value = {0};
	if (http_header_find(c->http, STR("Content-Type"), &value) != 1)
		return STR("");
	size_t n = 0;
	while (n < value.len && value.p[n] != ';' && value.p[n] != ' ' && value.p[n] != '\t')
		n++;
	return (struct str){value.p, n};
}

static bool has_ce_headers(const struct call *c)
{
	struct str value;
	return http_header_find(c->http, STR("ce-specversion"), &value) > 0;
}

enum form intake_form(const struct call *c)
{
	struct str type = media_type(c);
	if (same_word(type, "application/cloudevents+json"))
		return FORM_STRUCTURED;
	if (same_word(type, "application/cloudevents-batch+json"))
		return FORM_BATCH;
	bool plain = same_word(type, "application/json") || (!type.len && !c->http->body.len);
	return plain && has_ce_headers(c) ? FORM_BINARY : FORM_NONE;
}

bool intake_is_json(const struct call *c)
{
	return same_word(media_type(c), "application/json");
}

bool intake_json(struct call *c, const struct json **root)
{
	struct daemon *d = c->d;
	buf_clear(&d->why);
	if (json_parse(d->doc, c->http->body, LIMIT_BODY_BYTES, root, &d->why) == STATUS_OK)
		return true;
	struct problem p = {PROBLEM_JSON, .detail = buf_view(&d->why)};
	call_problem_with(c, &p);
	return false;
}

static bool is_attribute(struct str header)
{
	return header.len > 3 && strncasecmp(header.p, "ce-", 3) == 0;
}

static struct str lower(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);
	for (size_t i = 0; i < s.len; i++)
		p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + ('a' - 'A') : s.p[i]);
	return (struct str){p, s.len};
}

bool intake_binary(struct call *c, struct incoming *in)
{
	struct arena *a = &c->http->arena;
	size_t n = http_header_count(c->http), got = 0;
	struct event_attribute *list = arena_array(a, n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		struct http_header h = http_header_at(c->http, i);
		if (is_attribute(h.name))
			list[got++] = (struct event_attribute){
			    lower(a, (struct str){h.name.p + 3, h.name.len - 3}), h.value};
	}
	if (c->http->body.len)
		list[got++] = (struct event_attribute){STR("datacontenttype"), media_type(c)};
	*in = (struct incoming){.attributes = list, .nattributes = got};
	return !c->http->body.len || intake_json(c, &in->data);
}

bool intake_document(struct call *c, const struct json **root)
{
	*root = NULL;
	if (!c->http->body.len)
		return true;
	if (same_word(media_type(c), "application/json"))
		return intake_json(c, root);
	call_problem(c, PROBLEM_TYPE, "send the body as application/json");
	return false;
}

void intake_unsupported(struct call *c, bool with_batch)
{
	call_problem(c, PROBLEM_TYPE,
		     "an event comes as application/cloudevents+json%s, or in binary mode as "
		     "application/json with ce- headers",
		     with_batch ? ", several as application/cloudevents-batch+json" : "");
}
