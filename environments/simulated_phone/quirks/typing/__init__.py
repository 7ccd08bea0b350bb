"""What becomes of keys and text."""
