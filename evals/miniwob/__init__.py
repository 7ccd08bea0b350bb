"""MiniWoB++ in our own browser, from pixels alone.

Public modules: `task` (`MiniWob`), `selection`, and `collect`, which makes training data.
"""
