"""An Android phone, over adb.

Public modules: `environment` (`AndroidEnvironment`) and `adb_server` (the user's adb server, or our own).
"""
