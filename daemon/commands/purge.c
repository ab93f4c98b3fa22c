/* SPDX-License-Identifier: Apache-2.0
 *
 * waymark purge: destroys cases in a ledger that no daemon has open.
 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/offline.h"
#include "daemon/commands/progress.h"
#include "daemon/ledger/destroy.h"
#include "daemon/ledger/hold.h"
#include "daemon/serve/clock.h"
#include "daemon/serve/retention.h"
#include "engine/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define TOGETHER 500 /* cases in one transaction */

struct purge {
	const char *path, *id, *years, *under, *reason, *head_key;
	bool dry;
	struct ledger_reader *reader;
	struct ledger *ledger;
	VEC(uint64_t) cases;
	int64_t before_us; /* of --retention */
	struct ledger_order order;
	uint64_t done;
	struct buf why, out;
};

/* ---- what is asked for ---- */

/* Less than 0: go on. */
static int check_options(struct purge *p)
{
	if (!p->id == !p->years)
		return cli_usage("purge", "say which cases: --case ID, or --retention YEARS");
	if (!p->dry && !offline_is_text(p->under))
		return cli_usage("purge",
				 "--order says what the order is called, in at most %d "
				 "bytes; it is kept, so it must not say who it is about",
				 ORDER_TEXT_BYTES);
	if (!p->dry && !offline_is_text(p->reason))
		return cli_usage("purge",
				 "--reason says why, in at most %d bytes; it is kept, so "
				 "it must not say who it is about",
				 ORDER_TEXT_BYTES);
	if (!p->years)
		return -1;
	char *end;
	long years = strtol(p->years, &end, 10);
	if (*end || years < 1 || years > RETENTION_YEARS_MOST)
		return cli_usage("purge", "--retention is a number of years from 1 to %d",
				 RETENTION_YEARS_MOST);
	p->before_us = retention_before((uint64_t)years, clock_now_us());
	return -1;
}

/* ---- finding them ---- */

static void tell_extent(struct purge *p, const struct ledger_case *c)
{
	struct ledger_extent x;
	if (ledger_extent(p->reader, c, &x))
		return;
	buf_fmt(&p->out,
		"case number %llu: %llu events, %llu outcomes, %llu disclosures\n"
		"its id stands in %llu events of %llu other cases; those stay, unless the order "
		"names those cases too\n",
		(unsigned long long)c->no, (unsigned long long)x.events,
		(unsigned long long)x.outcomes, (unsigned long long)x.disclosures,
		(unsigned long long)x.mentions, (unsigned long long)x.mentioning);
}

static int tell_gone(struct purge *p, uint64_t number)
{
	struct ledger_order order = {.under = STR("an order that this copy does not know")};
	ledger_order_at(p->reader, number, &order);
	fprintf(stderr, "waymark purge: this case was destroyed already, under " STR_FMT "\n",
		STR_ARG(order.under));
	return EXIT_NOT_FINE;
}

/* Less than 0: it may go. */
static int is_held(struct purge *p, uint64_t no)
{
	struct ledger_hold h;
	enum status st = ledger_hold_of(p->reader, no, STR(""), &h);
	if (st == STATUS_NOT_FOUND)
		return -1;
	if (st)
		return cli_environment("purge", STR_FMT, STR_ARG(ledger_reader_error(p->reader)));
	fprintf(stderr,
		"waymark purge: this case is under the legal hold " STR_FMT " (" STR_FMT
		"): it is kept until `waymark hold --lift` lifts that\n",
		STR_ARG(h.under), STR_ARG(h.reason));
	return EXIT_NOT_FINE;
}

static int find_one(struct purge *p)
{
	struct ledger_case c;
	struct buf id = {0};
	enum status st = ledger_find_case(p->reader, str_from(p->id), &c);
	if (st == STATUS_GONE)
		return tell_gone(p, c.destroyed);
	if (st == STATUS_NOT_FOUND) {
		fprintf(stderr, "waymark purge: the ledger has no case of this id\n");
		return EXIT_NOT_FINE;
	}
	if (st)
		return cli_environment("purge", STR_FMT, STR_ARG(ledger_reader_error(p->reader)));
	*vec_push(&p->cases) = c.no;
	buf_str(&id, c.id);
	c.id = buf_view(&id);
	int held = is_held(p, c.no);
	if (held < 0 && p->dry)
		tell_extent(p, &c);
	buf_release(&id);
	return held < 0 ? EXIT_FINE : held;
}

