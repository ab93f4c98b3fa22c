/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule graph: a rulebook compiled for all its counties. Immutable once built, counted by
 * references, shared by threads. The compiler (grammar/lower) builds it; decide, explain, graph
 * and the scenario runner read it.
 *
 * How it hangs together: a program's provisions are *blocks* (a stipend, a fine, an escalation).
 * What can happen is in a block's *parts*: a part waits for one trigger (an event type, or a
 * deadline of its own), has a condition and carries actions. A tier, a step, a `stops on`, the
 * start of a schedule are all parts, so that decide knows one thing only. A county has a
 * *dispatch*: for each event type the parts that it can touch, with the days from and until which
 * they are in force. Counties that adopt the same on the same days share one dispatch.
 *
 * Everything is named by its index into the rulebook's arrays; NONE is "no such thing". All memory
 * belongs to the rulebook's arena.
 */
#ifndef WAYMARK_POLICY_POLICY_H
#define WAYMARK_POLICY_POLICY_H

#include "engine/base/arena.h"
#include "engine/base/diag.h"
#include "engine/base/hash.h"
#include "engine/base/map.h"
#include "engine/policy/code.h"
#include "engine/values/calendar.h"
#include "engine/values/money.h"
#include "engine/values/value.h"
#include "engine/values/zone.h"

#define NONE UINT16_MAX

/* ---- vocabulary ---- */

struct source {
	struct str name; /* path inside the rulebook: "programs/pathway_to_safety.way" */
	struct str text;
};

/* Where the lines of a source begin: looked up for every part, and a file may have many. */
struct source_lines {
	const uint32_t *start;
	uint32_t n;
};

/* A thing that only has a name: a party, a requirement, an action to order, a fund, a line such as
 * `as course`. */
struct named {
	struct str name, title;
	struct span span;
	struct str cite; /* of a fund, a capacity, a docket */
};

/* Over which time a budget reaches. */
enum budget_per { BUDGET_IN_ALL, BUDGET_PER_YEAR };

/* What a fund may spend, in each county on its own. */
struct budget {
	bool limited;   /* else the fund is a label */
	uint16_t param; /* index, or NONE: */
	int64_t cents;
	enum budget_per per;
	int32_t month, day; /* on which the year begins */
	int64_t warn;       /* millionths of the budget; 0: no warning */
	uint16_t owner;     /* party, or NONE */
	struct span span;
};

/* How many cases a capacity takes, in each county on its own. */
struct capacity {
	uint16_t kind;  /* whose places */
	uint16_t param; /* index, or NONE: */
	int64_t n;
	struct span span;
};

struct choice_set {
	struct str *names;
	uint16_t n;
};

struct fact {
	struct str name, title; /* the title may be empty */
	struct type type;
	bool optional, confidential;
	bool consent;         /* the day of a person's consent: never a condition of a benefit */
	struct value initial; /* the default; missing for an optional fact without one */
	struct span span;
};

struct case_kind {
	struct str name, title;
	struct fact *facts;
	uint16_t nfacts;
	struct span span;
};

struct field {
	struct str name, title; /* the title may be empty; of one that sets a fact: the fact's */
	struct type type;
	bool optional;
	bool confidential; /* marked so, or it sets a fact that is */
	/* For a field that comes from `sets`: the fact of each kind of case (index by kind; NONE
	 * where the event is not of that kind). NULL for a plain field. An optional fact's field is
	 * optional, and null in JSON makes the fact unknown again. */
	const uint16_t *sets;
	struct span span;
};

/* Event types that every rulebook has, at these indices, for every kind of case. */
enum builtin_event {
	EVENT_APPROVED,         /* outcome: text, by: text, reason: text optional */
	EVENT_DECLINED,         /* outcome: text, by: text, reason: text optional */
	EVENT_PAYMENT_RECEIVED, /* outcome: text, amount: money above 0 */
	EVENT_RETRACTED,        /* event: text, source: text, reason: text optional */
	EVENT_CORRECTED,        /* event: text, source: text, time: text optional, data: the fields
				   as JSON optional, reason: text optional */
	EVENT_DEADLINE,         /* internal: a period ended without its answer; no fields */
	EVENT_SCHEDULED,        /* internal: an item of a schedule fell due; no fields */
	EVENT_PLACE_FOUND,      /* internal: capacity: text. The case is next in its line */
	EVENT_BUILTINS
};

