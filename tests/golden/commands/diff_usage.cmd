waymark diff tests/daemon/policies
