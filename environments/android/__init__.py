"""An Android phone, over adb.

Public modules: `environment` (`AndroidEnvironment`) and `adb_server` (the user's adb server, or one of our own).
`simulated_phone` also uses `actions` and `apps`, `doctor` uses `link` and `listing`.
"""
