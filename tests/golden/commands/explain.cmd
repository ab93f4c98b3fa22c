waymark explain policies tests/golden/commands/input/events.jsonl --until 2026-07-31 2>/dev/null
