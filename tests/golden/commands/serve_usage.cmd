waymark serve
