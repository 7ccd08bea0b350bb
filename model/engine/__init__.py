"""Reading a prompt and choosing tokens.

From outside: `generate` (`Reader`, `Sampling`).
"""