/* Names by which a policy says that a decision can be looked at again: an event, and a `period`. */
#define REVIEW_EVENT "review_requested"
#define REVIEW_TIME  "review_time"

/* The fields of retracted and corrected, by index. */
enum amending_field {
	AMENDS_EVENT,
	AMENDS_SOURCE,
	RETRACTED_REASON,
	CORRECTED_TIME = RETRACTED_REASON, /* RFC 3339 in UTC */
	CORRECTED_DATA, /* TYPE_TEXT: a JSON object, its members by name; typed by the event named
			 */
	CORRECTED_REASON
};

struct event_type {
	struct str name, title;
	struct field *fields; /* plain ones and those from `sets` */
	uint16_t nfields;
	bool *of_kind;  /* index by kind of case: may this event belong to one? */
	int32_t window; /* days for which a case keeps when it happened, for `in last`; 0: it is
			   counted in no window */
	struct span span;
};

/* ---- parameters ---- */

struct dated {
	int32_t from; /* first day on which the value holds; DAY_MIN for the first one */
	struct value value;
	struct span span; /* where it is set */
	struct str
	    cite; /* rulebook_seal gives the program's own values the parameter's, if empty */
	struct str placeholder; /* why no document gives it; empty: one does */
	struct str because;     /* from when, where and citing what, as JSON members; made by
				   rulebook_seal */
};

struct dated_list {
	struct dated *at; /* ascending by `from`, never empty */
	uint16_t n;
};

struct param {
	struct str name, title, cite;
	struct type type; /* `period` parameters have a unit type */
	uint16_t program; /* NONE: declared in the vocabulary */
	bool locked;
	struct dated_list values; /* as the program says; a county may have its own */
	struct span span;
};

/* ---- what happens ---- */

/* A length of time: `14 days`, or a parameter of a unit type. */
struct period {
	enum unit unit;
	int32_t n;      /* when param is NONE */
	uint16_t param; /* index, or NONE */
};

enum target_kind { TARGET_NONE, TARGET_SELF, TARGET_FIELD, TARGET_FACT, TARGET_PARTY };

/* Whom money goes to, whom a referral or notice is for. */
struct target {
	enum target_kind kind;
	uint16_t index; /* field of the triggering event, fact of the case, or party */
};

enum anchor {
	ANCHOR_AFTER_STEP,  /* no `starting`: one interval after the day of the event */
	ANCHOR_SAME_DAY,    /* starting same day */
	ANCHOR_NEXT_DAY,    /* starting next day */
	ANCHOR_NEXT_MONTH,  /* starting first of next month */
	ANCHOR_AFTER_PERIOD /* starting after 30 days */
};

/* A series of dates: instalments of an assessment, items of a schedule. The i-th date is counted
 * from the first one, i times the interval. */
struct plan {
	struct code times; /* how many; a number. Empty code: there is no plan */
	int32_t every;     /* interval: every n units */
	enum unit unit;
	enum anchor anchor;
	struct period anchor_period;
	bool remainder_in_last; /* where the odd cents of a split go; else in the first */
};

#define ACTION_LAST ACTION_BROKEN
enum action_kind {
#define ACTION_KINDS(X)                                                                            \
	/* constant, verb in the language, kind of outcome in JSON */                              \
	X(ACTION_PAY, "pay", "payment")                                                            \
	X(ACTION_ASSESS, "assess", "assessment")                                                   \
	X(ACTION_CREDIT, "credit", "credit") /* lowers what is owed on line `name` */              \
	X(ACTION_WAIVE, "waive", "waiver")   /* all that is owed on line `name` */                 \
	X(ACTION_REFER, "refer", "referral")                                                       \
	X(ACTION_REQUIRE, "require", "requirement")                                                \
	X(ACTION_NOTIFY, "notify", "notice")                                                       \
	X(ACTION_ORDER, "order", "order")                                                          \
	X(ACTION_START, "start", "schedule")                                                       \
	X(ACTION_STOP, "stop", "schedule")                                                         \
	X(ACTION_SET, "set", "fact")                                                               \
	X(ACTION_ENTER, "enter", "stage")                                                          \
	X(ACTION_PLACE, "place", "docket") /* on docket `name` */                                  \
	X(ACTION_ENROL, "enrol", "enrolment")                                                      \
	X(ACTION_RELEASE, "release", "release")                                                    \
	X(ACTION_DENY, "deny", "denial")                                                           \
	X(ACTION_BROKEN, "broken", "breach") /* no verb: an `always` was not kept */
#define X(constant, verb, outcome) constant,
	ACTION_KINDS(X)
#undef X
};