static bool on_number(void *arg, uint64_t no)
{
	struct purge *p = arg;
	*vec_push(&p->cases) = no;
	return true;
}

static int find_ended(struct purge *p)
{
	if (ledger_ended(p->reader, p->before_us, 0, INT64_MAX, on_number, p))
		return cli_environment("purge", STR_FMT, STR_ARG(ledger_reader_error(p->reader)));
	return EXIT_FINE;
}

/* ---- destroying them ---- */

static enum status destroy_some(struct purge *p, size_t from, size_t n)
{
	struct ledger_unit *u = ledger_unit_new(p->ledger, NULL);
	ledger_unit_destroy(u, &p->order, p->cases.at + from, n);
	enum status st = offline_commit(p->ledger, u);
	p->order.number = ledger_unit_order(u);
	ledger_unit_free(p->ledger, u);
	p->done += st ? 0 : n;
	return st;
}

static int destroy_all(struct purge *p)
{
	struct progress progress = {0};
	enum status st = STATUS_OK;
	p->order = (struct ledger_order){
	    .at_us = clock_now_us(), .under = str_from(p->under), .reason = str_from(p->reason)};
	for (size_t i = 0; !st && i < p->cases.n; i += TOGETHER) {
		st = destroy_some(p, i, p->cases.n - i < TOGETHER ? p->cases.n - i : TOGETHER);
		progress_show(&progress, p->done, p->cases.n);
	}
	progress_end(&progress);
	if (st)
		return cli_environment(
		    "purge",
		    "%s; %llu cases are destroyed, the others are as they were. Give the command "
		    "again",
		    st == STATUS_FULL ? "the disk is full" : "writing to the ledger failed",
		    (unsigned long long)p->done);
	buf_fmt(&p->out, "destroyed: %llu %s, under order number %llu\n",
		(unsigned long long)p->done, p->done == 1 ? "case" : "cases",
		(unsigned long long)p->order.number);
	return EXIT_FINE;
}

static int run(struct purge *p)
{
	/* First the lock: what is found must still be so when it is destroyed. */
	enum status st =
	    p->dry ? STATUS_OK : offline_open(p->path, p->head_key, &p->ledger, &p->why);
	if (!st)
		st = ledger_reader_open(p->path, &p->reader, &p->why);
	if (st)
		return cli_environment("purge", STR_FMT, STR_ARG(buf_view(&p->why)));
	int status = p->id ? find_one(p) : find_ended(p);
	if (status)
		return status;
	if (p->dry && p->years)
		buf_fmt(&p->out, "%zu %s over for %s years or more\n", p->cases.n,
			p->cases.n == 1 ? "case is" : "cases are", p->years);
	if (!p->dry && !p->cases.n)
		buf_c(&p->out, "nothing to destroy\n");
	if (!p->dry && p->cases.n) {
		/* Its snapshot would keep the write-ahead log. */
		ledger_reader_close(p->reader);
		p->reader = NULL;
		status = destroy_all(p);
	}
	return status ? status : cli_write("purge", stdout, &p->out);
}

int cmd_purge(int argc, char **argv)
{
	struct purge p = {0};
	const struct cli_opt opts[] = {
	    {"case", "ID", "destroy this case", &p.id, NULL},
	    {"retention", "YEARS", "destroy the cases that have been over for so long", &p.years,
	     NULL},
	    {"order", "NAME", "what the order is called; it is kept and shown", &p.under, NULL},
	    {"reason", "TEXT", "why; it is kept", &p.reason, NULL},
	    {"head-key", "FILE", "the key that signs the log (LEDGER.head-key)", &p.head_key, NULL},
	    {"dry-run", NULL, "only say what would be destroyed", NULL, &p.dry},
	};
	const struct cli_spec spec = {
	    .name = "purge",
	    .synopsis = "LEDGER --case ID|--retention YEARS --order NAME --reason TEXT",
	    .summary =
		"Destroys the keys of cases, so that nothing that was recorded of them can be\n"
		"read any more, here or in any copy of the ledger. It cannot be undone. The\n"
		"daemon must not run. A case is over when nothing is due, owed or proposed and\n"
		"it has no place; it counts from its last event. Copies of the file of keys\n"
		"have to be destroyed by hand.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	p.path = args.at[0];
	done = check_options(&p);
	if (done < 0)
		done = run(&p);
	ledger_reader_close(p.reader);
	if (ledger_close(p.ledger) && !done)
		done = cli_environment("purge", "closing the ledger failed");
	vec_release(&p.cases);
	buf_release(&p.why);
	buf_release(&p.out);
	return done;
}
