"""A desktop: the user's own, or an isolated one.

From outside: `environment` (`DesktopEnvironment`) and `isolated.environment` (`IsolatedDesktopEnvironment`). What each
system needs is in `x11`, `windows` and `macos`; `connect` is the one place that chooses between them.
"""