struct action {
	enum action_kind kind;
	bool may;             /* a proposal: a named person approves or declines it */
	struct span span;     /* the whole action */
	struct code amount;   /* pay, assess, credit. With `each`: of one instalment */
	bool each;            /* `52 x $251`: the amount is of one instalment, not of the whole */
	struct target to;     /* pay, refer, notify */
	uint16_t fund;        /* pay, assess: index into funds, or NONE */
	uint16_t name;        /* assess/credit/waive: line; require: requirement; order: orderable;
				 enter: stage; place: docket; enrol, release: capacity;
				 else NONE */
	struct str text;      /* notify: message; deny: reason */
	struct plan plan;     /* assess: instalments */
	struct period within; /* refer, require, assess ("due within"): n < 0 means none */
	uint16_t answered_by; /* refer, require: event type, or NONE */
	struct action *otherwise; /* refer, require: when the period ends unanswered */
	uint16_t notherwise;
	uint16_t fact;     /* set */
	struct code value; /* set; may be empty for `set FACT to unknown` */
	uint16_t schedule; /* start, stop; the program's own, see schedule_on. A PART_PLAIN part of
			      a schedule block has exactly one action, `start` of that schedule */
	bool urgent;       /* place: may take a seat that is kept */
	uint16_t escalation, step; /* enter: the program's own, and the step. The first action of
				      a stage's PART_STEP and PART_OVERDUE parts enters it */
};

enum part_role {
	PART_PLAIN,   /* rule, stipend, the start of a schedule, a fine without tiers */
	PART_TIER,    /* of one fine at most one tier may apply to an event */
	PART_STEP,    /* enters step `step` of `escalation` when it applies */
	PART_ENDS,    /* ends `escalation` */
	PART_STOPS,   /* stops the running instances of `schedule` */
	PART_OVERDUE, /* enters a step when no EVENT came within a period; the trigger is a
			 deadline */
	PART_PROMISE  /* `always`: an outcome that its block's never describes comes within
			 `within`; it has no actions */
};

struct part {
	uint16_t block;
	enum part_role role;
	struct str label; /* "step diversion", "tier 2", "ends", "stops", "" */
	struct str cite;  /* of the part; empty: see the block */
	struct span span; /* its first line, for `line` in outcomes */
	uint16_t event;   /* trigger: event type. PART_OVERDUE: the event that was awaited */
	struct code when; /* empty: always */
	struct action *actions;
	uint16_t nactions;
	uint16_t escalation, step; /* PART_STEP, PART_OVERDUE; PART_ENDS: escalation. step from 1.
			       The program's own escalation, also in a county's replacement */
	uint64_t after; /* set of steps (bit s: step s) in which the case must stand; bit 0: none.
			   PART_ENDS: all but bit 0 */
	struct period within;   /* PART_OVERDUE: counted from the day the case entered the step;
				   PART_PROMISE: from the day of the event */
	uint16_t schedule;      /* PART_STOPS; the program's own, also in a county's replacement */
	struct str because;     /* its provision as JSON, for outcomes; made by rulebook_seal */
	const uint16_t *params; /* the parameters that it reads, in order; made by rulebook_seal */
	uint16_t nparams;
};

enum block_kind {
#define BLOCK_KINDS(X)                                                                             \
	X(BLOCK_STIPEND, "stipend")                                                                \
	X(BLOCK_SCHEDULE, "schedule")                                                              \
	X(BLOCK_ESCALATION, "escalation")                                                          \
	X(BLOCK_STAGES, "stages") /* an escalation whose steps are stages */                       \
	X(BLOCK_FINE, "fine")                                                                      \
	X(BLOCK_RULE, "rule")                                                                      \
	X(BLOCK_NEVER, "never")                                                                    \
	X(BLOCK_ALWAYS, "always")                                                                  \
	X(BLOCK_TABLE, "table") /* has no parts: it is looked up */                                \
	X(BLOCK_SHARE, "share") /* has no parts: somebody asks for it */
#define X(constant, name) constant,
	BLOCK_KINDS(X)
#undef X
};

