d=$(mktemp -d); cd "$d" && waymark check .; s=$?; rmdir "$d"; exit $s
