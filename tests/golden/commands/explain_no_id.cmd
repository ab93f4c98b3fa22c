waymark explain --ledger no/such.db S-1
