"""What people look at after a run: a page, tables in Markdown, rows for a spreadsheet, files for leaderboards.

Public modules: `document`, `published`, `sheet`, `text`.
"""
