/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/ledger/tokens.h"
#include "daemon/serve/clock.h"
#include "engine/base/vec.h"
#include "engine/values/calendar.h"

#include <string.h>

struct asked {
	const char *ledger, *role, *counties, *expires, *rate, *subject, *source, *certificate;
	bool json;
};

/* ---- add ---- */

struct county_list {
	VEC(struct str) names;
};

/* alameda,los_angeles; or all. False: an empty name in it. */
static bool split_counties(const char *text, struct county_list *out)
{
	if (strcmp(text, "all") == 0 || strcmp(text, "*") == 0)
		return true;
	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ",");
		if (!n)
			return false;
		*vec_push(&out->names) = (struct str){p, n};
		p += n;
		if (!*p)
			return true;
	}
}

static int read_expiry(const char *text, int64_t *out)
{
	int32_t day;
	*out = TIME_NEVER;
	if (!text)
		return EXIT_FINE;
	if (day_read(str_from(text), &day))
		return cli_usage("token", "--expires takes a date such as 2027-06-30; the token "
					  "works until the end of that day (UTC)");
	*out = zone_day_start(zone_utc(), day + 1);
	if (*out <= clock_now_us())
		return cli_usage("token", "--expires %s is in the past", text);
	return EXIT_FINE;
}

static int finish(enum status st, struct buf *why)
{
	int status = EXIT_FINE;
	if (st == STATUS_IO || st == STATUS_FULL)
		status = cli_environment("token", STR_FMT, STR_ARG(buf_view(why)));
	else if (st) {
		cli_environment("token", STR_FMT, STR_ARG(buf_view(why)));
		status = EXIT_NOT_FINE;
	}
	buf_release(why);
	return status;
}

static int read_bounds(const struct asked *a, struct token *out)
{
	if (a->rate && !rate_read(str_from(a->rate), &out->rate))
		return cli_usage("token",
				 "--rate is requests a second, from 1 to %u, such as 20; or "
				 "those and how many at once, such as 20/40",
				 RATE_MOST);
	if ((a->subject && !token_prefix_read(str_from(a->subject), &out->subject)) ||
	    (a->source && !token_prefix_read(str_from(a->source), &out->source)))
		return cli_usage("token", "--subject and --source take what ids begin with: "
					  "printable ASCII without spaces, such as AL-");
	out->has_certificate = a->certificate != NULL;
	if (a->certificate && !token_certificate_read(str_from(a->certificate), &out->certificate))
		return cli_usage("token", "--certificate takes the SHA-256 of the client's "
					  "certificate as 64 hexadecimal digits: openssl x509 "
					  "-noout -fingerprint -sha256 -in FILE");
	return EXIT_FINE;
}

static int add(const char *name, const struct asked *a)
{
	struct token wanted = {.name = str_from(name), .created = clock_now_us()};
	struct county_list counties = {0};
	struct buf secret = {0}, why = {0};
	if (!a->role || !role_read(str_from(a->role), &wanted.role))
		return cli_usage("token", "--role is one of submit, read, audit, author, approve, "
					  "admin");
	if (!a->counties)
		return cli_usage("token", "--county names the counties that the token is for: "
					  "alameda,los_angeles or all");
	if (read_bounds(a, &wanted) || read_expiry(a->expires, &wanted.expires))
		return EXIT_USAGE;
	if (!split_counties(a->counties, &counties)) {
		vec_release(&counties.names);
		return cli_usage("token", "--county has an empty name in it");
	}
	wanted.counties = counties.names.at;
	wanted.n = counties.names.n;
	enum status st = token_add(a->ledger, &wanted, &secret, &why);
	vec_release(&counties.names);
	buf_char(&secret, '\n');
	if (!st)
		fprintf(stderr, "This is shown once. A running daemon knows it after SIGHUP.\n");
	int status = st ? finish(st, &why) : cli_write("token", stdout, &secret);
	buf_release(&secret);
	return status;
}

/* ---- list ---- */

static void put_time(struct buf *b, int64_t us)
{
	if (us == TIME_NEVER)
		buf_char(b, '-');
	else
		time_text(b, zone_utc(), us);
}

static void put_counties(struct buf *b, const struct token *t, bool json)
{
	if (!t->n)
		buf_str(b, json ? STR("\"all\"") : STR("all"));
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_char(b, ',');
		if (json)
			buf_json(b, t->counties[i]);
		else
			buf_str(b, t->counties[i]);
	}
}

static void put_json_time(struct buf *b, const char *member, int64_t us)
{
	buf_fmt(b, ",\"%s\":", member);
	if (us == TIME_NEVER) {
		buf_str(b, STR("null"));
		return;
	}
	buf_char(b, '"');
	time_text(b, zone_utc(), us);
	buf_char(b, '"');
}

