"""Supervised training of our own model."""
