"""What one policy does that another does not: in what they say of their rules, and in what they decide."""
