"""The phone's daemon: the ADB protocol over a socket.

From outside: `daemon`, and `auth` for the keys that the phone trusts.
"""
