f=$(mktemp) && waymark doc tests/golden/commands/input/doc.way --county napa --program help --on 2027-02-01 --html "$f"; sed '1,/<\/style>/d' "$f"; rm "$f"
