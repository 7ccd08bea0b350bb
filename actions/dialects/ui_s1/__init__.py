"""UI-S1 on a phone: thoughts, and an action as one JSON object, each in tags.

Public modules: `dialect` (`UI_S1`).
"""
