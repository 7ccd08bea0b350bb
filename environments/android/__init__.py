"""An Android phone, over adb.

From outside: `environment` (`AndroidEnvironment`) and `adb_server` (the user's adb server, or one of ours).
"""
