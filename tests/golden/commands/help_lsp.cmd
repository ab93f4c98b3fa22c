waymark help lsp; waymark lsp --today 2026-13-01; waymark lsp no-such-folder
