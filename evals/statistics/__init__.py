"""Error bars, and comparisons of runs.

Public modules: `bootstrap`, `repeats`, `wilson`.
"""
