"""Reads a manifest of any known kind into one form: `extract` before the look-ups, `complete` after them."""
