/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/routes.h"

#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/seen.h"

#include <stdio.h>
#include <strings.h>

/* Who may: bits by role, or nobody in particular. */
#define MAY(role)   (1u << (role))
#define MAY_ANYONE  0u /* without a token */
#define MAY_SUBMIT  MAY(ROLE_SUBMIT)
#define MAY_READ    MAY(ROLE_READ)
#define MAY_AUDIT   MAY(ROLE_AUDIT)
#define MAY_ADMIN   MAY(ROLE_ADMIN)
#define MAY_AUTHOR  MAY(ROLE_AUTHOR)
#define MAY_APPROVE MAY(ROLE_APPROVE)
#define MAY_HOLDERS 0xffu /* of any valid token */

enum gives {
	GIVES_JSON = false,
	GIVES_TEXT = true,
	GIVES_FEED, /* JSON, or a stream when the client asks for it */
	GIVES_PAGE, /* JSON, or HTML with ?format=html */
};
/* Policies are no secret, but those under work are not for everybody. */
#define MAY_POLICY (MAY_READ | MAY_AUDIT | MAY_AUTHOR | MAY_APPROVE)

struct route {
	enum http_method method; /* GET stands for HEAD too */
	struct str path;         /* {name} stands for one part that is not empty */
	unsigned may;
	enum gives gives;
	void (*handle)(struct call *c);
};

static const struct route routes[] = {
    {HTTP_METHOD_POST, STR_INIT("/v1/events"), MAY_SUBMIT, false, post_events},
    {HTTP_METHOD_POST, STR_INIT("/v1/evaluate"), MAY_SUBMIT | MAY_READ | MAY_AUDIT, false,
     post_evaluate},
    {HTTP_METHOD_GET, STR_INIT("/v1/cases/{id}"), MAY_READ | MAY_AUDIT, false, get_case},
    {HTTP_METHOD_GET, STR_INIT("/v1/cases/{id}/timeline"), MAY_READ | MAY_AUDIT, false,
     get_timeline},
    {HTTP_METHOD_GET, STR_INIT("/v1/cases/{id}/upcoming"), MAY_READ | MAY_AUDIT, false,
     get_upcoming},
    {HTTP_METHOD_GET, STR_INIT("/v1/cases/{id}/share/{name}"), MAY_READ, false, get_share},
    {HTTP_METHOD_GET, STR_INIT("/v1/outcomes"), MAY_READ | MAY_AUDIT, GIVES_FEED, get_outcomes},
    {HTTP_METHOD_GET, STR_INIT("/v1/decisions/{seq}"), MAY_SUBMIT | MAY_READ | MAY_AUDIT, false,
     get_decision},
    {HTTP_METHOD_GET, STR_INIT("/v1/capacities"), MAY_READ | MAY_AUDIT, false, get_capacities},
    {HTTP_METHOD_GET, STR_INIT("/v1/funds"), MAY_READ | MAY_AUDIT, false, get_funds},
    {HTTP_METHOD_GET, STR_INIT("/v1/dockets/{name}"), MAY_READ | MAY_AUDIT, false, get_docket},
    {HTTP_METHOD_GET, STR_INIT("/v1/disclosures"), MAY_AUDIT, false, get_disclosures},
    {HTTP_METHOD_POST, STR_INIT("/v1/purges"), MAY_ADMIN, false, post_purges},
    {HTTP_METHOD_POST, STR_INIT("/v1/holds"), MAY_ADMIN, false, post_holds},
    {HTTP_METHOD_GET, STR_INIT("/v1/policies"), MAY_HOLDERS, false, get_policies},
    {HTTP_METHOD_GET, STR_INIT("/v1/log/head"), MAY_AUDIT, false, get_log_head},
    {HTTP_METHOD_GET, STR_INIT("/v1/log/proof"), MAY_AUDIT, false, get_log_proof},
    {HTTP_METHOD_POST, STR_INIT("/v1/policies"), MAY_AUTHOR, false, post_policies},
    {HTTP_METHOD_GET, STR_INIT("/v1/policies/{version}"), MAY_HOLDERS, false, get_policy},
    {HTTP_METHOD_GET, STR_INIT("/v1/policies/{version}/source"), MAY_POLICY, false, get_source},
    {HTTP_METHOD_GET, STR_INIT("/v1/policies/{version}/graph"), MAY_POLICY, false, get_graph},
    {HTTP_METHOD_GET, STR_INIT("/v1/policies/{version}/diff"), MAY_POLICY, false, get_diff},
    {HTTP_METHOD_POST, STR_INIT("/v1/policies/{version}/approve"), MAY_APPROVE, false,
     post_approve},
    {HTTP_METHOD_POST, STR_INIT("/v1/policies/{version}/activate"), MAY_APPROVE, false,
     post_activate},
    {HTTP_METHOD_POST, STR_INIT("/v1/policies/{version}/retire"), MAY_APPROVE, false, post_retire},
    {HTTP_METHOD_POST, STR_INIT("/v1/policies/{version}/shadow"), MAY_AUTHOR, false, post_shadow},
    {HTTP_METHOD_GET, STR_INIT("/v1/policies/{version}/shadow"),
     MAY_AUDIT | MAY_AUTHOR | MAY_APPROVE, false, get_shadow},
    {HTTP_METHOD_POST, STR_INIT("/v1/replays"), MAY_AUDIT | MAY_AUTHOR | MAY_APPROVE, false,
     post_replays},
    {HTTP_METHOD_GET, STR_INIT("/v1/replays/{number}"), MAY_AUDIT | MAY_AUTHOR | MAY_APPROVE,
     GIVES_PAGE, get_replay},
    {HTTP_METHOD_GET, STR_INIT("/healthz"), MAY_ANYONE, false, get_health},
    {HTTP_METHOD_GET, STR_INIT("/readyz"), MAY_ANYONE, false, get_ready},
    {HTTP_METHOD_GET, STR_INIT("/metrics"), MAY_ANYONE, true, get_metrics},
    {HTTP_METHOD_GET, STR_INIT("/v1/reports/deadlines"), MAY_READ | MAY_AUDIT, GIVES_PAGE,
     get_deadlines},
    {HTTP_METHOD_GET, STR_INIT("/v1/reports/{name}"), MAY_AUDIT, false, get_report},
    {HTTP_METHOD_GET, STR_INIT("/openapi.json"), MAY_ANYONE, false, get_openapi},
};

