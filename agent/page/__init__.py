"""The HTML page of an episode, in one file.

Public modules: `document` (`write_page`); for pages in the same look `episode`, `layout`, `marks`.
"""
