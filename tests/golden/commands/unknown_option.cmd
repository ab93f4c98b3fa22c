waymark check --jsno policies
