f=$(mktemp) && waymark project tests/golden/commands/input/projection_ranges.way wide --county all --html "$f" >/dev/null; cat "$f"; rm "$f"
