"""Repeating a trajectory's actions and comparing the screens.

Public modules: `run` (`replay`) and `compare`; the command line also uses `cues`, `environment` and `policy`.
"""
