"""Which cards an object names, and which models they cover."""
