waymark check tests/golden/commands/input/projections.way
