"""Files in the forms in which leaderboards take results.

Public modules: `submit`.
"""
