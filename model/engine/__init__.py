"""Reading a prompt and choosing tokens.

Public modules: `generate` (`Reader`, `Sampling`), `watch` (`Watch`).
"""
