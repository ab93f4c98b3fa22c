waymark check tests/golden/commands/input/broken.way
