waymark prove tests/daemon/policies --owe-more-than '$20,000' | sed -n '/^can one/,/^may a/p'; waymark prove tests/daemon/policies --owe-more-than twenty
