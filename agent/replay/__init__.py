"""Carrying out a trajectory's actions again, and comparing the screens.

From outside: `run` (`replay`) and `compare`.
"""
