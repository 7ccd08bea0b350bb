"""What apps are called, and what happens when one is opened."""
