"""How a history becomes a prompt, and in which dialect the reply is read: a profile for each family of checkpoints.

Public modules: `catalog` (`PROFILES`, `choose_profile`, `find_profile`), `profile` (`CheckpointProfile`).
"""
