"""Rules that a reply is kept to: compiled for a vocabulary, and followed token by token.

Public modules: `compiler` (`Compiler`), `matcher` (`Matcher`).
"""
