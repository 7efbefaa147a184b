"""The compliance matrix: what the frameworks ask for, and what of that a policy enforces."""
