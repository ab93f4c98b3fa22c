d=$(mktemp -d) && cd "$d" && cat >policy.way <<'END' && waymark fmt --check policy.way && waymark project policy.way; s=$?; rm -rf "$d"; exit $s
timezone "America/Los_Angeles"

case survivor

event visit of survivor
  minutes : number from 0 to 600
  likely  : number optional

fund pot budget $2,000 per year

program help "Help"
  effective 2026-07-01

stipend visits of survivor
  on visit when minutes >= 60 and (likely is unknown or likely > 1)
  pay $100 to survivor from pot

county alameda "Alameda County"
  adopts help from 2026-07-01

projection may_come "What may come" in alameda
  given fund pot with between $1,600 and $1,800, likely $1,700 spent
  cohort 5 of survivor
    all of them 2026-07-06 visit with minutes between 50 and 70, likely 60
    all of them 2026-07-07 visit with minutes 60, likely 2
  expect paid from pot between $200 and $400
END
