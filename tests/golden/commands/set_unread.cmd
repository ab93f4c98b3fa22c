waymark check tests/golden/commands/input/set_unread.way; waymark explain-code W0818
