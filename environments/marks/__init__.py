"""Set-of-Mark: numbers on everything that can be pointed at.

From outside: `environment` (`MarkedEnvironment`, which wraps any other environment).
"""
