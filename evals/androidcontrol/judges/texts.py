"""How protocols compare texts."""


def overlaps(said: str, meant: str) -> bool:
    """Return whether one contains the other, whatever their case. An empty one is contained in any."""
    said, meant = said.lower().strip(), meant.lower().strip()
    return said in meant or meant in said


def f1(said: str, meant: str) -> float:
    """Return the F1 of the sets of words, whatever their case; 0 without words."""
    words, wanted = set(said.lower().split()), set(meant.lower().split())
    common = len(words & wanted)
    if common == 0:
        return 0.0
    precision, recall = common / len(words), common / len(wanted)
    return 2 * (precision * recall) / (precision + recall)
