"""The names of tensors in the two file layouts.

The released files use `visual.*` and `model.*`; files saved from the in-memory form of transformers 4.52 and later use
`model.visual.*` and `model.language_model.*`. This package uses the released names.
"""


def released_name(name: str) -> str:
    """Return the released name of a tensor, from either layout."""
    if name.startswith("model.visual."):
        return name.removeprefix("model.")
    if name.startswith("model.language_model."):
        return "model." + name.removeprefix("model.language_model.")
    return name
