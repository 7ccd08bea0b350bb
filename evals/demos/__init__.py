"""What `make run` and `make run-phone` show.

From outside: `miniwob` and `phone`, which are run with `python -m`.
"""
