"""Fara-7B in a browser: thoughts, then one tool call.

Public modules: `dialect` (`FARA`).
"""