/* `at most 1 per day`, `at most $500 per year`: per case, counted over the block's payments. What
 * goes beyond is not paid; a money limit pays nothing rather than a part. */
struct limit {
	uint16_t index; /* in the rulebook: the key of its counter in the case state */
	bool is_money;
	struct code most; /* number or money */
	bool per_case;    /* else per `per` */
	enum unit per;
	struct span span;
};

struct block {
	enum block_kind kind;
	struct str name, title, cite; /* a never block has the name "never_1" by position; what
					 a case remembers of a cap or an always block it
					 remembers by name, so theirs say what they are about */
	uint16_t program;
	uint16_t county;    /* NONE, or the county that replaced it */
	uint16_t first;     /* the program's own block; its own index unless a replacement */
	uint16_t case_kind; /* whose cases it is about; a never block: NONE means every kind */
	bool locked;
	struct hash128 key; /* of program/block name: what outcome ids are derived from */
	uint32_t first_part;
	uint16_t nparts;
	struct limit *limits;
	uint16_t nlimits;
	uint16_t detail;  /* index into schedules, escalations, nevers (always, too) or tables; else
			     NONE */
	struct span span; /* its first line */
};

/* A county may replace a schedule, an escalation or a table from some day on. Cases keep their
 * running schedules, payments and steps by the program's own one (`first`), so that a case that is
 * under way goes on under the replacement; what the replacement says is found through schedule_on,
 * table_on and escalation_on, and for the parts of an escalation through the `detail` of their
 * block. */
struct variant {
	uint16_t county;
	int32_t from; /* ascending within a county */
	uint16_t by;  /* what holds there from then on; NONE: the county dropped it */
};

struct variants { /* of the program's own: by county, then day */
	struct variant *at;
	uint16_t n;
};

/* `move step OLD to NEW`: a step that a former version had, and where such cases stand now. */
struct step_move {
	struct str from;
	uint16_t to; /* 0: in no step any more */
};

struct schedule {
	uint16_t block;
	uint16_t first; /* the program's own; its own index unless a county's replacement */
	struct variants variants;
	struct code amount; /* of one item, evaluated when the schedule starts and kept */
	struct target to;
	uint16_t fund;
	struct plan plan;
	struct code holds; /* `holds while`: an item due then is not paid and not made up */
	bool also_running; /* amount, payee and fund are those of each item's day, also for what
			      began under another text */
};

/* Of a block of kind escalation or stages. */
struct escalation {
	uint16_t block;
	uint16_t first; /* the program's own; its own index unless a county's replacement */
	struct variants variants;
	struct named
	    *steps; /* steps[0] is step 1; counties' replacements share names and numbers */
	uint16_t nsteps;
	struct step_move *moves; /* of the program's own: from steps of former versions */
	uint16_t nmoves;
	/* PART_OVERDUE parts to arm when a step is entered: by step, index 0 unused. Arm those of
	 * escalations[blocks[part->block].detail], where `part` is the one that entered the step */
	const uint32_t **armed; /* parts */
	uint16_t *narmed;
};

/* never ACTION [for KIND] [when COND]. Matches an outcome or proposal of that action, and of that
 * name when one is given. Where its block has a limit, that is what the outcomes of the action may
 * come to for one case: `never pay more than`. An `only after EVENT` is a never as long as the
 * event has not come, which is a part of `when`. An `always` describes in the same way what it
 * waits for. */
struct never {
	uint16_t block;
	enum action_kind action;
	uint16_t name;     /* as in struct action (line, requirement, orderable); NONE: any */
	uint16_t fund;     /* pay, assess; NONE: any */
	uint16_t schedule; /* start, stop: the program's own; NONE: any */
	struct target to;  /* TARGET_PARTY, or TARGET_NONE for any */
	uint16_t fact;     /* ACTION_SET; NONE: any */
	uint16_t after;    /* only after: event; else NONE */
	struct code when;  /* undecidable blocks */
	struct str said;   /* always: its title, or its words on one line */
};

/* `overrides A, B [when COND]`, for one event. Where the block applies to it, and COND is met, the
 * blocks named do not apply. A block without a trigger of its own stands above them for every event
 * that they wait for; for their deadlines (`when no …`) the event is EVENT_DEADLINE. */
