"""A real control plane on loopback with mlgate in front of it: for `make cluster` and the e2e tests."""
