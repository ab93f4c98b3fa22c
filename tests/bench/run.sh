#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# `make bench`: the figures, each beside a peer or a floor in the same run. The machine's speed
# drifts, so compare the ratios. EVENTS and CASES set the size, SECONDS_EACH the length of a load,
# RECORDED the events of the ledger's benchmark, LARGE the cases of the large ledger and DUE the items
# at one instant: a million each in the long form.
set -eu
: "${BIN:?}" "${WAYMARK:?}" "${EVENTS:=1000000}" "${CASES:=50000}" "${SECONDS_EACH:=5}"
: "${RECORDED:=60000}" "${LARGE:=200000}" "${DUE:=50000}"
cd "$(dirname "$0")/../.."
dir=$(mktemp -d "${TMPDIR:-/tmp}/waymark-bench.XXXXXX")
pids=""
stop() {
	for p in $pids; do kill "$p" 2>/dev/null || true; done
	wait 2>/dev/null || true
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }'; }

echo "== deciding in process: $EVENTS events of $CASES cases over 58 counties, one core"
w=0
for round in 1 2 3; do
	line=$("$BIN/tests/bench/bench_decide" policies "$EVENTS" "$CASES")
	n=$(printf '%s\n' "$line" | awk '/^waymark/ {print $2}')
	[ "$n" -gt "$w" ] && w=$n && best=$line
	line=$("$BIN/tests/bench/bench_clips" tests/bench/pathway.clp "$EVENTS" "$CASES")
	c=$(printf '%s\n' "$line" | awk '{print $2}')
	echo "round $round: waymark $n events/s, clips $c events/s, ratio $(ratio "$n" "$c")"
done
printf '%s\n' "$best"
"$BIN/tests/bench/bench_switch" "$EVENTS" "$CASES"

echo "== waymark run, JSON Lines to JSON Lines"
"$BIN/tests/bench/gen_events" "$EVENTS" "$CASES" >"$dir/events.jsonl"
for round in 1 2 3; do
	from=$(date +%s%N)
	"$WAYMARK" run policies "$dir/events.jsonl" >"$dir/decisions.jsonl" 2>"$dir/refused"
	to=$(date +%s%N)
	awk -v n="$EVENTS" -v ns=$((to - from)) -v d="$(wc -l <"$dir/decisions.jsonl")" -v r="$(wc -l <"$dir/refused")" \
		'BEGIN { printf "run: %.0f events/s (%d decisions, %d lines about refused events)\n", n / (ns / 1e9), d, r }'
done

echo "== waymark check, 58 counties x 20 programs x 100 blocks"
python3 tests/bench/bench_check.py "$WAYMARK"
python3 tests/bench/bench_table.py "$WAYMARK"

echo "== waymark test --coverage beside waymark test"
python3 tests/bench/bench_coverage.py "$WAYMARK"

echo "== proofs and differences: the shipped policies, and how they grow"
python3 tests/bench/bench_proofs.py "$WAYMARK" policies

# load NAME URL PATH CONNECTIONS: requests per second, in $rate
load() {
	PATH_=$3 BATCH=${batch:-1} EVENTS="$dir/load.jsonl" TOKEN="${token:-none}" wrk -t1 "-c$4" "-d${SECONDS_EACH}s" --latency \
		-s tests/bench/events.lua "$2" >"$dir/wrk" 2>&1
	rate=$(awk '/Requests\/sec/ {print $2}' "$dir/wrk")
	p99=$(awk '$1 == "99%" {print $2}' "$dir/wrk")
	bad=$(awk '/Non-2xx/ {print $NF}' "$dir/wrk")
	echo "$1, $4 connections: $rate/s, p99 $p99${bad:+, $bad refused}"
}

wait_for() {
	i=0
	until curl -s -o /dev/null "$1"; do
		i=$((i + 1))
		[ $i -lt 100 ] || { echo "no server at $1" >&2; exit 3; }
		sleep 0.1
	done
}

start_daemon() {
	"$WAYMARK" serve --policies policies --ledger "$dir/$1.db" --listen 127.0.0.1:0 \
		2>"$dir/$1.log" &
	daemon=$!
	pids="$pids $daemon"
	i=0
	served=""
	until [ -n "$served" ]; do
		served=$(sed -n 's/.*"listening".*"port":\([0-9]*\).*/\1/p' "$dir/$1.log")
		i=$((i + 1))
		[ $i -lt 100 ] || { cat "$dir/$1.log" >&2; exit 3; }
		sleep 0.1
	done
	url="http://127.0.0.1:$served"
	wait_for "$url/healthz"
}

