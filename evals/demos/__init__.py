"""What `make run` and `make run-phone` show.

Public modules: `miniwob` and `phone`, which are run with `python -m`.
"""
