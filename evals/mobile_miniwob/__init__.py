"""MobileMiniWoB++ without Android: a labelled proxy in a touched Chromium, and one on the simulated phone.

Public modules: `chromium` and `phone` (each makes tasks and their screen), `selection`, `protocol` and `sets`.
"""
