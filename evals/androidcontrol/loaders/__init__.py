"""Reading AndroidControl: the published records, and the JSON files that others have made of them.

Public modules: `load`.
"""
