for who in person worker; do waymark explain tests/golden/commands/input/rent.way tests/golden/commands/input/rent.jsonl --for $who; done
