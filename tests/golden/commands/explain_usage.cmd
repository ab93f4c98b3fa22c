waymark explain policies
