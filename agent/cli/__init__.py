"""The command `handeye`, one module for each command or group of related commands.

From outside: `app`.
"""
