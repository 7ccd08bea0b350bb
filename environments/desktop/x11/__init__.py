"""Pointer, keyboard, clipboard, monitors and windows of an X11 desktop.

Public modules: `input` (`X11Input`), `system` (`X11System`, `X11Probe`), `display` (`open_display`) and `keys`.
"""
