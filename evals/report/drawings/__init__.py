"""What a report draws: targets and points on screenshots, and small plots.

Public modules: `marks`, `plots`, `screenshot`.
"""
