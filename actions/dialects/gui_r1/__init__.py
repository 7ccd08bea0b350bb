"""GUI-R1: a thought, and a list of one action in single quotes, in tags.

Public modules: `dialect` (`GUI_R1`).
"""
