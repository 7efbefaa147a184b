"""Signed statements: what was signed, by which key or identity. Whom to trust is for the rules of policy."""