struct precedence {
	uint16_t block; /* that overrides */
	uint16_t event;
	bool standing; /* without a trigger of its own */
	struct code when;
	const uint16_t *over; /* the programs' own blocks */
	uint16_t nover;
	struct span span; /* of the clause */
};

/* ---- tables: one row fits, and gives the values of its output columns ---- */

/* A value, or a parameter's and so much more. */
struct table_bound {
	int64_t n;
	uint16_t param; /* NONE: n alone */
};

struct table_range {
	struct table_bound lo, hi; /* both included */
};

struct table_cell {
	bool any, unknown; /* any: whatever it is, also unknown */
	const struct table_range *at;
	uint16_t n;
	struct span span;
};

struct table_output {
	struct value value;
	uint16_t param; /* instead, or NONE */
};

struct table_row {
	const struct table_cell *cells;     /* by input; NULL: `otherwise` */
	const struct table_output *outputs; /* by output of the program's own table */
	const uint16_t *params;             /* that its cells name, each once, in order */
	uint16_t nparams;
	struct span span;
};

struct table_column {
	struct str name; /* an input: its text */
	struct type type;
	struct span span;
};

/* How the columns are read where the table is looked up, by input. What may not be unknown, and is
 * nevertheless, leaves it open which row fits. */
struct table_reading {
	const struct code *inputs;
	const bool *unknown; /* may it be? */
};

/* Where a table is looked up, its columns are read: the fields are those of the event there.
 * OP_TABLE names such a *reading*; counties' replacements have the same readings, by number. */
struct table {
	uint16_t block;
	uint16_t first; /* the program's own; its own index unless a county's replacement */
	struct variants variants; /* of the program's own */
	struct table_column *inputs, *outputs;
	uint16_t ninputs, noutputs;
	const struct table_reading *readings;
	uint16_t nreadings;
	struct table_row *rows;
	uint16_t nrows;
};

/* What a partner may see of a case, on a day on which the case consents and the condition holds. */
struct share {
	uint16_t block;
	uint16_t partner;      /* kind of the partner's case */
	const uint16_t *facts; /* of the case, as they are shown */
	uint16_t nfacts;
	uint16_t consent; /* fact; NONE: none is needed */
	struct period lasts;
	struct code when;
	struct str said; /* the condition, on one line */
};

struct program {
	struct str name, title, cite;
	int32_t effective; /* first day in force */
	struct span span;
	uint32_t first_block;
	uint16_t nblocks; /* the program's own; a county's replacements stand elsewhere */
};

/* ---- dockets ---- */

/* A number that is written down, or a parameter. */
struct count {
	int64_t n;      /* when param is NONE */
	uint16_t param; /* index, or NONE */
};

#define MEETS_LAST     5   /* `monthly on last Thursday` */
#define DOCKET_LONGEST 366 /* days between two meetings at most */

/* A recurring meeting at which cases are heard, with a number of seats. Each county has its own. */
struct docket {
	uint16_t case_kind;
	int32_t first, every; /* a meeting every so many days from the first one on; or: */
	int32_t nth,
	    weekday;        /* the nth such weekday (from 1, MEETS_LAST) of each month; nth 0: no */
	struct count most;  /* seats of a meeting */
	struct count keeps; /* of them, those that are for urgent cases only */
	struct span span;
};

/* ---- counties ---- */

struct entry {
	uint32_t part;
	int32_t from, until; /* in force on from <= day < until; INT32_MAX: no end */
};

struct dispatch {
	struct entry **by_event; /* by event type: in order of part index */
	uint32_t *n;
	uint32_t *nevers; /* blocks of kind never (index into blocks) in force in the county */
	struct entry *never_days; /* .part is the index into nevers array of the rulebook */
	uint32_t nnevers;
	/* By event type; .part is the index into precedences, and ascending: what overrides stands
	 * before what it overrides. NULL when there are none. */
	struct entry **overrides;
	uint32_t *noverrides;
	struct entry *shares; /* .part is the index into shares */
	uint32_t nshares;
};

struct adoption {
	uint16_t program;
	int32_t from;
	struct span span;
};

