"""The programs in the phone's /system/bin, one module for each or for a few that belong together.

From outside: `table`, which finds a command by its name.
"""
