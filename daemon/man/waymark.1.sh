#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Writes waymark(1) from what the program says of itself, so that the two cannot differ.
# usage: waymark.1.sh WAYMARK >waymark.1
set -eu
waymark=$1

# Plain text as roff: backslashes doubled, no line may start with a dot or quote.
roff() { sed -e 's/\\/\\e/g' -e "s/^\([.']\)/\\\\\&\1/" -e 's/-/\\-/g'; }

cat <<END
.TH WAYMARK 1 "" "$("$waymark" --version | roff)" "Waymark"
.SH NAME
waymark \- decide what a county owes people and asks of them, from policies that its staff write
.SH SYNOPSIS
.B waymark
.I COMMAND
[options] ...
.SH DESCRIPTION
A rulebook is a folder with policy files, whose names end in .way; see
.BR waymark (5).
Results go to standard output, diagnostics to standard error.
.SH COMMANDS
END
"$waymark" help | sed -n 's/^  \([a-z-]*\) .*/\1/p' | while read -r command; do
	[ "$command" = help ] || [ "$command" = waymark ] && continue
	printf '.SS waymark %s\n.nf\n' "$(printf '%s' "$command" | roff)"
	"$waymark" help "$command" | sed '/^Exit status/d' | roff
	printf '.fi\n'
done
cat <<END
.SH EXIT STATUS
0 fine; 1 the thing asked about is not fine (errors in a policy, a failed scenario, a refused event); 2 wrong usage; 3 the
environment failed (input or output, the database).
.SH ENVIRONMENT
.TP
NO_COLOR
when set and not empty, no colours
.TP
TZDIR
where the time zone files are (/usr/share/zoneinfo)
.SH SEE ALSO
.BR waymark (5),
.BR waymark (8)
END
