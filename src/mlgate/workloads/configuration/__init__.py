"""What ConfigMaps and settings tell servers: files, variables and scripts."""
