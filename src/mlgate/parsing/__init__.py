"""The one door for bytes from outside: strict JSON, strict YAML, times."""
