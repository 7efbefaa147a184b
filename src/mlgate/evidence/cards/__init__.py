"""Model cards: where they come from (`sources`) and what they are written in (`formats`)."""
