"""UI-TARS-1.5 and its fine-tunes: `Thought:`, `Action:`, and calls with points between box tokens.

Public modules: `dialect` (`DESKTOP`, `MOBILE`).
"""
