"""The names of tensors in the file layouts.

The released files use `visual.*` and `model.*`; files saved from the in-memory form of transformers 4.52 and later use
`model.visual.*` and `model.language_model.*`; OpenCUA's use `vision_tower.*`, `language_model.model.*` and
`language_model.lm_head.*`. This package uses the released names.
"""

_PREFIXES = (
    ("model.visual.", "visual."),
    ("model.language_model.", "model."),
    ("vision_tower.", "visual."),
    ("language_model.", ""),
)


def released_name(name: str) -> str:
    """Return the released name of a tensor or a module, from any layout."""
    for prefix, released in _PREFIXES:
        if name.startswith(prefix):
            return released + name.removeprefix(prefix)
    return name
