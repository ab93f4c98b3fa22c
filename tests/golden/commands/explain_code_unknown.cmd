waymark explain-code W9999
