"""A trajectory from what a person does, by the same loop and in the same journal.

From outside: `record`.
"""
