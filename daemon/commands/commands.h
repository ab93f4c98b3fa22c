/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands, one file each. argv[0] is the command's own name; the result is the exit status
 * (enum exit_status).
 */
#ifndef WAYMARK_COMMANDS_COMMANDS_H
#define WAYMARK_COMMANDS_COMMANDS_H

int cmd_backup(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_explain_code(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_fmt(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_prove(int argc, char **argv);
int cmd_doc(int argc, char **argv);
int cmd_graph(int argc, char **argv);
int cmd_head(int argc, char **argv);
int cmd_lsp(int argc, char **argv);
int cmd_project(int argc, char **argv);
int cmd_purge(int argc, char **argv);
int cmd_hold(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_review(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_verify(int argc, char **argv);

#endif
