"""Container registries: cards, signatures and attestations that lie there, fetched by digest alone."""
