waymark graph policies --county alamedda
