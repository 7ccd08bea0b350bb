"""From a reply in QwenVL HTML to the blocks of a page. Any text is read, however broken.

Public modules: `read`.
"""
