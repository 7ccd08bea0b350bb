"""Older and newer Androids: their properties, their words in dumps, and the commands that they lack."""
