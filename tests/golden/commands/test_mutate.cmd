d=$(mktemp -d) && cp -r tests/daemon/policies "$d/trial" && cd "$d" && cat >trial/scenarios.way <<'END' && waymark test --mutate trial --suggest s.way; s=$?; cat s.way; rm -rf "$d"; exit $s
scenario "An hour is paid" in alameda
  given person
  2026-07-01 visit with minutes 60
    expect pay $100 to person from pot

scenario "Less is not" in alameda
  given person
  2026-07-01 visit with minutes 59
    expect nothing
END
