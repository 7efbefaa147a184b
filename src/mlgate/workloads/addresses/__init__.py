"""Addresses of models and of images, taken apart."""
