"""The command `handeye eval`, one module for each eval.

From outside: `app`.
"""
