waymark project tests/golden/commands/input/projections_right.way meant --json
