"""What decides what a model server loads and cannot be followed: each such place is told."""
