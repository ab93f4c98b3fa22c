#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Keeps grammar/LANGUAGE.md true. Each block fenced as ```waymark NAME is the file NAME of this folder;
# each ```message NAME is what `waymark check` says of it. Every file is shown, is laid out as
# `waymark fmt` does it, compiles and passes its scenarios; every file in wrong/ does not compile. A
# file that declares a time zone stands alone, the others compile together with vocabulary.way.
# usage: check.sh [--write]   (WAYMARK names the program)
#
# --write puts the files and the messages into LANGUAGE.md; then read the diff.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
page=$here/../../../grammar/LANGUAGE.md
waymark=${WAYMARK:-build/waymark}
case $waymark in
*/*) waymark=$(cd "$(dirname "$waymark")" && pwd)/$(basename "$waymark") ;;
esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/waymark-language.XXXXXX")
trap 'rm -rf "$dir"' EXIT
failed=0
NO_COLOR=1
export NO_COLOR

complain() {
	echo "check-language: $*" >&2
	failed=1
}

# The rulebook of one file: alone, or with the vocabulary that the examples share.
rulebook() {
	rm -rf "$dir/policies"
	mkdir "$dir/policies"
	cp "$here/$1" "$dir/policies/"
	grep -q '^timezone' "$here/$1" || cp "$here/vocabulary.way" "$dir/policies/"
}

# What the page should say: the page with every block filled in anew.
fill() {
	awk -v here="$here" -v said="$dir/said" '
		open && /^```$/ { open = 0 }
		!open { print }
		/^```(waymark|message) / {
			open = 1
			file = (($1 == "```waymark") ? here "/" : said "/") $2
			while ((getline line < file) > 0)
				print line
			close(file)
		}' "$page"
}

shown=$(sed -n 's/^```waymark //p' "$page")
[ -n "$shown" ] || complain "LANGUAGE.md shows no example"
[ -z "$(echo "$shown" | sort | uniq -d)" ] || complain "shown twice:" $(echo "$shown" | sort | uniq -d)
for name in $(sed -n 's/^```[a-z]* \(.*\.way\)$/\1/p' "$page"); do
	[ -f "$here/$name" ] || complain "LANGUAGE.md shows $name, and there is no such file"
done

passed=0
for file in "$here"/*.way "$here"/wrong/*.way; do
	name=${file#"$here"/}
	echo "$shown" | grep -qxF "$name" || complain "$name is not shown in LANGUAGE.md"
	rulebook "$name"
	mkdir -p "$dir/said/$(dirname "$name")"
	status=0
	(cd "$dir" && "$waymark" check policies) >"$dir/out" 2>"$dir/said/$name" || status=$?
	case $name in
	wrong/*)
		[ "$status" = 1 ] || complain "$name: check ends with $status, not with 1"
		continue
		;;
	esac
	if [ "$status" != 0 ]; then
		complain "$name does not compile:"
		cat "$dir/said/$name" >&2
		continue
	fi
	"$waymark" fmt --check "$file" >"$dir/out" 2>&1 || complain "$name is not laid out as waymark fmt does it"
	grep -qE '^(scenario|projection)' "$file" || continue
	if "$waymark" test "$dir/policies" >"$dir/out" 2>&1; then
		passed=$((passed + 1))
	else
		complain "the scenarios of $name:"
		cat "$dir/out" >&2
	fi
done
[ "$passed" -gt 0 ] || complain "no scenario was run"

fill >"$dir/LANGUAGE.md"
if [ "${1:-}" = --write ] && [ "$failed" = 0 ]; then
	cp "$dir/LANGUAGE.md" "$page"
elif ! diff -u "$page" "$dir/LANGUAGE.md" >&2; then
	complain "LANGUAGE.md differs from the examples; run tests/golden/language/check.sh --write"
fi
[ "$failed" != 0 ] || echo "check-language: $passed examples with scenarios, and every message as shown"
exit $failed
