"""Proofs of the harnesses that need neither a model nor a network.

Public modules: `check`.
"""
