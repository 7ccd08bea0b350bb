"""Finds where one of several texts ends, in a single run over the characters.

Source: A. V. Aho and M. J. Corasick, Efficient string matching, 1975.
"""

from collections import deque
from collections.abc import Iterable, Mapping


class Occurrences:
    """What is known after each character of a text, as long as none of some texts has occurred in it.

    A node stands for the longest beginning of one of the texts that what was read ends with.
    """

    root = 0
    """The node of the empty beginning."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Raise `ValueError` if one of the texts is empty: it occurs everywhere."""
        self._next: list[dict[str, int]] = [{}]
        self._complete = {self._add(text) for text in texts}
        if self.root in self._complete:
            raise ValueError("the grammar wants text in which the empty text does not occur, and there is none")
        self._after: dict[int, Mapping[str, int]] = {}
        self._link()
        self.nodes = [node for node in self._after if node not in self._complete]
        """Those where none of the texts has occurred, the root first."""

    def after(self, node: int) -> Mapping[str, int]:
        """Return the node after each character that occurs in the texts; after all others it is the root."""
        return self._after[node]

    def _add(self, text: str) -> int:
        node = self.root
        for character in text:
            if character not in self._next[node]:
                self._next[node][character] = len(self._next)
                self._next.append({})
            node = self._next[node][character]
        return node

    def _link(self) -> None:
        """Find the nodes after each node, the shortest beginnings first."""
        alphabet = dict.fromkeys(sorted({character for node in self._next for character in node}), self.root)
        self._after[self.root] = {**alphabet, **self._next[self.root]}
        waiting = deque((node, self.root) for node in self._next[self.root].values())
        while waiting:
            node, shorter = waiting.popleft()
            if shorter in self._complete:
                self._complete.add(node)
            self._after[node] = {**self._after[shorter], **self._next[node]}
            waiting += ((after, self._after[shorter][character]) for character, after in self._next[node].items())
