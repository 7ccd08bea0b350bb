"""Benchmarks that ask where something is on a screenshot: ScreenSpot and its successors.

Public modules: `benchmarks`, `selftest`.
"""