#define NROUTES (sizeof(routes) / sizeof(*routes))
_Static_assert(NROUTES < METRIC_ROUTES, "every route has its counters");

size_t routes_count(void)
{
	return NROUTES;
}

struct str routes_method(size_t i)
{
	if (i >= NROUTES)
		return STR("none");
	return routes[i].method == HTTP_METHOD_GET ? STR("GET") : STR("POST");
}

struct str routes_path(size_t i)
{
	return i < NROUTES ? routes[i].path : STR("none");
}

/* ---- answers ---- */

static size_t route_number(const struct call *c)
{
	return c->route ? (size_t)(c->route - routes) : NROUTES;
}

static void count(struct call *c, int status)
{
	struct metrics *m = &c->d->metrics;
	size_t i = route_number(c);
	m->answers[i][status / 100 % 6]++;
	histogram_add(&m->requests[i], clock_ticks_us() - c->began_us);
}

/* When to try again what is not possible now. */
static void put_retry(struct call *c, int status)
{
	if (status == 503)
		http_header_add(c->http, STR("Retry-After"), STR("1"));
	else if (status == 507)
		http_header_add(c->http, STR("Retry-After"), STR("5"));
}

/* Nothing of what the request says: neither its path nor its query names anybody here. */
static void log_request(struct call *c, int status)
{
	size_t i = route_number(c);
	log_line(&c->d->log, LOG_INFO, "request", "s", "method", routes_method(i), "s", "route",
		 routes_path(i), "i", "status", (int64_t)status, "i", "us",
		 clock_ticks_us() - c->began_us, "s", "token", c->asker, NULL);
}

/* What goes with every answer. */
static void record(struct call *c, int status)
{
	count(c, status);
	if (c->d->config.log_requests)
		log_request(c, status);
	put_retry(c, status);
	if (c->token || !c->route || c->route->may != MAY_ANYONE)
		http_header_add(c->http, STR("Cache-Control"), STR("no-store"));
}

