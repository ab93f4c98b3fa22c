waymark check policies | sed "s/^version .*/version .../"
