waymark test tests/golden/language/tour.way
