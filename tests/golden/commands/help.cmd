waymark help
