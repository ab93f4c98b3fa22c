/* SPDX-License-Identifier: Apache-2.0
 *
 * Has Graphviz's program `dot` draw a graph, where it is installed.
 */
#ifndef WAYMARK_COMMANDS_GRAPHVIZ_H
#define WAYMARK_COMMANDS_GRAPHVIZ_H

#include "engine/base/str.h"

/* The picture as SVG is added to `svg`. Reports what fails in the name of the command; the exit
 * status. */
int graphviz_svg(const char *command, const struct buf *dot, struct buf *svg);

#endif
