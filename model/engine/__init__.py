"""The engine: prompts in, tokens out.

Public modules: `engine` (`Engine`), `request` (`Request`), `sample` (`Sampling`), `watch` (`Watch`).
"""
