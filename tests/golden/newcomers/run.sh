#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What somebody is told who writes a first policy and comes from Word and Excel: each NAME.way holds one
# mistake (or the folder NAME, when it takes several files), NAME.out is what `waymark check` says. A
# mistake is told once: a message that only follows from another one is a fault here. README.md says
# what the person wanted. A file that declares a time zone stands alone, the others compile together with
# the vocabulary of the language's examples.
# usage: run.sh [--write]   (WAYMARK names the program)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
waymark=${WAYMARK:-$here/../../../build/waymark}
case $waymark in
*/*) waymark=$(cd "$(dirname "$waymark")" && pwd)/$(basename "$waymark") ;;
esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/waymark-newcomers.XXXXXX")
trap 'rm -rf "$dir"' EXIT
NO_COLOR=1
export NO_COLOR
cases=0
failed=0

for case in "$here"/*.way "$here"/*/; do
	case=${case%/}
	[ -e "$case" ] || continue
	name=$(basename "$case" .way)
	want=$here/$name.out
	rm -rf "$dir/policies"
	mkdir "$dir/policies"
	if [ -d "$case" ]; then
		cp "$case"/* "$dir/policies/"
	else
		cp "$case" "$dir/policies/"
	fi
	grep -aq '^timezone' "$dir"/policies/* || cp "$here/../language/vocabulary.way" "$dir/policies/"
	status=0
	(cd "$dir" && "$waymark" check policies) >"$dir/stdout" 2>"$dir/got" || status=$?
	[ "$status" != 0 ] || { echo "newcomers: nobody is told of $name" && failed=$((failed + 1)); }
	[ "${1:-}" != --write ] || cp "$dir/got" "$want"
	diff -u "$want" "$dir/got" || failed=$((failed + 1))
	grep -q "^| $name |" "$here/README.md" || { echo "newcomers: README.md lacks $name" && failed=$((failed + 1)); }
	cases=$((cases + 1))
done
[ "$cases" -gt 0 ] || { echo "newcomers: no case was found" && exit 1; }
echo "newcomers: $cases mistakes, $failed failed"
[ "$failed" = 0 ]
