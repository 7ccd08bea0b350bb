"""Error bars, and comparisons of runs.

Public modules: `bootstrap`, `breakdown`, `mcnemar`, `paired`, `repeats`, `wilson`.
"""
