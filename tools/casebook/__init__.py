"""The cases of `examples/`: reading them, making bad twins of good ones, moving them to another day."""
