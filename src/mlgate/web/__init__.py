"""The webhook server: the only room that knows the web framework."""
