waymark check no/such/folder
