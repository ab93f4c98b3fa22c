waymark project tests/golden/commands/input/projection_ranges.way --county nappa
