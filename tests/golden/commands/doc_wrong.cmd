waymark doc tests/golden/commands/input/doc.way --on 2026-02-30; waymark doc tests/golden/commands/input/doc.way --county nappa; waymark doc tests/golden/commands/input/doc.way --program hepl
