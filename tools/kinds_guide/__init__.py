"""The page about the kinds of objects the gate reads, made from the tables that the reader uses."""
