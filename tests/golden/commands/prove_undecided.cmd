d=$(mktemp -d) && cd "$d" && cat >policy.way <<'END' && waymark prove policy.way; s=$?; rm -rf "$d"; exit $s
timezone "America/Los_Angeles"
case person
event asked of person
event heard of person
party office
action jail
program p
  effective 2026-01-01
fund money
rule a of person
  on asked when count of heard in last 30 days >= 2
  notify office "a"
rule b of person
  on asked when count of heard in last 30 days >= 2 or unknown
  notify office "b"
rule c of person
  on asked when count of heard >= 2
  notify office "c"
stipend d of person
  on asked
  pay count of heard in last 1 year x $5 to person from money
rule j of person
  on heard
  order jail
never order jail for person when count of asked in last 1 month >= 1
county alameda "Alameda"
  adopts p from 2026-01-01
END
