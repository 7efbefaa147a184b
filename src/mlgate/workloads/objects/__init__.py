"""One object, read by its row of the table of kinds."""
