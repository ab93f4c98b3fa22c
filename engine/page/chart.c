/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/page/chart.h"

#include "engine/page/html.h"
#include "engine/values/money.h"

#include <assert.h>

#define WIDTH  860
#define LABEL  190 /* where bars begin */
#define LONG   480 /* the longest bar */
#define BAR    14
#define GAP    8
#define LEGEND 18

static const char *const colours[CHART_SERIES] = {"#205493", "#e5a000", "#7fb3a2", "#981b1e"};

void chart_begin(struct chart *c, struct buf *b, struct str caption,
		 const struct chart_series *series, size_t nseries, int64_t most)
{
	assert(nseries && nseries <= CHART_SERIES);
	*c = (struct chart){.b = b,
			    .caption = caption,
			    .series = series,
			    .nseries = nseries,
			    .most = most > 0 ? most : 1};
	c->y = nseries > 1 ? LEGEND + GAP : 0;
}

static int64_t length_of(const struct chart *c, int64_t value)
{
	int64_t n = 0;
	if (value <= 0)
		return 0;
	if (value > c->most)
		value = c->most;
	(void)money_ratio(value, LONG, c->most, ROUND_UP, &n);
	return n;
}

static void text_at(struct buf *b, int64_t x, int64_t y, struct str s)
{
	buf_fmt(b, "<text x=\"%lld\" y=\"%lld\">", (long long)x, (long long)y);
	html_text(b, s);
	buf_c(b, "</text>\n");
}

void chart_group(struct chart *c, struct str label)
{
	c->y += GAP;
	text_at(&c->body, 0, c->y + BAR - 3, label);
}

static void value_text(const struct chart *c, struct buf *b, int64_t value)
{
	if (c->counts)
		number_text(b, value);
	else
		money_text(b, value);
}

static void rect(struct chart *c, size_t series, int64_t length)
{
	buf_fmt(&c->body, "<rect x=\"%d\" y=\"%u\" width=\"%lld\" height=\"%d\" fill=\"%s\"/>\n",
		LABEL, c->y, (long long)length, BAR - 2, colours[series]);
}

void chart_bar(struct chart *c, size_t series, int64_t value)
{
	struct buf words = {0};
	int64_t length = length_of(c, value);
	rect(c, series, length);
	value_text(c, &words, value);
	text_at(&c->body, LABEL + length + 6, c->y + BAR - 3, buf_view(&words));
	buf_release(&words);
	c->y += BAR;
}

void chart_range(struct chart *c, size_t series, int64_t low, int64_t value, int64_t high)
{
	struct buf words = {0};
	uint32_t middle = c->y + BAR / 2 - 1;
	rect(c, series, length_of(c, value));
	buf_fmt(&c->body,
		"<line x1=\"%lld\" x2=\"%lld\" y1=\"%u\" y2=\"%u\" stroke=\"#1b1b1b\" "
		"stroke-width=\"2\"/>\n",
		(long long)(LABEL + length_of(c, low)), (long long)(LABEL + length_of(c, high)),
		middle, middle);
	value_text(c, &words, low);
	if (low != high) {
		buf_c(&words, " to ");
		value_text(c, &words, high);
	}
	text_at(&c->body, LABEL + length_of(c, high) + 6, c->y + BAR - 3, buf_view(&words));
	buf_release(&words);
	c->y += BAR;
}

static void legend(struct chart *c)
{
	int64_t x = LABEL;
	if (c->nseries < 2)
		return;
	for (size_t i = 0; i < c->nseries; i++) {
		buf_fmt(c->b, "<rect x=\"%lld\" y=\"2\" width=\"12\" height=\"12\" fill=\"%s\"/>\n",
			(long long)x, colours[i]);
		text_at(c->b, x + 18, 13, c->series[i].name);
		x += 160;
	}
}

void chart_end(struct chart *c)
{
	uint32_t height = c->y + GAP;
	buf_fmt(c->b,
		"<svg viewBox=\"0 0 %d %u\" width=\"%d\" height=\"%u\" role=\"img\" aria-label=\"",
		WIDTH, height, WIDTH, height);
	html_text(c->b, c->caption);
	buf_c(c->b, "\">\n");
	legend(c);
	buf_str(c->b, buf_view(&c->body));
	buf_c(c->b, "</svg>\n");
	buf_release(&c->body);
}
