"""Holo1 in a browser: a JSON object with a note, a thought and an action.

Public modules: `dialect` (`HOLO`).
"""
