"""The HTML page of an episode, in one file.

Public modules: `document` (`write_page`).
"""
