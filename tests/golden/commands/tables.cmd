waymark check tests/golden/commands/input/tables.way
