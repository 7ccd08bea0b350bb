"""How a history is put to a model, and how its reply is read; one module for each format.

From outside: `format` (`prompt_format`, which chooses one).
"""
