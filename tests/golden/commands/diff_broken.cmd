d=$(mktemp -d) && cp -r tests/audit/things "$d/old" && cp -r tests/audit/things "$d/new" && cd "$d" && echo 'nothing known' >>new/p.way && waymark diff old new; s=$?; rm -rf "$d"; exit $s
