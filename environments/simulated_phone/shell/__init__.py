"""The phone's shell: the part of mksh that computers use over adb.

Public modules: `run` (`Shell`), `call` (a command's arguments) and `pipe` (its input and output).
"""
