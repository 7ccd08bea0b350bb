"""Tasks on the simulated phone, in the manner of AndroidWorld.

Public modules: `task` (`SimulatedPhoneTasks`) and `catalog`.
"""
