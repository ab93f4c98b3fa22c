waymark project tests/golden/commands/input/projection_ranges.way --county nappa; waymark project tests/golden/commands/input/projection_ranges.way --county napa,alameda,napa
