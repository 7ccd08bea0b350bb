"""The phone's shell: as much of mksh as computers send over adb.

From outside: `run` (`Shell`), `call` (what a command is given) and `pipe` (what it reads and writes).
"""
