waymark serve --policies no/such --ledger /nonexistent/l.db 2>&1 | grep -o "no/such.*" | head -n 1
