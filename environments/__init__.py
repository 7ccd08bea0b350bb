"""Screens that can be observed and controlled.

This package holds the contract (`environment`, `observation`, `errors`) and shared code. Each kind has its own package,
independent of the others: `browser`, `android`, `desktop`; `marks` wraps any of them. `simulated_phone` and `recording`
build on them, and `contract` and `doctor` on those.
"""
