"""The names of tensors in the two layouts of files.

The released files call the parts `visual.*` and `model.*`; files saved from the in-memory form of transformers 4.52 and
later call them `model.visual.*` and `model.language_model.*`. Ours are the released names.
"""


def released_name(name: str) -> str:
    """Return the released file's name of a tensor, from either layout."""
    if name.startswith("model.visual."):
        return name.removeprefix("model.")
    if name.startswith("model.language_model."):
        return "model." + name.removeprefix("model.language_model.")
    return name
