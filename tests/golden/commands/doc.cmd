waymark doc tests/golden/commands/input/doc.way --on 2026-09-15
