/* SPDX-License-Identifier: Apache-2.0
 *
 * A policy with one block of each kind, for tests of what is done with decisions. Tests name its
 * lines: a change here moves them.
 */
#ifndef WAYMARK_TESTS_SMALL_POLICY_H
#define WAYMARK_TESTS_SMALL_POLICY_H

#define SMALL_POLICY                                                                               \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case survivor\n"                                                                          \
	"  custody : one of none, juvenile default none\n"                                         \
	"  age : years optional\n"                                                                 \
	"  risk : number confidential default 0\n"                                                 \
	"case agency\n"                                                                            \
	"  vetted : yes/no default no\n"                                                           \
	"event session of survivor\n"                                                              \
	"  minutes : number\n"                                                                     \
	"event missed of survivor\n"                                                               \
	"  explained : yes/no\n"                                                                   \
	"event enrolled of survivor\n"                                                             \
	"event housed of survivor\n"                                                               \
	"event left of survivor\n"                                                                 \
	"event conviction of survivor\n"                                                           \
	"event arrested of survivor\n"                                                             \
	"event aged of survivor\n"                                                                 \
	"  sets age\n"                                                                             \
	"event placed of survivor\n"                                                               \
	"  provider : agency\n"                                                                    \
	"  price : money\n"                                                                        \
	"  share : percent\n"                                                                      \
	"event risk_found of survivor\n"                                                           \
	"  sets risk\n"                                                                            \
	"event vetting of agency\n"                                                                \
	"  sets vetted\n"                                                                          \
	"party diversion\n"                                                                        \
	"party advocate\n"                                                                         \
	"action jail\n"                                                                            \
	"fund services\n"                                                                          \
	"program p\n"                                                                              \
	"  effective 2026-07-01\n"                                                                 \
	"stipend counselling\n"                                                                    \
	"  on session when minutes >= 60\n"                                                        \
	"  pay $100 to survivor from services\n"                                                   \
	"  at most 1 per day\n"                                                                    \
	"escalation attendance\n"                                                                  \
	"  step first_step\n"                                                                      \
	"    on missed when not explained\n"                                                       \
	"    refer to diversion answered by enrolled within 14 days\n"                             \
	"      otherwise notify advocate \"no answer\"\n"                                          \
	"  step second_step after first_step\n"                                                    \
	"    on missed when not explained\n"                                                       \
	"    may assess $50 as late_fee\n"                                                         \
	"schedule housing\n"                                                                       \
	"  on housed\n"                                                                            \
	"  pay $500 to survivor monthly for 3 months starting first of next month\n"               \
	"  holds while custody is not none\n"                                                      \
	"  stops on left\n"                                                                        \
	"rule fined\n"                                                                             \
	"  on conviction\n"                                                                        \
	"  assess $100 as course in 4 weekly instalments\n"                                        \
	"  assess $30 as book due within 10 days\n"                                                \
	"rule takes_custody\n"                                                                     \
	"  on arrested\n"                                                                          \
	"  order jail\n"                                                                           \
	"  set custody to juvenile\n"                                                              \
	"rule minors\n"                                                                            \
	"  on aged when (age < 18) or unknown\n"                                                   \
	"  deny \"too young\"\n"                                                                   \
	"rule placement \"Placement with an agency\"\n"                                            \
	"  cite \"Section 4\"\n"                                                                   \
	"  on placed when provider.vetted and risk >= 3\n"                                         \
	"  pay share of price rounded down to the cent to provider\n"                              \
	"rule lowers_risk\n"                                                                       \
	"  on enrolled when risk > 5\n"                                                            \
	"  set risk to 5\n"                                                                        \
	"locked never order jail for survivor when count of arrested >= 2\n"                       \
	"county alameda\n"                                                                         \
	"  adopts p from 2026-07-01\n"

#endif
