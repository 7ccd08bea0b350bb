"""What is likely wrong with a measurement, found in its results: frames, boxes, directions, formats, sizes of images.

Public modules: `examine`, `finding`.
"""