static void put_bound(struct buf *b, const char *what, struct str value, bool json)
{
	if (!value.len)
		return;
	buf_fmt(b, json ? ",\"%s\":" : "\t%s ", what);
	if (json)
		buf_json(b, value);
	else
		buf_str(b, value);
}

static void put_bounds(struct buf *b, const struct token *t, bool json)
{
	char hex[2 * sizeof(t->certificate.b)];
	hash_hex(t->certificate.b, sizeof(t->certificate.b), hex);
	put_bound(b, "subject", t->subject, json);
	put_bound(b, "source", t->source, json);
	put_bound(b, "certificate", (struct str){hex, t->has_certificate ? sizeof(hex) : 0}, json);
}

static void put_token(struct buf *b, const struct token *t, bool json)
{
	if (!json) {
		buf_fmt(b, STR_FMT "\t" STR_FMT "\t", STR_ARG(t->name),
			STR_ARG(role_name(t->role)));
		put_counties(b, t, false);
		buf_str(b, STR("\tcreated "));
		put_time(b, t->created);
		buf_str(b, STR("\texpires "));
		put_time(b, t->expires);
		buf_str(b, STR("\trevoked "));
		put_time(b, t->revoked);
		if (t->rate.per_s)
			buf_fmt(b, "\trate %u/%u", t->rate.per_s, t->rate.burst);
		put_bounds(b, t, json);
		buf_char(b, '\n');
		return;
	}
	buf_str(b, STR("{\"name\":"));
	buf_json(b, t->name);
	buf_str(b, STR(",\"role\":"));
	buf_json(b, role_name(t->role));
	buf_str(b, STR(",\"counties\":["));
	put_counties(b, t, true);
	buf_char(b, ']');
	put_json_time(b, "created", t->created);
	put_json_time(b, "expires", t->expires);
	put_json_time(b, "revoked", t->revoked);
	if (t->rate.per_s)
		buf_fmt(b, ",\"rate\":{\"per_second\":%u,\"burst\":%u}", t->rate.per_s,
			t->rate.burst);
	put_bounds(b, t, json);
	buf_char(b, '}');
}

static int list(const struct asked *a)
{
	struct tokens t = {0};
	struct buf out = {0}, why = {0};
	enum status st = tokens_load(&t, a->ledger, &why);
	if (a->json)
		buf_char(&out, '[');
	for (size_t i = 0; !st && i < t.n; i++) {
		if (a->json && i)
			buf_char(&out, ',');
		put_token(&out, &t.at[i], a->json);
	}
	if (a->json)
		buf_str(&out, STR("]\n"));
	int status = st ? finish(st, &why) : cli_write("token", stdout, &out);
	buf_release(&out);
	tokens_release(&t);
	return status;
}

static int revoke(const char *name, const struct asked *a)
{
	struct buf why = {0};
	enum status st = token_revoke(a->ledger, str_from(name), clock_now_us(), &why);
	if (!st)
		fprintf(stderr, "revoked; a running daemon knows it after SIGHUP\n");
	return finish(st, &why);
}

int cmd_token(int argc, char **argv)
{
	struct asked a = {0};
	const struct cli_opt opts[] = {
	    {"ledger", "DB", "the ledger that the tokens are for", &a.ledger, NULL},
	    {"role", "R", "submit, read, audit, author, approve or admin", &a.role, NULL},
	    {"county", "C,...", "the counties that it is for, or all", &a.counties, NULL},
	    {"expires", "DATE", "the last day on which it works (UTC)", &a.expires, NULL},
	    {"rate", "N", "requests a second that it may make (that of the daemon)", &a.rate, NULL},
	    {"subject", "START", "only events of cases whose ids begin so", &a.subject, NULL},
	    {"source", "START", "only events whose source begins so", &a.source, NULL},
	    {"certificate", "SHA256", "only with this certificate of the client", &a.certificate,
	     NULL},
	    {"json", NULL, "list: as JSON", NULL, &a.json},
	};
	const struct cli_spec spec = {
	    .name = "token",
	    .synopsis =
		"add NAME --role R --county C,... | list | revoke NAME, each with --ledger DB",
	    .summary =
		"The bearer tokens of the daemon. A token's secret is shown once, when it is\n"
		"added; only its hash is kept. A running daemon reads the tokens again at\n"
		"SIGHUP.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 2,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (!a.ledger)
		return cli_usage("token", "say which ledger: --ledger DB");
	if (strcmp(args.at[0], "list") == 0 && args.n == 1)
		return list(&a);
	if (strcmp(args.at[0], "add") == 0 && args.n == 2)
		return add(args.at[1], &a);
	if (strcmp(args.at[0], "revoke") == 0 && args.n == 2)
		return revoke(args.at[1], &a);
	return cli_usage("token", "waymark token add NAME, list, or revoke NAME");
}
