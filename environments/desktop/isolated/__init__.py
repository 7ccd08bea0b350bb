"""A desktop of our own: an X server without a screen, a window manager, and the programs on it.

From outside: `environment` (`IsolatedDesktop`, `IsolatedDesktopEnvironment`).
"""
