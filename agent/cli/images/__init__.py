"""The commands that read an image: `detect`, `parse`, `extract`.

Public modules: `detect`, `parse`, `extract`, `marked` (drawing on an image).
"""
