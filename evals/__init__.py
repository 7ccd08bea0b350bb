"""Harnesses that measure policies."""
