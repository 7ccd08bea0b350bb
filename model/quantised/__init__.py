"""Weights in fewer bits: a linear layer that keeps them packed, and a file for each format.

Public modules: `linear` (`PackedLinear`), `scheme` (`read_scheme`), `pack` (putting the layers into a network),
`at_load` (eight bits of an ordinary checkpoint), `header` (what the files say of a tensor), `elements` (`FLOAT8`).
"""
