waymark explain-code W0101
