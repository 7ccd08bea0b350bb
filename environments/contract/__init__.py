"""Checks that an environment keeps the contract and that clicks land where they should.

Public modules: `check` (`check_environment`), `calibrate`, `targets` (the page that reports all
input) and `targets_show`.
"""