echo "== recording, beside plain SQLite that inserts the same rows, and what log and seal cost"
for group in 1024 32; do
	mkdir "$dir/ledgers"
	"$BIN/tests/bench/bench_ledger" policies "$dir/ledgers" "$RECORDED" "$CASES" "$group"
	rm -r "$dir/ledgers"
done

echo "== the daemon with batches of 100, beside plain SQLite with the same rows in groups of 1,024"
now=$(date +%s)
"$WAYMARK" token add bench --role submit --county all --ledger "$dir/batches.db" 2>/dev/null >"$dir/token"
token=$(cat "$dir/token")
start_daemon batches
for round in 1 2; do
	mkdir "$dir/ledgers"
	floor=$("$BIN/tests/bench/bench_ledger" policies "$dir/ledgers" "$RECORDED" "$CASES" 1024 $((now - 14400)) 3500 |
		awk '/^plain/ {print $2}')
	rm -r "$dir/ledgers"
	"$BIN/tests/bench/gen_events" 400000 "$CASES" $((now - 3600 * 4 + 3600 * round)) 3500 |
		sed 's/"id":"e-/"id":"r'"$round"'-/' >"$dir/load.jsonl"
	batch=100 load "batches of 100" "$url" /v1/events 8
	rate=$(awk -v r="$rate" 'BEGIN { printf "%.0f", r * 100 }')
	echo "$rate events/s, plain SQLite $floor; ratio $(ratio "$rate" "$floor")"
done
kill "$daemon"
wait "$daemon" 2>/dev/null || true
pids=""

echo "== a ledger decided again under a candidate"
python3 tests/bench/bench_replay.py "$WAYMARK" "$BIN" 100000 $((EVENTS / 100000))

echo "== a large ledger, and many items due at one instant"
python3 tests/bench/bench_large.py "$WAYMARK" "$BIN" large "$LARGE" "$SECONDS_EACH"
python3 tests/bench/bench_large.py "$WAYMARK" "$BIN" due "$DUE"

for connections in 32 256; do
	echo "== the daemon with $connections connections (wrk), beside servers that do the least"
	# Events of the last hour, so that nothing falls due in between, in rounds one after another.
	now=$(date +%s)
	for round in 1 2; do
		"$BIN/tests/bench/gen_events" 400000 "$CASES" $((now - 3600 * 3 + 3600 * round)) 3500 |
			sed 's/"id":"e-/"id":"r'"$round"'-/' >"$dir/load$round.jsonl"
	done
	port=$((20000 + $$ % 20000))
	"$BIN/tests/bench/server_fixed" "$port" &
	fixed=$!
	pids="$pids $fixed"
	wait_for "http://127.0.0.1:$port/"
	rm -f "$dir"/d.db*
	"$BIN/tests/bench/server_durable" $((port + 1)) "$dir/d.db" &
	durable=$!
	pids="$pids $durable"
	wait_for "http://127.0.0.1:$((port + 1))/"
	"$WAYMARK" token add bench --role submit --county all --ledger "$dir/w$connections.db" 2>/dev/null >"$dir/token"
	token=$(cat "$dir/token")
	start_daemon "w$connections"
	# twice in turn, the second time on warm servers
	for round in 1 2; do
		cp "$dir/load$round.jsonl" "$dir/load.jsonl"
		load "durable floor" "http://127.0.0.1:$((port + 1))" /v1/events "$connections"
		floor=$rate
		load "waymark /v1/events" "$url" /v1/events "$connections"
		echo "ratio $(ratio "$rate" "$floor") of the durable floor"
	done
	grep -m1 '"minutes":60' "$dir/load2.jsonl" | sed 's/"id":"r2-/"id":"dry-/; s/"subject":"[^"]*"/"subject":"S-dry"/' >"$dir/load.jsonl"
	for round in 1 2; do
		load "fixed floor" "http://127.0.0.1:$port" /v1/evaluate "$connections"
		floor=$rate
		load "waymark /v1/evaluate" "$url" /v1/evaluate "$connections"
		echo "ratio $(ratio "$rate" "$floor") of the fixed floor"
	done
	kill "$fixed" "$durable" "$daemon"
	wait "$fixed" "$durable" "$daemon" 2>/dev/null || true
	pids=""
done
