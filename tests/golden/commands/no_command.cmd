waymark
