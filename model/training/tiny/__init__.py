"""How handeye-tiny was made: its shape, its data at rest, its objective and its training loop.

`python -m handeye.model.training.tiny` trains it; `python -m handeye.evals.miniwob.collect` makes the data. From outside:
`recipe` and `dataset`.
"""
