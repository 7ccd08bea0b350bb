"""Other action vocabularies, read and written."""
