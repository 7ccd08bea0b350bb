"""How a history becomes a prompt, and how the reply is read; one module for each format.

Public modules: `format` (`prompt_format`, which chooses one).
"""
