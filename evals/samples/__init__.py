"""Benchmarks that ask one question about each of many screenshots: their samples, predictions, judges and scores.

Public modules: `benchmark`, `dataset`, `judge`, `prediction`, `region`, `sample`, `run`, `rescore`.
"""
