"""Documents: images of pages, or a PDF, read into a tree of headings, paragraphs, tables and the rest.

Public modules: `parse` (`parse_document`, `parse_pages`), `document` and `blocks` (what it is read into), `errors`.
"""
