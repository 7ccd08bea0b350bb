"""The action spaces of the machine, and how our actions are written in them.

Public modules: `catalog`.
"""
