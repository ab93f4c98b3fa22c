waymark project tests/golden/commands/input/projection_ranges.way wide --json
