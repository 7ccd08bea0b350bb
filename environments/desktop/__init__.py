"""A desktop: the user's own, or an isolated one.

Public modules: `environment` (`DesktopEnvironment`) and `isolated.environment` (`IsolatedDesktopEnvironment`).
System-specific code is in `x11`, `windows` and `macos`; only `connect` chooses between them.
"""
