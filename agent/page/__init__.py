"""The HTML page of an episode, in one file.

From outside: `document` (`write_page`).
"""
