d=$(mktemp -d) && cd "$d" && cat >policy.way <<'END' && waymark test --mutate policy.way; s=$?; rm -rf "$d"; exit $s
timezone "America/Los_Angeles"

case shop

event inspected of shop
  faults : number from 0 to 100

program inspections "Inspections"
  effective 2026-01-01

amount many is $50

table scale of shop
  | faults     | -> each |
  | under 10   | $20     |
  | 10 to 19   | many    |
  | 20 or more | $90     |

fine inspection of shop
  on inspected
  assess faults x scale.each as fee

county alameda "Alameda County"
  adopts inspections from 2026-01-01

scenario "Nine and ten" in alameda
  given shop
  2026-01-05 inspected with faults 9
    expect assess $180 as fee
  2026-01-06 inspected with faults 10
    expect assess $500 as fee
END
