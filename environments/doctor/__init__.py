"""Checks of what is installed for each environment.

Public modules: `examine` (a topic's findings) and `finding`.
"""
