/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/test_record.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/progress.h"
#include "daemon/replay/candidate.h"

struct reading {
	struct test_record *record;
	const struct rulebook *rb;
	struct progress progress;
};

/* Each pass counts anew. */
static void on_begin(void *arg)
{
	struct reading *r = arg;
	coverage_free(r->record->history);
	r->record->history = coverage_new(r->rb);
	coverage_weigh(r->record->history);
	r->record->decisions = r->record->refused = 0;
}

static void on_decided(void *arg, uint64_t case_no, int32_t day, const struct decision *d,
		       const struct trace *t)
{
	struct reading *r = arg;
	if (r->record->since != DAY_NONE && day < r->record->since)
		return;
	coverage_add_of(r->record->history, (uint32_t)case_no, d, t);
	r->record->decisions += d != NULL;
	r->record->refused += !d;
}

static void on_progress(void *arg, uint64_t done, uint64_t of)
{
	progress_show(&((struct reading *)arg)->progress, done, of);
}

int test_record_read(struct test_record *r, struct coverage *scenarios)
{
	struct reading reading = {.record = r, .rb = coverage_rulebook(scenarios)};
	struct candidate_watch watch = {on_begin, on_decided, &reading};
	struct candidate_config config = {.path = r->path,
					  .rb = reading.rb,
					  .jobs = r->jobs,
					  .watch = &watch,
					  .on_progress = on_progress,
					  .arg = &reading};
	struct replayed out = {0};
	struct buf why = {0};
	int status = EXIT_FINE;
	enum status st = candidate_replay(&config, &out, &why);
	progress_end(&reading.progress);
	r->cases = out.cases;
	r->left_out = out.left_out;
	if (st)
		status = cli_environment("test", STR_FMT, STR_ARG(buf_view(&why)));
	else
		coverage_beside(scenarios, r->history);
	replayed_release(&out);
	buf_release(&why);
	return status;
}

void test_record_release(struct test_record *r)
{
	coverage_free(r->history);
	r->history = NULL;
}

void test_record_text(struct buf *b, const struct test_record *r)
{
	buf_fmt(b, "the record: %llu decisions", (unsigned long long)r->decisions);
	if (r->since != DAY_NONE) {
		buf_c(b, " since ");
		day_text(b, r->since);
	}
	buf_fmt(b, ", of %llu cases in all, decided again under this rulebook\n",
		(unsigned long long)r->cases);
	if (r->refused)
		buf_fmt(b, "  %llu recorded events are not taken by it; see waymark replay\n",
			(unsigned long long)r->refused);
	if (r->left_out)
		buf_fmt(b,
			"  %llu cases were destroyed or rest on one that was, and do not count\n",
			(unsigned long long)r->left_out);
}

void test_record_json(struct buf *b, const struct test_record *r)
{
	buf_fmt(b, "{\"decisions\":%llu,\"cases\":%llu,\"refused\":%llu,\"left_out\":%llu",
		(unsigned long long)r->decisions, (unsigned long long)r->cases,
		(unsigned long long)r->refused, (unsigned long long)r->left_out);
	if (r->since != DAY_NONE) {
		buf_c(b, ",\"since\":\"");
		day_text(b, r->since);
		buf_char(b, '"');
	}
	buf_char(b, '}');
}
