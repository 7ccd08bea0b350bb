"""Objects: finding, pointing at and counting everything that a phrase describes.

Public modules: `detect` (`detect`), `points` (`points`), `count` (`count`), `errors`.
"""
