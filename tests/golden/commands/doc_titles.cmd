waymark doc tests/golden/commands/input/rent.way --on 2026-07-15
