waymark check --placeholders tests/golden/language/tour.way
