"""Which models containers and fields name, at which address, and how that was found."""
