"""What a results folder says, whatever it was measured by: one form for reports, comparisons and checks.

Public modules: `answer`, `find`, `rates`, `run`.
"""
