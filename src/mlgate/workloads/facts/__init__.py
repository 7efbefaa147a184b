"""What single fields settle about a whole object."""
