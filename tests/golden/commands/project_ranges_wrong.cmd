d=$(mktemp -d) && cd "$d" && cat >policy.way <<'END' && waymark check policy.way; s=$?; rm -rf "$d"; exit $s
timezone "America/Los_Angeles"

case survivor

event visit of survivor
  minutes : number from 0 to 600
  kind    : one of call, talk
  seen    : yes/no

fund pot budget $2,000 per year

program help "Help"
  effective 2026-07-01

stipend visits of survivor
  on visit when minutes >= 60 and kind is talk and seen
  pay $100 to survivor from pot

county alameda "Alameda County"
  adopts help from 2026-07-01

projection turned in alameda
  cohort 5 of survivor
    all of them 2026-07-06 visit with minutes between 70 and 50, kind between 1 and 2, seen yes

projection beyond in alameda
  given fund pot with between $1,000 and $2,001 left
  cohort 5 of survivor
    all of them 2026-07-06 visit with minutes between 50 and 601, kind talk, seen yes

projection not_likely in alameda
  given fund pot with between $100 and $200, likely $150 spent
  cohort 5 of survivor
    all of them 2026-07-06 visit with minutes between 50 and 60, kind talk, seen yes
END
