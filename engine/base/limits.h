/* SPDX-License-Identifier: Apache-2.0
 *
 * Every limit of the system, each with its reason. A limit is tested at its value and one past it.
 */
#ifndef WAYMARK_BASE_LIMITS_H
#define WAYMARK_BASE_LIMITS_H

/* policy text */
#define LIMIT_SOURCE_BYTES                                                                         \
	(4u << 20)          /* one policy file; a book of law fits, a stray dump does not */
#define LIMIT_SOURCES 4096u /* files of one rulebook; 58 counties x 20 programs is 1,200 */
#define LIMIT_RULEBOOK_BYTES                                                                       \
	(256u << 20)             /* all files together; offsets stay well inside 32 bits           \
				  */
#define LIMIT_FOLDER_DEPTH 16u   /* nesting of folders in a rulebook; also ends link cycles */
#define LIMIT_NAME_BYTES   64u   /* a name; longer ones cannot be read aloud */
#define LIMIT_TEXT_BYTES   4096u /* a quoted text */
#define LIMIT_NESTING      64u   /* parentheses and `not` in a condition */
#define LIMIT_EXPR_HEIGHT  256u  /* parts joined in a condition; bounds recursion over the tree */
#define LIMIT_DIAGNOSTICS  50u   /* reported per run; more would hide the first ones */

/* rule graph */
#define LIMIT_STACK        64u   /* values on the condition stack; follows from LIMIT_NESTING */
#define LIMIT_CODE         4096u /* instructions of one condition or amount */
#define LIMIT_OPTIONS      800u /* words after `is one of`: bounds recursion, and fits LIMIT_CODE */
#define LIMIT_COUNTIES     256u
#define LIMIT_PROGRAMS     1024u
#define LIMIT_FACTS        256u /* facts of one kind of case */
#define LIMIT_FIELDS       64u  /* fields of one event */
#define LIMIT_EVENT_TYPES  4096u
#define LIMIT_KINDS        1024u   /* kinds of case */
#define LIMIT_CHOICES      1024u   /* names of one `one of` list */
#define LIMIT_VALUES       10000u  /* dated values of one parameter */
#define LIMIT_PERIOD       1000000 /* units of a length of time; the calendar ends before */
#define LIMIT_WINDOW_DAYS                                                                          \
	3720u /* `in last`: 10 years, months taken as 31 days. A case keeps the days of its events \
		 for as long */
#define LIMIT_MEMBERS 100000u /* cases of one projection; they are in memory all at once */
#define LIMIT_RANGES  6u      /* of one projection: it is run 64 times, and once more */
#define LIMIT_LINES   10000u  /* lines, given cases, expectations of one scenario */
#define LIMIT_PARTS   1024u   /* events that one block waits for, tiers and steps counted apart */
#define LIMIT_ACTIONS (1u << 18) /* of all parts together: bounds what `on a or b` multiplies */
#define LIMIT_STEPS   64u        /* steps of one escalation; a set of steps is one 64-bit word */
#define LIMIT_TIMES   1200u /* instalments or recurring payments of one plan: 100 years monthly */

#define LIMIT_TABLE_INPUTS                                                                         \
	8u /* columns of a table that are looked up; with the rows and ranges                      \
	    */
#define LIMIT_TABLE_ROWS    1000u /* below, the exact check counts within 128 bits, in a second */
#define LIMIT_CELL_RANGES   32u   /* `a or b or …` in one cell of a table */
#define LIMIT_TABLE_OUTPUTS 8u
#define LIMIT_TABLE_SETTINGS                                                                       \
	1000u /* counties and days with different figures, for each of which a table is checked */

/* exact checks over all cases */
#define LIMIT_DIMENSIONS       1000u /* things that the conditions of one question read and add up */
#define LIMIT_UNKNOWNS         8u /* things that one comparison adds up; beyond, it is not followed */
#define LIMIT_LINEAR_ROWS      200u /* inequalities while unknowns are eliminated; they multiply */
#define LIMIT_SPACE_WORK       1000000u   /* of one question, in parts of conditions: 10 ms or so */
#define LIMIT_CHECK_WORK       400000000u /* of all questions of one compilation: some seconds */

/* cases and events */
#define LIMIT_ID_BYTES         128u  /* event id, case id */
#define LIMIT_SOURCE_ID_BYTES  256u  /* CloudEvents `source` */
#define LIMIT_FIELD_TEXT_BYTES 4096u /* a text in an event */
#define LIMIT_CASE_DUE         512u  /* deadlines and running schedules of one case */
#define LIMIT_OUTCOMES         512u  /* outcomes of one event */
#define LIMIT_AWAITED          256u  /* events of a case retracted or corrected before they came */
#define LIMIT_HISTORY                                                                              \
	20000u /* events, deadlines and items of a case that is decided again; it holds up others  \
		*/

#define LIMIT_MEETINGS                                                                             \
	520u /* full meetings that are passed over in search of a seat: ten years, weekly */

/* JSON and HTTP */
#define LIMIT_JSON_DEPTH    16u
#define LIMIT_BODY_BYTES    (1u << 20)
#define LIMIT_BATCH         1000u /* events in one batch */
#define LIMIT_HEAD_BYTES    (16u << 10)
#define LIMIT_HEAD_FIELDS   100u
#define LIMIT_TARGET_BYTES  8000u /* of a request line; RFC 9110 asks for at least this */

/* editors */
#define LIMIT_LSP_BYTES     (32u << 20) /* one message: a policy file with every byte escaped fits */
#define LIMIT_LSP_HEAD      4096u       /* its header */
#define LIMIT_LSP_DOCUMENTS 1024u       /* open at the same time */
#define LIMIT_LSP_LOCATIONS 2000u       /* places in one answer; nobody reads more */

#endif
