"""The command `handeye`, one module for each command or for a few that belong together.

From outside: `app`.
"""
