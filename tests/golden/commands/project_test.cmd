waymark test tests/golden/commands/input/projections_right.way
