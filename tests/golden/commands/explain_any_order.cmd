waymark explain --any-order --case S-4X7Q2M policies tests/golden/commands/input/any_order.jsonl
