/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/serve/daemon.h"

#include <string.h>

#define AHEAD_MOST        525600 /* minutes: a year */
#define LEDGER_MOST_LEAST 262144 /* an empty ledger takes half of that */

/* A whole number of at least `least`; false when the text is none. */
static bool read_count(const char *text, uint64_t least, uint64_t *out)
{
	uint64_t n = 0;
	if (!*text || strlen(text) > 18)
		return false;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9')
			return false;
		n = n * 10 + (uint64_t)(*p - '0');
	}
	*out = n;
	return n >= least;
}

struct counts {
	const char *queue, *cases, *buffer, *most, *ahead, *disk, *level, *confine, *client_cert,
	    *rate, *retention;
};

/* Less than 0: go on. */
static int take_counts(const struct counts *c, struct daemon_config *config)
{
	uint64_t n;
	if (c->queue && !read_count(c->queue, 1, &n))
		return cli_usage("serve", "--queue is a whole number from 1");
	if (c->queue)
		config->queue_most = n;
	if (c->cases && !read_count(c->cases, 1024, &n))
		return cli_usage("serve", "--cases is a whole number from 1024");
	if (c->cases)
		config->cases_most = n;
	if (c->buffer && !read_count(c->buffer, 1048576, &n))
		return cli_usage("serve", "--buffer is a number of bytes from 1048576");
	if (c->buffer)
		config->buffer_most = n;
	if (c->most && !read_count(c->most, LEDGER_MOST_LEAST, &n))
		return cli_usage("serve", "--ledger-most is a number of bytes from %d",
				 LEDGER_MOST_LEAST);
	if (c->most)
		config->ledger_most = n;
	if (c->disk && !read_count(c->disk, 0, &n))
		return cli_usage("serve", "--disk-least is a number of bytes from 0");
	if (c->disk)
		config->disk_least = n;
	if (c->ahead && (!read_count(c->ahead, 1, &n) || n > AHEAD_MOST))
		return cli_usage("serve", "--ahead is a whole number of minutes from 1 to %d",
				 AHEAD_MOST);
	if (c->ahead)
		config->ahead_min = n;
	if (c->retention && (!read_count(c->retention, 1, &n) || n > RETENTION_YEARS_MOST))
		return cli_usage("serve", "--retention is a whole number of years from 1 to %d",
				 RETENTION_YEARS_MOST);
	if (c->retention)
		config->retention = n;
	if (c->rate && !rate_read(str_from(c->rate), &config->rate))
		return cli_usage("serve",
				 "--rate is requests a second, from 1 to %u, such as 20; or "
				 "those and how many at once, such as 20/40",
				 RATE_MOST);
	return -1;
}

static int take_level(const char *text, enum log_level *out)
{
	static const char *const names[] = {"info", "warning", "error"};
	for (unsigned i = 0; text && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], text) == 0) {
			*out = (enum log_level)i;
			return -1;
		}
	return text ? cli_usage("serve", "--log-level is info, warning or error") : -1;
}

static int take_addresses(struct daemon_config *config)
{
	if (!config->policies)
		return cli_usage("serve", "say which policies: --policies DIR");
	if (!config->ledger)
		return cli_usage("serve", "say which ledger: --ledger DB; it is created when it "
					  "does not exist");
	if (strcmp(config->listen, "none") == 0)
		config->listen = NULL;
	if (!config->listen && !config->socket)
		return cli_usage("serve", "--listen none needs a --socket PATH");
	return -1;
}

/* A certificate and its key belong together; who asks for client certificates has one. */
static int take_tls(const char *client_cert, struct daemon_config *config)
{
	struct tls_files *t = &config->tls;
	if (!t->certificate != !t->key)
		return cli_usage("serve", "--tls-cert FILE and --tls-key FILE go together");
	if (t->client_ca && !t->certificate)
		return cli_usage("serve", "--client-ca needs --tls-cert FILE and --tls-key FILE");
	if (client_cert && !t->client_ca)
		return cli_usage("serve", "--client-cert needs --client-ca FILE");
	t->client_optional = client_cert && strcmp(client_cert, "optional") == 0;
	if (client_cert && !t->client_optional && strcmp(client_cert, "required") != 0)
		return cli_usage("serve", "--client-cert is required or optional");
	return -1;
}

