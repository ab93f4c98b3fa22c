waymark prove tests/golden/commands/input/rent.way
