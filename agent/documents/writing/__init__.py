"""From the blocks of pages to HTML, Markdown, and a page that shows the boxes. All text is escaped.

Public modules: `html`, `markdown`, `view`.
"""