static void respond(struct call *c, int status, struct str type, struct str body)
{
	record(c, status);
	http_respond(c->http, status, type, body);
}

void call_json(struct call *c, int status, struct str json)
{
	if (c->seen)
		seen_answer(c, status, json);
	else
		respond(c, status, STR("application/json"), json);
}

void call_text(struct call *c, struct str type, struct str text)
{
	respond(c, 200, type, text);
}

void call_stream(struct call *c, struct str type, const struct http_stream_events *events)
{
	record(c, 200);
	http_stream_begin(c->http, type, events);
}

void call_document(struct call *c, int status, struct str json)
{
	respond(c, status, status < 400 ? STR("application/json") : STR("application/problem+json"),
		json);
}

void call_problem_with(struct call *c, const struct problem *p)
{
	struct buf b = {0};
	problem_json(&b, p);
	c->d->metrics.problems[problem_number(p)]++;
	call_document(c, problem_status(p->kind), buf_view(&b));
	buf_release(&b);
}

void call_problem(struct call *c, enum problem_kind kind, const char *fmt, ...)
{
	char detail[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	struct problem p = {.kind = kind, .detail = str_from(detail)};
	call_problem_with(c, &p);
}

void call_ledger_failed(struct call *c)
{
	struct daemon *d = c->d;
	log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
		 ledger_reader_error(d->reader), NULL);
	call_problem(c, PROBLEM_LEDGER, "the log of the daemon says why");
}

/* ---- what handlers ask of the request ---- */

struct str call_route(struct call *c)
{
	struct buf b = {0};
	buf_str(&b, c->route->method == HTTP_METHOD_POST ? STR("POST ") : STR("GET "));
	buf_str(&b, c->route->path);
	struct str out = arena_str(&c->http->arena, buf_view(&b));
	buf_release(&b);
	return out;
}

struct str call_part(struct call *c, size_t i)
{
	struct str parts[8];
	size_t n = http_path_split(c->http, parts, 8);
	return i < n && i < 8 ? parts[i] : STR("");
}

bool call_sees(const struct call *c, struct str county)
{
	return token_sees(c->token, county);
}

bool call_sees_case(struct call *c, struct str id)
{
	struct ledger_case row;
	return !ledger_find_case(daemon_reader(c->d), id, &row) && call_sees(c, row.county);
}

bool call_only(struct call *c, const struct str *names, size_t n)
{
	struct str name, value;
	unsigned seen = 0;
	for (size_t at = 0; http_query_next(c->http, &at, &name, &value);) {
		size_t i = 0;
		while (i < n && !str_eq(names[i], name))
			i++;
		if (i == n || seen & 1u << i) {
			call_problem(c, PROBLEM_QUERY,
				     i == n ? "there is no query parameter of this name here"
					    : "a query parameter is given twice");
			return false;
		}
		seen |= 1u << i;
	}
	return true;
}

bool number_read(struct str s, uint64_t most, uint64_t *out)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || n > (UINT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = n;
	return s.len && n <= most;
}

bool call_number(struct call *c, struct str name, uint64_t most, uint64_t *out)
{
	struct str value;
	uint64_t n;
	if (!http_query_find(c->http, name, &value))
		return true;
	if (number_read(value, most, &n)) {
		*out = n;
		return true;
	}
	call_problem(c, PROBLEM_QUERY, STR_FMT " is a whole number from 0 to %llu", STR_ARG(name),
		     (unsigned long long)most);
	return false;
}

/* ---- finding the route ---- */

static struct str next_part(struct str *path)
{
	size_t i = 1; /* after the slash */
	while (i < path->len && path->p[i] != '/')
		i++;
	struct str part = {path->p + 1, i - 1};
	*path = (struct str){path->p + i, path->len - i};
	return part;
}

static bool matches(struct str pattern, struct str path)
{
	while (pattern.len && path.len) {
		struct str want = next_part(&pattern), got = next_part(&path);
		bool fits = want.len && want.p[0] == '{' ? got.len > 0 : str_eq(want, got);
		if (!fits)
			return false;
	}
	return !pattern.len && !path.len;
}

static bool method_fits(const struct route *r, enum http_method m)
{
	return m == r->method || (m == HTTP_METHOD_HEAD && r->method == HTTP_METHOD_GET);
}

