waymark run policies tests/golden/commands/input/events.jsonl --json >/dev/null
