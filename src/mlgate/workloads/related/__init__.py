"""Other objects that decide with one what runs: what they add, and what they vouch for."""
