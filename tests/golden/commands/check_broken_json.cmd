waymark check --json tests/golden/commands/input/broken.way
