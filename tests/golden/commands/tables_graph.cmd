waymark graph tests/golden/commands/input/tables_right.way --county kern && waymark graph --format json tests/golden/commands/input/tables_right.way
