d=$(mktemp -d); printf '\n\n' >$d/blank.way; cd $d; waymark fmt .; echo "exit $?"; wc -c <blank.way; rm -r $d
