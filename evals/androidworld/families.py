"""The families of AndroidWorld's tasks."""

from typing import Final, Literal, TypeAlias

Family: TypeAlias = Literal["android_world", "android", "information_retrieval", "miniwob", "miniwob_subset"]
"""116, 91, 25, 92 and 62 tasks. Source: google-research/android_world, android_world/registry.py."""
SEED: Final = 30
"""The seed of AndroidWorld's own runs, from which those of the instances are made. Source: its run.py."""


def is_miniwob(family: Family) -> bool:
    """Return whether a family's tasks are the pages of MobileMiniWoB++."""
    return family.startswith("miniwob")
