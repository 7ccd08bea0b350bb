"""How a history becomes a prompt, and how the reply is read; one module for each format.

From outside: `format` (`prompt_format`, which chooses one).
"""
