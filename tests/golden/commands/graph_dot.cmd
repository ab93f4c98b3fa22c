waymark graph tests/golden/language/tour.way
