"""Repeating the actions of a trajectory, and comparing the screens.

From outside: `run` (`replay`) and `compare`.
"""
