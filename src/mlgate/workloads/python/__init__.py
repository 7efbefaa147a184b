"""Programs of Python in a manifest, read without being run: what they load, start and hide."""
