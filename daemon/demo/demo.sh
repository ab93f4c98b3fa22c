#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# `make demo`: starts the daemon on the shipped policies with a ledger of its own, sends it the
# events of events.jsonl, shows what was decided and why, and where to look further. With
# DEMO_STAY=1 the daemon keeps running until Ctrl-C. usage: demo.sh WAYMARK POLICIES
set -eu

waymark=$1
policies=$2
here=$(dirname "$0")
dir=$(mktemp -d "${TMPDIR:-/tmp}/waymark-demo.XXXXXX")
pid=""

stop() {
	if [ -n "$pid" ]; then
		kill -TERM "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	fi
	pid=""
	[ -n "${DEMO_KEEP:-}" ] || rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n== %s\n' "$*"; }

say "1. The policies compile, and their scenarios hold"
"$waymark" check "$policies"
"$waymark" test "$policies" | tail -n 1

say "2. A token for the case system, one for a case worker; then the daemon"
submit=$("$waymark" token add demo-cms --role submit --county alameda --ledger "$dir/ledger.db" 2>/dev/null)
read=$("$waymark" token add demo-worker --role read --county alameda --ledger "$dir/ledger.db" 2>/dev/null)
"$waymark" serve --policies "$policies" --ledger "$dir/ledger.db" --listen 127.0.0.1:0 \
	--socket "$dir/waymark.sock" 2>"$dir/log" &
pid=$!
tries=0
port=""
until [ -n "$port" ] && curl -fs "http://127.0.0.1:$port/readyz" >/dev/null; do
	tries=$((tries + 1))
	if [ "$tries" -gt 100 ] || ! kill -0 "$pid" 2>/dev/null; then
		echo "the daemon did not start; its log:" >&2
		cat "$dir/log" >&2
		exit 1
	fi
	sleep 0.1
	port=$(sed -n 's/.*"listening".*"port":\([0-9]*\).*/\1/p' "$dir/log")
done
url="http://127.0.0.1:$port"
echo "waymark serve is listening on $url (ledger: $dir/ledger.db)"

say "3. Events of a few people over five months, as a case system would send them"
while IFS= read -r event; do
	[ -n "$event" ] || continue
	curl -fsS -H "Authorization: Bearer $submit" -H 'Content-Type: application/cloudevents+json' \
		--data-binary "$event" "$url/v1/events" >>"$dir/decisions.jsonl"
	echo >>"$dir/decisions.jsonl"
done <"$here/events.jsonl"
echo "$(grep -c . "$here/events.jsonl") events sent, each answered once its decision was on disk."
echo "They lie in the past, so deadlines and payments in between fire at once. An event that comes after"
echo "such a deadline has its case decided again: what no longer follows is taken back."

say "4. What was decided (GET /v1/outcomes)"
curl -fsS -H "Authorization: Bearer $read" "$url/v1/outcomes?after=0&limit=1000" |
	python3 "$here/show.py" outcomes

say "5. One person's case (GET /v1/cases/S-4X7Q2M) and what another still gets (S-3T9WLC/upcoming)"
curl -fsS -H "Authorization: Bearer $read" "$url/v1/cases/S-4X7Q2M" | python3 "$here/show.py" case
curl -fsS -H "Authorization: Bearer $read" "$url/v1/cases/S-3T9WLC/upcoming" |
	python3 "$here/show.py" upcoming

say "6. Why did a 59-minute meeting pay nothing? (waymark explain)"
"$waymark" explain "$policies" "$here/events.jsonl" --event e-0003
echo
"$waymark" explain "$policies" "$here/events.jsonl" --event e-0003 --for person

say "7. What would it change to raise the stipend? (waymark diff)"
cp -R "$policies" "$dir/raised"
sed -i 's/^\(amount counselling_stipend .* is \)\$100$/\1$120/' "$dir/raised/programs/pathway_to_safety.way"
"$waymark" diff "$policies" "$dir/raised" | sed "s|$dir/||" || true

say "8. And what would it have done to these people? All of it in one document, to print and sign (waymark review)"
packet=$(dirname "$waymark")/packet.html
"$waymark" review "$policies" "$dir/raised" --ledger "$dir/ledger.db" -o "$packet"
sed -n '/<h2>In short/,/<\/ul>/s/^<li>/  /p' "$packet"
echo "Open $packet in a browser."

say "9. Is the ledger as it was written, and does all of it follow from the policy? (verify, replay)"
"$waymark" verify "$dir/ledger.db"
"$waymark" replay "$dir/ledger.db" --verify

say "Where to look"
cat <<END
  $packet        the document about the change
  policies/                what the counties decided, in words: start with programs/pathway_to_safety.way
  grammar/LANGUAGE.md      the language, with a ten-minute tour
  daemon/API.md            every request the daemon answers
  daemon/OPERATING.md      installing and running it
  $waymark help         the commands
END
if [ -n "${DEMO_STAY:-}" ]; then
	printf '\nThe daemon stays at %s until Ctrl-C. A token that may read: %s\n' "$url" "$read"
	wait "$pid"
fi
