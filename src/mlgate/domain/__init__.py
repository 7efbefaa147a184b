"""The nouns: frozen types that every other package speaks in. They import nothing of ours."""
