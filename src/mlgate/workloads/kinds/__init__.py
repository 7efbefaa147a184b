"""The table of kinds, typed: what its rows say, and the language of its paths."""
