"""Pods and containers as written, wherever an object has them, and where their paths lead."""
