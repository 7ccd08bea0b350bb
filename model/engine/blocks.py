"""Which slots belong to which sequence, and what is known to be in them.

Slots come in blocks of a fixed number of tokens. A block whose tokens were read keeps their keys after its sequence has
ended, until its slots are needed: a sequence that begins with the same tokens uses it again. What is in a block depends
on all tokens before it, so it is found by its own keys together with the block before.

A key stands for one token: an id, or for the tokens of an image a negative number made from its content.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence

SIZE = 16
"""Tokens in a block."""

_ROOT = 0
"""What the first block of a sequence has before it."""


class Block:
    """A block of slots."""

    __slots__ = ("before", "content", "freed", "index", "keys", "users")

    def __init__(self, index: int) -> None:
        self.index = index
        """Its first slot is `SIZE * index`."""
        self.users = 0
        """Sequences that use it."""
        self.freed = 0
        """When its last user let go of it, counted in releases; 0 if there was none."""
        self.keys: tuple[int, ...] = ()
        """Of the tokens whose keys and values it holds for later sequences; none if it is not known."""
        self.before = _ROOT
        """The content of the block before it, while it is known."""
        self.content = _ROOT
        """A number that no other content has ever had, while it is known."""


class Table:
    """The blocks of one sequence, and the number of tokens in them that were read."""

    __slots__ = ("_runs", "blocks", "length")

    def __init__(self, blocks: list[Block], length: int) -> None:
        self.blocks = blocks
        self.length = length
        self._runs: list[range] = []
        """All slots, in as few ranges as possible."""
        for block in blocks:
            first = block.index * SIZE
            if self._runs and self._runs[-1].stop == first:
                self._runs[-1] = range(self._runs[-1].start, first + SIZE)
            else:
                self._runs.append(range(first, first + SIZE))

    def slots(self, start: int, stop: int) -> list[range]:
        """Return where the tokens from `start` to `stop` are, in as few ranges as possible."""
        found = []
        for run in self._runs:
            if start < len(run) and stop > 0:
                found.append(run[max(start, 0) : stop])
            start, stop = start - len(run), stop - len(run)
        return found


class Copy:
    """Slots whose content has to be copied before a table can be used."""

    __slots__ = ("source", "start")

    def __init__(self, source: range, start: int) -> None:
        self.source = source
        self.start = start


class Blocks:
    """All blocks."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._known: dict[tuple[int, tuple[int, ...]], Block] = {}
        self._after: defaultdict[int, list[Block]] = defaultdict(list)
        self._numbers = itertools.count(_ROOT + 1)
        self._releases = 0

    @property
    def tokens(self) -> int:
        """The number of slots."""
        return len(self._blocks) * SIZE

    @property
    def used(self) -> int:
        """The number of blocks that sequences use now."""
        return sum(block.users > 0 for block in self._blocks)

    def lacking(self, keys: Sequence[int], room: int) -> int:
        """Return how many blocks there are too few for a sequence of these tokens and `room` more."""
        found = self._known_prefix(keys)
        unused = sum(block.users == 0 for block in self._blocks) - sum(block.users == 0 for block in found)
        return max(0, _count(len(keys) + room) - len(found) - unused)

    def grow(self, count: int) -> None:
        """Add blocks."""
        self._blocks += [Block(len(self._blocks) + number) for number in range(count)]

    def open(self, keys: Sequence[int], room: int) -> tuple[Table, Copy | None]:
        """Return the table of a sequence of these tokens and `room` more, which must not lack a block.

        Its length is that of the prefix that is there already; the last token is never part of it, because what comes
        after it has to be computed. A part of a block that another sequence uses must be copied first.
        """
        blocks = self._known_prefix(keys)
        for block in blocks:
            block.users += 1
        before = blocks[-1].content if blocks else _ROOT
        length = len(blocks) * SIZE
        nearest, shared = self._nearest(before, keys[length:-1])
        copy = None
        if nearest is not None and nearest.users == 0:
            self._drop(nearest)
            nearest.users = 1
            blocks.append(nearest)
        blocks += self._take(_count(len(keys) + room) - len(blocks), blocks[-1].index if blocks else -1)
        if nearest is not None and nearest not in blocks:
            source, target = nearest.index * SIZE, blocks[length // SIZE].index * SIZE
            copy = Copy(range(source, source + shared), target)
        return Table(blocks, length + shared), copy

    def record(self, table: Table, keys: Sequence[int], *, closed: bool = False) -> None:
        """Let later sequences use what a table's blocks hold; `keys` are those of the tokens that were read.

        A block that is not full counts only if the sequence is closed, because its owner still writes into it.
        """
        before = _ROOT
        for number, block in enumerate(table.blocks[: _count(len(keys))]):
            part = tuple(keys[number * SIZE : (number + 1) * SIZE])
            if len(part) < SIZE and not closed:
                return
            same = self._known.get((before, part))
            if same is None:
                self._drop(block)
                block.keys, block.before, block.content = part, before, next(self._numbers)
                self._known[before, part] = same = block
                self._after[before].append(block)
            before = same.content

    def close(self, table: Table, keys: Sequence[int]) -> None:
        """Let go of a table; what its blocks hold of these tokens can be used again."""
        self.record(table, keys, closed=True)
        self._releases += 1
        for block in table.blocks:
            block.users -= 1
            block.freed = self._releases
        table.blocks, table.length = [], 0

    def forget(self) -> None:
        """Know of no content any more; the tables stay valid."""
        for block in list(self._known.values()):
            self._drop(block)

    def clear(self) -> None:
        """Have no blocks any more. No sequence may use one."""
        self.forget()
        self._blocks = []

    def _known_prefix(self, keys: Sequence[int]) -> list[Block]:
        """Return the full blocks that hold the first tokens, without the last token."""
        found: list[Block] = []
        before = _ROOT
        for start in range(0, (len(keys) - 1) // SIZE * SIZE, SIZE):
            block = self._known.get((before, tuple(keys[start : start + SIZE])))
            if block is None:
                break
            found.append(block)
            before = block.content
        return found

    def _nearest(self, before: int, keys: Sequence[int]) -> tuple[Block | None, int]:
        """Return the block after `before` that begins with the most of these tokens, and their number."""
        best, most = None, 0
        for block in self._after.get(before, ()):
            shared = _shared(block.keys, keys)
            if shared > most or (shared == most > 0 and best is not None and best.users > block.users == 0):
                best, most = block, shared
        return best, most

    def _take(self, count: int, last: int) -> list[Block]:
        """Return unused blocks: those that follow the block `last`, as far as possible, and the longest unused."""
        taken: list[Block] = []
        for block in self._blocks[last + 1 : last + 1 + count] if last >= 0 else ():
            if block.users:
                break
            taken.append(block)
        if len(taken) < count:
            here = {block.index for block in taken}
            others = [block for block in self._blocks if not block.users and block.index not in here]
            others.sort(key=lambda block: (block.freed, block.index))
            taken += sorted(others[: count - len(taken)], key=lambda block: block.index)
        if len(taken) < count:
            raise ValueError(f"{count} blocks are needed, {len(taken)} are unused")
        for block in taken:
            self._drop(block)
            block.users = 1
        return taken

    def _drop(self, block: Block) -> None:
        """Forget what a block holds."""
        if block.keys:
            del self._known[block.before, block.keys]
            self._after[block.before].remove(block)
            if not self._after[block.before]:
                del self._after[block.before]
            block.keys, block.before, block.content = (), _ROOT, _ROOT


def _count(tokens: int) -> int:
    return -(-tokens // SIZE)


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Return the length of the common beginning."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))
