f=$(mktemp) && waymark project tests/golden/commands/input/projection_ranges.way wide --county all --html "$f" >/dev/null; sed '1,/<\/style>/d' "$f"; rm "$f"
