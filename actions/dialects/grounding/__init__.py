"""What models answer that only point: where something is, without an action.

They are dialects that say nothing but a click. Public modules: `answers` (`ANSWERS`, all of them).
"""
