/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/gen.h"

#include "engine/values/calendar.h"
#include "engine/values/zone.h"

#define AGENCIES 116u /* two per county: one trauma-informed, one not */
#define SPAN_S   (INT64_C(700) * 86400)

static const struct {
	struct str name;
	unsigned weight; /* of 1,000, among a survivor's events */
} types[GEN_TYPES] = {
    [GEN_VETTED] = {STR_INIT("agency_vetted"), 0},
    [GEN_SESSION] = {STR_INIT("session_attended"), 460},
    [GEN_MISSED] = {STR_INIT("appointment_missed"), 160},
    [GEN_ENROLLED] = {STR_INIT("diversion_enrolled"), 60},
    [GEN_DIVERSION_MISSED] = {STR_INIT("diversion_missed"), 40},
    [GEN_COMPLETED] = {STR_INIT("diversion_completed"), 40},
    [GEN_CONTACT] = {STR_INIT("law_enforcement_contact"), 110},
    [GEN_HOUSING] = {STR_INIT("housing_accepted"), 50},
    [GEN_HOUSING_ENDED] = {STR_INIT("housing_ended"), 30},
    [GEN_WORKFORCE] = {STR_INIT("workforce_accepted"), 50},
    [GEN_CONVICTION] = {STR_INIT("conviction"), 0},
};

static const char *const counties[GEN_COUNTIES] = {
    "alameda",        "alpine",        "amador",        "butte",       "calaveras",
    "colusa",         "contra_costa",  "del_norte",     "el_dorado",   "fresno",
    "glenn",          "humboldt",      "imperial",      "inyo",        "kern",
    "kings",          "lake",          "lassen",        "los_angeles", "madera",
    "marin",          "mariposa",      "mendocino",     "merced",      "modoc",
    "mono",           "monterey",      "napa",          "nevada",      "orange",
    "placer",         "plumas",        "riverside",     "sacramento",  "san_benito",
    "san_bernardino", "san_diego",     "san_francisco", "san_joaquin", "san_luis_obispo",
    "san_mateo",      "santa_barbara", "santa_clara",   "santa_cruz",  "shasta",
    "sierra",         "siskiyou",      "solano",        "sonoma",      "stanislaus",
    "sutter",         "tehama",        "trinity",       "tulare",      "tuolumne",
    "ventura",        "yolo",          "yuba"};

/* SplitMix64: small, and the same everywhere. */
static uint64_t next(struct gen *g)
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint32_t below(struct gen *g, uint32_t n)
{
	return (uint32_t)((next(g) >> 32) * n >> 32);
}

void gen_init(struct gen *g, uint64_t total, uint32_t cases)
{
	*g = (struct gen){.state = 20260701, .total = total, .cases = cases, .agencies = AGENCIES};
	g->start_s = day_of((struct date){2026, 7, 1}) * INT64_C(86400) + 8 * 3600;
	g->span_s = SPAN_S;
}

static int64_t time_of(const struct gen *g, uint64_t n)
{
	return g->start_s * SECOND_US + (int64_t)n * (g->span_s * SECOND_US / (int64_t)g->total);
}

static enum gen_type draw_type(struct gen *g)
{
	uint32_t at = below(g, 1000);
	for (enum gen_type t = GEN_VETTED; t < GEN_TYPES; t++) {
		if (at < types[t].weight)
			return t;
		at -= types[t].weight;
	}
	return GEN_SESSION;
}

bool gen_next(struct gen *g, struct gen_event *e)
{
	if (g->n == g->total)
		return false;
	*e = (struct gen_event){.n = g->n, .time = time_of(g, g->n)};
	if (g->n++ < g->agencies) {
		e->type = GEN_VETTED;
		e->who = (uint32_t)e->n;
		e->county = e->who / 2;
		e->yes = e->who % 2 == 0;
		return true;
	}
	e->who = g->in_turn ? (uint32_t)((e->n - g->agencies) % g->cases) : below(g, g->cases);
	e->county = e->who % GEN_COUNTIES;
	if (g->waiting) {
		e->type = GEN_MISSED;
		return true;
	}
	e->type = e->who % 10 == 9 ? GEN_CONVICTION : draw_type(g);
	e->agency = e->county * 2 + (below(g, 4) == 0);
	e->minutes = below(g, 4) == 0 ? 45 : 60;
	e->yes = below(g, 2) == 0;
	return true;
}

struct str gen_type_name(enum gen_type t)
{
	return types[t].name;
}

struct str gen_county(uint32_t county)
{
	return str_from(counties[county]);
}

void gen_case_id(struct buf *b, const struct gen_event *e)
{
	buf_c(b, e->type == GEN_VETTED ? "A-" : e->type == GEN_CONVICTION ? "B-" : "S-");
	buf_i64(b, e->who);
}

static void data_json(struct buf *b, const struct gen_event *e)
{
	switch (e->type) {
	case GEN_VETTED:
		buf_fmt(b, "\"vetted\":true,\"trauma_informed\":%s", e->yes ? "true" : "false");
		return;
	case GEN_SESSION:
		buf_fmt(b, "\"service\":\"counselling\",\"provider\":\"A-%u\",\"minutes\":%d",
			e->agency, e->minutes);
		return;
	case GEN_MISSED:
		buf_fmt(b, "\"explained\":%s", e->yes ? "true" : "false");
		return;
	case GEN_HOUSING:
		buf_fmt(b, "\"provider\":\"A-%u\"", e->agency);
		return;
	case GEN_ENROLLED:
	case GEN_DIVERSION_MISSED:
	case GEN_COMPLETED:
	case GEN_CONTACT:
	case GEN_HOUSING_ENDED:
	case GEN_WORKFORCE:
	case GEN_CONVICTION:
	case GEN_TYPES:
		return;
	}
}

void gen_json(struct buf *b, const struct gen_event *e)
{
	struct str county = gen_county(e->county);
	buf_c(b, "{\"specversion\":\"1.0\",\"id\":\"e-");
	buf_i64(b, (int64_t)e->n);
	buf_c(b, "\",\"source\":\"/cms/");
	buf_str(b, county);
	buf_c(b, "\",\"type\":\"");
	buf_str(b, gen_type_name(e->type));
	buf_c(b, "\",\"subject\":\"");
	gen_case_id(b, e);
	buf_c(b, "\",\"time\":\"");
	time_text(b, zone_utc(), e->time);
	buf_c(b, "\",\"county\":\"");
	buf_str(b, county);
	buf_c(b, "\",\"data\":{");
	data_json(b, e);
	buf_c(b, "}}");
}
