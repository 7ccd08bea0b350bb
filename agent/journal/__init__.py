"""An episode on disk: written before and after each action, and read back.

From outside: `writer` (`Journal`), `trajectory` (`read_trajectory`), `verdict`, and `durable` for files that survive a
kill at any moment.
"""
