waymark test --coverage tests/golden/commands/input/tables_right.way && waymark test --coverage --json tests/golden/commands/input/tables_right.way
