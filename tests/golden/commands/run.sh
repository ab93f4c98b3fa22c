#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Golden tests of the commands: NAME.cmd is a line of shell run at the top of the project, in which
# `waymark` is the program; NAME.out is what it prints on both streams, and its exit status.
# UPDATE=1 rewrites the expectations. Fails when it finds no case.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../.." || exit 3
: "${WAYMARK:=$PWD/build/waymark}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
ln -s "$WAYMARK" "$tmp/waymark"
PATH="$tmp:$PATH"
export PATH NO_COLOR=1
passed=0
failed=0
for cmd in "$here"/*.cmd; do
	[ -e "$cmd" ] || continue
	want="${cmd%.cmd}.out"
	{
		sh "$cmd" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
		status=$?
		cat "$tmp/stdout"
		echo "--- stderr"
		cat "$tmp/stderr"
		echo "--- exit $status"
	} >"$tmp/got"
	if [ -n "${UPDATE:-}" ]; then
		cp "$tmp/got" "$want"
	fi
	if diff -u "$want" "$tmp/got" >"$tmp/diff" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $(basename "$cmd")"
		cat "$tmp/diff"
	fi
done
echo "commands: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