static int take_confine(const char *word, struct daemon_config *config)
{
	static const char *const words[] = {
	    [CONFINE_POSSIBLE] = "possible",
	    [CONFINE_REQUIRED] = "required",
	    [CONFINE_NO] = "no",
	};
	for (size_t i = 0; word && i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(word, words[i]) == 0) {
			config->confine = (enum confine_mode)i;
			return -1;
		}
	}
	return word ? cli_usage("serve", "--confine is possible, required or no") : -1;
}

static int run(const struct daemon_config *config)
{
	struct daemon d;
	int status = daemon_start(&d, config);
	if (!status)
		status = daemon_run(&d);
	daemon_release(&d);
	return status;
}

int cmd_serve(int argc, char **argv)
{
	struct daemon_config config = daemon_config_default();
	struct counts counts = {0};
	const struct cli_opt opts[] = {
	    {"policies", "DIR", "the rulebook: a folder with policy files", &config.policies, NULL},
	    {"ledger", "DB", "the ledger; created when it does not exist", &config.ledger, NULL},
	    {"listen", "ADDR",
	     "loopback address and port (127.0.0.1:8420), or none; others with TLS", &config.listen,
	     NULL},
	    {"socket", "PATH", "listen on this Unix socket too", &config.socket, NULL},
	    {"head-key", "FILE",
	     "the key that signs the log (DB.head-key); made when there is none", &config.head_key,
	     NULL},
	    {"tls-cert", "FILE", "speak TLS: the certificate, then those up to its root (PEM)",
	     &config.tls.certificate, NULL},
	    {"tls-key", "FILE", "its private key (PEM), which others cannot read", &config.tls.key,
	     NULL},
	    {"client-ca", "FILE", "clients show a certificate of this authority (PEM)",
	     &config.tls.client_ca, NULL},
	    {"client-cert", "HOW", "whether they must: required (usual) or optional",
	     &counts.client_cert, NULL},
	    {"rate", "N", "requests a second of a token without a rate of its own (no limit)",
	     &counts.rate, NULL},
	    {"queue", "N", "events in flight before senders are told to wait (8192)", &counts.queue,
	     NULL},
	    {"cases", "N", "cases kept in memory (65536)", &counts.cases, NULL},
	    {"trusted-key", "FILE",
	     "only policies signed by one of these public keys of minisign are in force",
	     &config.trusted_key, NULL},
	    {"approval", NULL, "a version from the folder needs an approval, as one over HTTP",
	     NULL, &config.approval},
	    {"buffer", "BYTES", "kept for slow peers before others are told to wait (67108864)",
	     &counts.buffer, NULL},
	    {"ahead", "MINUTES", "refuse events dated further ahead of the clock (no limit)",
	     &counts.ahead, NULL},
	    {"disk-least", "BYTES", "not ready when the disk has less left (67108864)",
	     &counts.disk, NULL},
	    {"log-level", "LEVEL", "log this and worse: info, warning, error (info)", &counts.level,
	     NULL},
	    {"log-requests", NULL, "log each request: route, status, time, token", NULL,
	     &config.log_requests},
	    {"ledger-most", "BYTES", "the ledger grows no further: answers 507", &counts.most,
	     NULL},
	    {"retention", "YEARS",
	     "destroy cases that have been over for so long, once a day (they are kept)",
	     &counts.retention, NULL},
	    {"user", "NAME", "become this user, when started by root", &config.user, NULL},
	    {"confine", "HOW",
	     "give up files and calls that are not needed: possible, required, no", &counts.confine,
	     NULL},
	};
	const struct cli_spec spec = {
	    .name = "serve",
	    .synopsis = "--policies DIR --ledger DB [--listen ADDR] [--socket PATH]",
	    .summary =
		"The daemon: decides events over HTTP and records every outcome. A policy with\n"
		"an error is never in force: the one that the ledger has in force stays.\n"
		"SIGTERM: finish what was accepted, then end. SIGHUP: read policies and tokens\n"
		"again. The log goes to standard error, a JSON object a line. Tokens: waymark\n"
		"token.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 0,
	    .max_args = 0,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done < 0)
		done = take_addresses(&config);
	if (done < 0)
		done = take_counts(&counts, &config);
	if (done < 0)
		done = take_tls(counts.client_cert, &config);
	if (done < 0)
		done = take_confine(counts.confine, &config);
	if (done < 0)
		done = take_level(counts.level, &config.log_level);
	return done < 0 ? run(&config) : done;
}
