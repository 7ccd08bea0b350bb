"""Two runs of the same benchmark, question by question.

Public modules: `compare`, `page`, `tables`.
"""