struct county {
	struct str name, title;
	struct adoption *adopts;
	uint16_t nadopts;
	int32_t first_day;               /* earliest day on which any adopted program is in force */
	const struct dated_list *values; /* by parameter: what holds in this county */
	const struct dispatch *dispatch;
	struct span span;
};

struct scenario;   /* scenario.h */
struct projection; /* projection.h */

struct rulebook {
	struct arena arena;
	int refs;              /* atomic; see rulebook_ref */
	char version[17];      /* the first 16 hex digits of `digest`, NUL-terminated */
	struct hash256 digest; /* SHA-256 over the sources, names and texts, in order of name */
	const struct zone *zone;

	struct source *sources;
	uint32_t nsources;
	const struct source_lines *source_lines; /* by source; made by rulebook_seal */
	struct choice_set *choices;
	uint16_t nchoices;
	struct case_kind *kinds;
	uint16_t nkinds;
	struct event_type *events;
	uint16_t nevents;
	struct named *parties;
	uint16_t nparties;
	struct named *requirements;
	uint16_t nrequirements;
	struct named *orders;
	uint16_t norders; /* declared with `action` */
	struct named *funds;
	uint16_t nfunds;
	struct named *capacities;
	struct capacity *places; /* by capacity */
	uint16_t ncapacities;
	struct budget *budgets; /* by fund; NULL: no fund has one */
	struct named *lines;
	uint16_t nlines; /* names after `as` */
	struct named *stages;
	uint16_t nstages; /* names of stages, each once */
	struct named *dockets;
	uint16_t ndockets;
	struct docket *meetings; /* by docket */
	struct calendar *calendars;
	uint16_t ncalendars; /* the first is used for business days */
	struct program *programs;
	uint16_t nprograms;
	struct param *params;
	uint16_t nparams;
	struct block *blocks;
	uint32_t nblocks;
	struct part *parts;
	uint32_t nparts;
	struct schedule *schedules;
	uint16_t nschedules;
	struct escalation *escalations;
	uint16_t nescalations;
	struct never *nevers;
	uint16_t nnevers;
	struct share *shares;
	uint16_t nshares;
	struct precedence *precedences; /* what overrides before what it overrides */
	uint16_t nprecedences;
	struct table *tables;
	uint16_t ntables;
	bool felt_later; /* what happens when time comes may be felt by another case, or rests on
			    one (later_is_felt); by rulebook_seal */
	uint32_t never_actions; /* bit k: some never speaks of action kind k; by rulebook_seal */
	uint16_t nlimits;
	const uint32_t *limit_block; /* by index of a limit: its block; made by rulebook_seal */
	struct county *counties;
	uint16_t ncounties;
	struct scenario *scenarios;
	uint32_t nscenarios;
	struct projection *projections;
	uint32_t nprojections;

	struct map event_names, county_names, kind_names; /* name -> index */
};

struct rulebook *rulebook_new(void);
struct rulebook *rulebook_ref(struct rulebook *rb); /* any thread */
void rulebook_unref(struct rulebook *rb);           /* NULL is fine */

/* The last step of building: works out what follows from the rest and is read on every decision.
 * Afterwards the rulebook does not change any more. */
void rulebook_seal(struct rulebook *rb);

uint16_t rulebook_event(const struct rulebook *rb, struct str name); /* NONE when absent */
uint16_t rulebook_county(const struct rulebook *rb, struct str name);
const struct source *rulebook_source(const struct rulebook *rb, struct str name); /* NULL: none */
uint16_t rulebook_kind(const struct rulebook *rb, struct str name);
uint16_t rulebook_program(const struct rulebook *rb, struct str name);
uint16_t fact_index(const struct case_kind *k, struct str name);
uint16_t field_index(const struct event_type *e, struct str name);

/* The value of a parameter in a county on a day. */
const struct dated *param_on(const struct rulebook *rb, uint16_t county, uint16_t param,
			     int32_t day);
/* What a schedule says in a county on a day: the program's own or the county's replacement; NULL
 * where the county dropped it. */
const struct schedule *schedule_on(const struct rulebook *rb, uint16_t county, uint16_t schedule,
				   int32_t day);
/* Where a case stands that a former version left in the step of that name; NONE: not said. */
uint16_t escalation_moved(const struct rulebook *rb, uint16_t escalation, struct str step);
const struct escalation *escalation_on(const struct rulebook *rb, uint16_t county,
				       uint16_t escalation, int32_t day); /* likewise */
