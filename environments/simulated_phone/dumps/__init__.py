"""The texts that `dumpsys` prints, one module for each group of services.

Public modules: `activity`, `screen` and `window`, for the command `dumpsys`.
"""