static void refuse_method(struct call *c, struct str path)
{
	bool get = false, post = false;
	for (size_t i = 0; i < NROUTES; i++) {
		if (!matches(routes[i].path, path))
			continue;
		get |= routes[i].method == HTTP_METHOD_GET;
		post |= routes[i].method == HTTP_METHOD_POST;
	}
	struct str allow = get && post ? STR("GET, HEAD, POST")
			   : get       ? STR("GET, HEAD")
				       : STR("POST");
	http_header_add(c->http, STR("Allow"), allow);
	call_problem(c, PROBLEM_METHOD, "this resource takes " STR_FMT, STR_ARG(allow));
}

/* False: answered. */
static bool find_route(struct call *c)
{
	bool path_found = false;
	struct str path = c->http->path;
	for (size_t i = 0; path.len && path.p[0] == '/' && i < NROUTES; i++) {
		if (!matches(routes[i].path, path))
			continue;
		path_found = true;
		if (!method_fits(&routes[i], c->http->method))
			continue;
		c->route = &routes[i];
		return true;
	}
	if (path_found)
		refuse_method(c, path);
	else
		call_problem(c, PROBLEM_NOT_FOUND,
			     "there is nothing at this path; the API is described in API.md");
	return false;
}

/* ---- what the client takes ---- */

