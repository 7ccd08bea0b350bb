"""The command `handeye eval`, one module for each eval.

Public modules: `app`.
"""
