waymark run policies --until 2026-02-30
