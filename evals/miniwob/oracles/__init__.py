"""Oracles: solvers that read the page, to prove rewards and to make training data."""
