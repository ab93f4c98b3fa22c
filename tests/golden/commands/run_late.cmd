waymark run policies tests/golden/commands/input/any_order.jsonl >/dev/null
