"""How handeye-tiny was trained: its shape, its data format, its objective and its training loop.

`python -m handeye.model.training.tiny` trains it on data made by `python -m handeye.evals.miniwob.collect`. From
outside: `recipe` and `dataset`.
"""
