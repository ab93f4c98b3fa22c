waymark check
