waymark token add x --role king --county all --ledger /nonexistent/l.db
