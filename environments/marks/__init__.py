"""Set-of-Mark: numbers on all elements that can be pointed at.

Public module: `environment` (`MarkedEnvironment`, which wraps any other environment).
"""
