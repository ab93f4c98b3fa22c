waymark run policies tests/golden/commands/input/events.jsonl --until 2026-07-31 | sed "s/\"version\":\"[0-9a-f]*\"/\"version\":\"...\"/g"
