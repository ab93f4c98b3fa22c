d=$(mktemp -d) && mkdir "$d/p" && cp tests/golden/commands/covered/*.way "$d/p" && cd "$d" && waymark test p --html page.html >out; s=$?; sed '1,/<\/style>/d' page.html; rm -rf "$d"; exit $s
