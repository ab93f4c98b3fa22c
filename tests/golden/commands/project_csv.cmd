f=$(mktemp) && waymark project tests/golden/commands/input/projection_ranges.way wide --county all --csv "$f" >/dev/null; cat "$f"; rm "$f"
