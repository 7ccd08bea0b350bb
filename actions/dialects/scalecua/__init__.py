"""ScaleCUA on a computer and on a phone: a thought, an operation in words and calls, in tags.

Public modules: `dialect` (`SCALECUA`), `mobile` (`SCALECUA_MOBILE`).
"""
