waymark chekc policies
