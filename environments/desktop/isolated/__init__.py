"""An isolated desktop: an X server without a screen, a window manager, and the programs on it.

Public module: `environment` (`IsolatedDesktop`, `IsolatedDesktopEnvironment`).
"""
