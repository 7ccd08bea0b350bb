"""A program in another Python, for packages whose requirements cannot be met in this one.

`host.py` runs in that interpreter, loads an adapter beside the package, and carries out calls over a socket of this
machine. Public modules: `errors`, `process`.
"""
