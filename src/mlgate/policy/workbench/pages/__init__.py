"""Pages about the rules, made from METADATA."""
