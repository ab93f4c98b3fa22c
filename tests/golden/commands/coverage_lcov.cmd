d=$(mktemp -d) && mkdir "$d/p" && cp tests/golden/commands/covered/*.way "$d/p" && cd "$d" && waymark test p --lcov out.info >out; s=$?; cat out.info; rm -rf "$d"; exit $s
