d=$(mktemp -d) && cp -r tests/daemon/policies "$d/trial" && cd "$d" && cat >>trial/program.way <<'END' && waymark prove trial --scenarios s.way; s=$?; cat s.way; rm -rf "$d"; exit $s

action arrest_somebody "Arrest"

never pay more than $150 per case from pot

locked never order arrest_somebody for person

only after enrolled assess as fee for person

always notify helper within 5 days of convicted for person

rule told_at_once of person
  on moved
  notify helper "Somebody moved"

always notify helper within 5 days of moved for person
END
