"""The phone's daemon: the ADB protocol over a socket.

Public modules: `daemon`, and `auth` and `gate` for the keys that the phone trusts.
"""
