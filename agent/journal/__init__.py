"""An episode on disk: written before and after each action, and read back.

Public modules: `writer` (`Journal`), `line` (what a line of it holds), `trajectory` (`read_trajectory`), `verdict`, and
`durable` for files that survive a kill at any moment.
"""
