waymark help check
