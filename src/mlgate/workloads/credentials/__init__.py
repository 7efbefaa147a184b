"""What looks like a credential: in one string, in a whole object, and how it is kept out of sight."""
