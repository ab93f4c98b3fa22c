#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The house rules that a machine can check: directions of includes, forbidden calls, layout. Prints
# each breach as FILE:LINE and fails when there is any.
set -u
cd "$(dirname "$0")/../.." || exit 3
breaches=$(mktemp)
trap 'rm -f "$breaches"' EXIT

# complain MESSAGE: each line of standard input is a breach. It stands at the end of pipes, in a
# shell of its own, so breaches are counted in a file.
complain() {
	sed "s|\$|   <- $1|" | tee -a "$breaches"
}

# may_see FOLDER LAYER...: what the files of a folder may include.
may_see() {
	folder=$1
	shift
	allowed=$(printf '%s|' "$@")
	grep -rnE '^#include "' "$folder" --include='*.[chyl]' --include='*.cc' |
		grep -vE "#include \"(${allowed%|})/" |
		grep -vE '#include "grammar/(parser|lexer)\.[a-z.]*h"' |
		complain "$folder may not include this"
}

may_see engine/base engine/base
may_see engine/values engine/base engine/values
may_see engine/policy engine/base engine/values engine/policy
may_see engine/case engine/base engine/values engine/policy engine/case
may_see engine/decide engine/base engine/values engine/policy engine/case engine/decide
may_see engine/page engine/base engine/values engine/page
may_see engine/audit engine/base engine/values engine/policy engine/case engine/decide engine/audit
may_see engine/explain engine/base engine/values engine/policy engine/case engine/decide engine/analyse engine/page engine/audit engine/explain
may_see engine/trial engine/base engine/values engine/policy engine/case engine/decide engine/analyse engine/page engine/audit engine/explain engine/trial
may_see engine/analyse engine/base engine/values engine/policy engine/case engine/decide engine/analyse
may_see grammar engine/base engine/values engine/policy engine/analyse grammar
may_see daemon/wire engine grammar daemon/wire
may_see daemon/lsp engine grammar daemon/wire daemon/lsp
may_see daemon/ledger engine daemon/wire daemon/ledger
may_see daemon/replay engine grammar daemon/wire daemon/ledger daemon/replay
may_see daemon/serve engine grammar daemon/wire daemon/ledger daemon/replay daemon/serve

code() { # code PATTERN FOLDER...: lines of code (comments left out) that match
	pattern=$1
	shift
	grep -rnE "$pattern" "$@" --include='*.[chyl]' --include='*.cc' | grep -vE '^[^:]*:[0-9]*:[[:space:]]*(/?\*|//)'
}

code '\bsqlite3_' engine grammar daemon/wire daemon/lsp daemon/replay daemon/serve daemon/commands daemon/main.c | complain 'sqlite3_ only in daemon/ledger'
code '\bev_[a-z_]+ ?\(' engine grammar daemon/wire daemon/lsp daemon/ledger daemon/replay daemon/commands daemon/main.c | complain 'ev_ only in daemon/serve'
code '\b(malloc|calloc|realloc|free) ?\(' engine grammar | grep -v '^engine/base/mem\.c' | complain 'memory comes from engine/base/mem'
code '\b(printf|fprintf|puts|putchar|fopen|open|read|write|time|clock|gettimeofday|clock_gettime|getenv|exit|rand|srand) ?\(' engine grammar | grep -v '^engine/base/mem\.c' | complain 'the engine does no I/O and has no clock'
code '\b(sprintf|vsprintf|strcpy|strcat|strtok|gets|atoi|atol|atof|system|alloca|setjmp|longjmp) ?\(' engine grammar daemon | complain 'forbidden call'
code '^[^"]*\b(float|double)\b' engine grammar | complain 'no floating point in the engine'
grep -rnE '[[:space:]]+$' engine grammar daemon tests Makefile --include='*.[chyl]' --include='*.cc' --include='*.sh' --include='*.py' --include=Makefile | complain 'trailing space'

for f in $(git ls-files 'engine/*.[ch]' 'grammar/*.[chyl]' 'daemon/*.[ch]' 'daemon/*.cc' 'tests/*.[ch]' 'tests/*.sh' 'tests/*.py'); do
	head -3 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f:1:" | complain 'no licence line'
done

# Every code word is reported somewhere and explained once; top level stays as agreed.
git ls-files | cut -d/ -f1 | sort -u |
	grep -vxE 'engine|grammar|policies|daemon|tests|Makefile|README\.md|LICENSE|\..*' |
	complain 'does not belong at the top level'

if command -v clang-format >/dev/null; then
	git ls-files -z 'engine/*.[ch]' 'grammar/*.[ch]' 'daemon/*.[ch]' 'tests/*.[ch]' |
		xargs -0 clang-format --dry-run -Werror 2>&1 | grep -oE '^[^ :]+:[0-9]+:' | sort -u |
		complain 'make fmt would change this line'
else
	echo "lint: clang-format is not installed, the layout was not checked" >&2
fi
[ -s "$breaches" ] && exit 1
echo "lint: fine"
