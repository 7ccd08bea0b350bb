"""AndroidControl: one step of an episode on a phone, judged against what a person did there.

Public modules: `registry`, `selftest`, `subsets`.
"""
