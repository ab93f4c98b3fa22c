/* SPDX-License-Identifier: Apache-2.0
 *
 * Buckets at and past their bounds, and the text that Prometheus reads.
 */
#include "daemon/serve/metrics_text.h"
#include "engine/base/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const int64_t BOUNDS[] = {
#define X(us, label) us,
    HISTOGRAM_BOUNDS(X)
#undef X
};

static void a_bound_belongs_to_its_bucket(void **state)
{
	(void)state;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		struct histogram h = {0};
		histogram_add(&h, BOUNDS[i]);
		histogram_add(&h, BOUNDS[i] + 1);
		assert_int_equal(h.n[i], 1);
		assert_int_equal(h.n[i + 1], 1);
		assert_int_equal(h.sum_us, 2 * BOUNDS[i] + 1);
	}
}

static void a_clock_that_went_back_counts_as_nothing(void **state)
{
	(void)state;
	struct histogram h = {0};
	histogram_add(&h, -1);
	histogram_add(&h, INT64_MIN);
	assert_int_equal(h.n[0], 2);
	assert_int_equal(h.sum_us, 0);
}

static void assert_has(const struct buf *b, const char *line)
{
	assert_non_null(memmem(b->p, b->len, line, strlen(line)));
}

static void the_text_adds_up(void **state)
{
	(void)state;
	struct histogram h = {0};
	struct buf b = {0};
	histogram_add(&h, 400);
	histogram_add(&h, 700);
	histogram_add(&h, 7000001);
	metric_histogram(&b, "x_seconds", "route=\"/a\"", &h);
	assert_has(&b, "x_seconds_bucket{route=\"/a\",le=\"0.0005\"} 1\n");
	assert_has(&b, "x_seconds_bucket{route=\"/a\",le=\"0.001\"} 2\n");
	assert_has(&b, "x_seconds_bucket{route=\"/a\",le=\"5\"} 2\n");
	assert_has(&b, "x_seconds_bucket{route=\"/a\",le=\"+Inf\"} 3\n");
	assert_has(&b, "x_seconds_sum{route=\"/a\"} 7.001101\n");
	assert_has(&b, "x_seconds_count{route=\"/a\"} 3\n");
	buf_clear(&b);
	metric_histogram(&b, "x_seconds", "", &h);
	assert_has(&b, "x_seconds_bucket{le=\"0.0005\"} 1\n");
	assert_has(&b, "x_seconds_sum 7.001101\n");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bound_belongs_to_its_bucket),
	    cmocka_unit_test(a_clock_that_went_back_counts_as_nothing),
	    cmocka_unit_test(the_text_adds_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
