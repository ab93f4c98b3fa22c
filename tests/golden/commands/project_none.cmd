waymark project tests/golden/language/tour.way
