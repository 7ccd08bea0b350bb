"""The devices of this machine: which there are, how much memory they have, and what goes where.

Public modules: `devices` (`choose_devices`), `plan` (`place`), `memory` (`needing`, `release`).
"""
