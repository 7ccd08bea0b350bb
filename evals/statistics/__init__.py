"""Error bars, and comparisons of runs.

Public modules: `bootstrap`, `mcnemar`, `paired`, `repeats`, `wilson`.
"""
