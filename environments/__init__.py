"""Screens that can be seen and acted on."""
