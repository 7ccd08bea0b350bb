"""Training of handeye's own models.

`tiny` is the recipe of the checkpoint that ships with the package.
"""
