"""Trying a model: whether it sees, how far off its points are, how fast it is; each failure with its likely cause.

Public modules: `examination` (`try_model`). Pictures are drawn in `square`, `sheet` and `screen`, the model is asked in
`asking` and `pointing`, and the answers are judged in `words`, `sight`, `tokens`, `reading`, `aim` and `speed`, by
numbers and texts alone.
"""
