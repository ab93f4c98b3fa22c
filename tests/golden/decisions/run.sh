#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Golden decisions: for each folder here, `waymark run --until` over its events.jsonl under its
# policy.way gives decisions.jsonl, and `waymark explain` explained.txt, byte for byte: ids of
# outcomes too, since the same history must give the same ids. UPDATE=1 rewrites them; then read the
# diff. Fails when it finds no case.
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${WAYMARK:=$here/../../../build/waymark}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0
NO_COLOR=1
export NO_COLOR

# compare GOT WANT
compare() {
	[ -n "${UPDATE:-}" ] && cp "$1" "$2"
	if diff -u "$2" "$1" >"$tmp/diff" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED ${2#"$here"/}"
		cat "$tmp/diff"
	fi
}

for dir in "$here"/*/; do
	[ -f "$dir/events.jsonl" ] || continue
	until=$(cat "$dir/until")
	# Refused events are told on stderr, and the exit status is then 1: both belong to the result.
	(cd "$dir" && "$WAYMARK" run --until "$until" policy.way events.jsonl) >"$tmp/got" 2>"$tmp/err"
	echo "exit $?" >>"$tmp/err"
	compare "$tmp/got" "${dir}decisions.jsonl"
	compare "$tmp/err" "${dir}refused.txt"
	(cd "$dir" && "$WAYMARK" explain policy.way events.jsonl) >"$tmp/got" 2>/dev/null
	compare "$tmp/got" "${dir}explained.txt"
done
echo "decisions: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
