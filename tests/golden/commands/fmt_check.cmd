d=$(mktemp -d); sed "s/^  /     /" policies/counties/alameda.way >$d/alameda.way; cd $d; waymark fmt --check .; echo "exit $?"; waymark fmt . && waymark fmt --check . && cat alameda.way; rm -r $d
