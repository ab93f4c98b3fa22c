waymark explain policies tests/golden/commands/input/events.jsonl --event nope 2>/dev/null