static struct str trim(struct str s)
{
	while (s.len && (s.p[0] == ' ' || s.p[0] == '\t'))
		s.p++, s.len--;
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static struct str until(struct str *s, char end)
{
	size_t i = 0;
	while (i < s->len && s->p[i] != end)
		i++;
	struct str head = {s->p, i};
	size_t skip = i < s->len ? i + 1 : i;
	*s = (struct str){s->p + skip, s->len - skip};
	return trim(head);
}

static bool same_word(struct str a, struct str b)
{
	return a.len == b.len && strncasecmp(a.p, b.p, a.len) == 0;
}

/* A weight such as q=0.00: not acceptable at all. */
static bool weighs_nothing(struct str p)
{
	if (p.len < 3 || strncasecmp(p.p, "q=0", 3) != 0)
		return false;
	for (size_t i = 3; i < p.len; i++)
		if (p.p[i] != '.' && p.p[i] != '0')
			return false;
	return true;
}

/* One range of an Accept field, such as "text/plain;q=0.5": is it ours, and not excluded? */
static bool range_takes(struct str range, struct str type)
{
	struct str media = until(&range, ';');
	while (range.len)
		if (weighs_nothing(until(&range, ';')))
			return false;
	size_t slash = 0;
	while (slash < type.len && type.p[slash] != '/')
		slash++;
	struct str group = {media.p, media.len > 2 ? media.len - 2 : 0};
	return str_eq(media, STR("*/*")) || same_word(media, type) ||
	       (media.len > 2 && media.p[media.len - 1] == '*' &&
		same_word(group, (struct str){type.p, slash}));
}

/* True when a range of the Accept fields takes the type; *asked: there are any. */
static bool accepts(const struct call *c, struct str type, bool *asked)
{
	for (size_t i = 0; i < http_header_count(c->http); i++) {
		struct http_header h = http_header_at(c->http, i);
		if (!same_word(h.name, STR("accept")))
			continue;
		*asked = true;
		while (h.value.len)
			if (range_takes(until(&h.value, ','), type))
				return true;
	}
	return false;
}

/* A stream is given to who names it, not to who takes anything. */
static bool names_stream(const struct call *c)
{
	struct str value, type = STR("text/event-stream");
	return http_header_find(c->http, STR("Accept"), &value) == 1 &&
	       same_word(until(&value, ';'), type) && !weighs_nothing(trim(value));
}

static bool client_takes(struct call *c)
{
	struct str type =
	    c->route->gives == GIVES_TEXT ? STR("text/plain") : STR("application/json");
	bool asked = false;
	c->wants_stream = c->route->gives == GIVES_FEED && names_stream(c);
	if (c->wants_stream || accepts(c, type, &asked) || !asked)
		return true;
	if (c->route->gives == GIVES_PAGE && accepts(c, STR("text/html"), &asked))
		return true;
	call_problem(c, PROBLEM_ACCEPT, "this resource is given as " STR_FMT, STR_ARG(type));
	return false;
}

/* ---- who asks ---- */

static struct str bearer(const struct http_request *r)
{
	struct str value = {0}, scheme = STR("Bearer ");
	if (http_header_find(r, STR("Authorization"), &value) != 1 || value.len <= scheme.len ||
	    strncasecmp(value.p, scheme.p, scheme.len) != 0)
		return STR("");
	return trim((struct str){value.p + scheme.len, value.len - scheme.len});
}

static void refuse_for_now(struct call *c, int64_t wait_us, uint64_t *counter)
{
	char seconds[24];
	snprintf(seconds, sizeof(seconds), "%lld", (long long)(wait_us / SECOND_US + 1));
	++*counter;
	http_header_add(c->http, STR("Retry-After"), str_from(seconds));
	call_problem(c, PROBLEM_RATE, "more requests than may be; try again in %s s", seconds);
}

/* A token that is bound to a certificate is unknown to who shows another, or none. */
static struct token *known_token(struct call *c, struct str secret)
{
	struct token *token = secret.len ? tokens_find(&c->d->tokens, secret, c->d->now_us) : NULL;
	const struct hash256 *shown = c->http->certificate;
	bool fits = !token || !token->has_certificate ||
		    (shown && memcmp(shown->b, token->certificate.b, sizeof(shown->b)) == 0);
	return fits ? token : NULL;
}

/* NULL: answered. */
static struct token *find_token(struct call *c)
{
	struct daemon *d = c->d;
	struct str secret = bearer(c->http);
	int64_t wait = peers_wait(&d->peers, c->http->peer, c->began_us);
	if (wait) {
		refuse_for_now(c, wait, &d->metrics.limited_addresses);
		return NULL;
	}
	struct token *token = known_token(c, secret);
	if (token) {
		peers_passed(&d->peers, c->http->peer, c->began_us);
	} else {
		peers_failed(&d->peers, c->http->peer, c->began_us);
		http_header_add(c->http, STR("WWW-Authenticate"),
				secret.len
				    ? STR("Bearer realm=\"waymark\", error=\"invalid_token\"")
				    : STR("Bearer realm=\"waymark\""));
		call_problem(c, PROBLEM_TOKEN,
			     secret.len ? "the token is not known, has expired or was revoked"
					: "send a token: Authorization: Bearer wm_...");
	}
	return token;
}

static bool is_within_rate(struct call *c, struct token *token)
{
	struct daemon *d = c->d;
	struct rate rate = token->rate.per_s ? token->rate : d->config.rate;
	int64_t wait = rate.per_s ? bucket_take(&token->bucket, rate, c->began_us) : 0;
	if (wait)
		refuse_for_now(c, wait, &d->metrics.limited_tokens);
	return !wait;
}

static bool authorise(struct call *c)
{
	if (c->route->may == MAY_ANYONE)
		return true;
	struct token *token = find_token(c);
	if (!token || !is_within_rate(c, token))
		return false;
	c->token = token;
	if (c->d->config.log_requests)
		c->asker = arena_str(&c->http->arena, c->token->name);
	c->sees_confidential = c->token->role == ROLE_READ;
	if (c->route->may & MAY(c->token->role))
		return true;
	call_problem(c, PROBLEM_ROLE, "a token with the role " STR_FMT " may not do this",
		     STR_ARG(role_name(c->token->role)));
	return false;
}

/* Events are taken for longer than anything is read; who watches is always answered. */
static bool has_memory(struct call *c)
{
	unsigned times = c->route->method == HTTP_METHOD_POST ? 2 : 1;
	if (c->route->may == MAY_ANYONE || !http_server_is_short(c->d->http, times))
		return true;
	call_problem(c, PROBLEM_BUSY,
		     "more answers wait to be read than the daemon keeps; read what you asked for, "
		     "or try again in a moment");
	return false;
}

void routes_handle(void *arg, struct http_request *r)
{
	struct call *c = arena_alloc(&r->arena, sizeof(*c));
	c->d = arg;
	c->http = r;
	c->began_us = clock_ticks_us();
	if (find_route(c) && authorise(c) && client_takes(c) && has_memory(c))
		c->route->handle(c);
}
