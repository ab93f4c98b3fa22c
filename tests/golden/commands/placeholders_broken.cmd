waymark check --placeholders tests/golden/commands/input/broken.way
