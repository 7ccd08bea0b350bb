"""The command `handeye`, one module for each command or for a few related ones.

Public modules: `app`, and `options` for the commands of the evals.
"""
