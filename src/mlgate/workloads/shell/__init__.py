"""Lines of shells: their words, for finding, and their grammar, for judging what runs."""