/* Likewise a table. */
const struct table *table_on(const struct rulebook *rb, uint16_t county, uint16_t table,
			     int32_t day);
/* A range with its parameters filled in; false: it is empty. */
bool table_range_on(const struct rulebook *rb, uint16_t county, const struct table_range *r,
		    int32_t day, int64_t *lo, int64_t *hi);
/* The row that fits; NULL: none does. */
const struct table_row *table_find(const struct rulebook *rb, uint16_t county,
				   const struct table *t, int32_t day, const struct value *inputs);
int64_t places_on(const struct rulebook *rb, uint16_t county, uint16_t capacity, int32_t day);
/* The first day after another on which the number changes and is above `taken`; false: none. */
bool places_above(const struct rulebook *rb, uint16_t county, uint16_t capacity, int64_t taken,
		  int32_t after, int32_t *day);
/* NULL: the fund (or NONE) is a label. */
const struct budget *fund_budget(const struct rulebook *rb, uint16_t fund);
/* What the budget comes to in a county on a day, and the first day of its year (DAY_NONE: one
 * budget in all). */
int64_t budget_on(const struct rulebook *rb, uint16_t county, const struct budget *b, int32_t day);
int32_t budget_year(const struct budget *b, int32_t day);
/* The day of that year that is nearest to `day`. */
int32_t budget_day(const struct budget *b, int32_t year, int32_t day);
/* The first meeting after a day; false: it would be after the year 9999. */
bool docket_next(const struct docket *k, int32_t day, int32_t *meeting);
/* The seats of a meeting, as they hold in a county on a day. */
void docket_seats(const struct rulebook *rb, uint16_t county, const struct docket *k, int32_t day,
		  int64_t *most, int64_t *keeps);
/* Does it go before a block? `block` is the program's own. */
bool precedence_is_over(const struct precedence *p, uint16_t block);
const struct calendar *rulebook_calendar(const struct rulebook *rb); /* NULL when none */
/* The place of a block's limit that counts the same, payments or money, over the same time. */
uint16_t block_limit_like(const struct block *b, const struct limit *limit); /* NONE: it has none */
void limit_words(struct buf *b,
		 const struct limit *limit); /* "payments per day", "money per case" */

/* The actions of a part have numbers: first its own in order, so that the number is the index, then
 * those after `otherwise`, to any depth. NULL and NONE when there is no such one. */
const struct action *part_action(const struct part *p, uint16_t number);
uint16_t part_action_number(const struct part *p, const struct action *action);

/* Is it what a never (or an always) speaks of, as far as that is written down? Whom a field names,
 * and how much is paid, only the event tells. */
bool never_speaks_of(const struct rulebook *rb, const struct never *n, const struct block *block,
		     const struct action *a);
struct action schedule_payment(const struct schedule *s); /* of one item, as an action */
struct action schedule_stop(uint16_t schedule);           /* likewise, of a PART_STOPS part */
/* Likewise of the items of a schedule (the program's own) that the block starts: what began under
 * one text is paid under another where a county has one from some day on. */
enum speech { SPEAKS_NOT, SPEAKS_SOMETIMES, SPEAKS_ALWAYS };
enum speech never_speaks_of_items(const struct rulebook *rb, const struct never *n,
				  const struct block *block, uint16_t schedule);

struct str action_verb(enum action_kind kind);    /* "pay" */
struct str action_outcome(enum action_kind kind); /* "payment" */
struct str block_kind_name(enum block_kind kind);
bool action_moves_case(enum action_kind kind);    /* to a stage, onto an agenda: itself */
bool block_has_steps(enum block_kind kind);       /* its detail is an escalation */
struct str block_step_name(enum block_kind kind); /* "step", or of stages "stage" */

/* Line and column (from 1; columns count characters, not bytes) of an offset. */
void source_place(const struct source *s, uint32_t off, uint32_t *line, uint32_t *column);
uint32_t rulebook_line(const struct rulebook *rb, struct span span);   /* of a sealed rulebook */
struct str rulebook_text(const struct rulebook *rb, struct span span); /* the source itself */

/* A value as an author would write it, choices by name. */
void policy_value_text(struct buf *b, const struct rulebook *rb, const struct type *t,
		       struct value v);

#endif
