"""What is known about programs: servers of models, and the commands beside them."""
