"""What the phone's daemon accepts."""
