waymark check --placeholders tests/golden/commands/input/placeholders.way && waymark check --placeholders --json tests/golden/commands/input/placeholders.way
