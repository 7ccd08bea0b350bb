"""MAI-UI: calls of a `mobile_use` with arguments of its own.

Public modules: `dialect` (`MAI_UI`).
"""
