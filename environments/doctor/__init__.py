"""Checking what is installed for each environment.

From outside: `examine` (a topic's findings) and `finding`.
"""
