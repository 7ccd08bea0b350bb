"""The vocabulary of actions: schema, geometry, parsing, dialects."""
