"""How handeye-tiny was made: its shape, its data at rest, its objective and its training loop.

`python -m handeye.model.training.tiny` trains it on data made by `python -m handeye.evals.miniwob.collect`. From
outside: `recipe` and `dataset`.
"""
