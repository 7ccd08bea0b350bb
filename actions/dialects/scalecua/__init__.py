"""ScaleCUA on a computer: a thought, an operation in words and calls, in tags.

Public modules: `dialect` (`SCALECUA`).
"""
