"""Blocks: what is found in them is what was put there, whatever came before."""

import random

import pytest

from handeye.model.engine.blocks import SIZE, Blocks, Table


class Memory:
    """Slots that hold keys, as pages hold what is computed from them: from a token and all before it."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.slots: dict[int, tuple[int, ...]] = {}

    def open(self, keys: tuple[int, ...], room: int) -> tuple[Table, int]:
        """Open a table and read what is not there yet; returns what was there."""
        if lacking := self.blocks.lacking(keys, room):
            self.blocks.grow(lacking)
        table, copy = self.blocks.open(keys, room)
        if copy is not None:
            for offset, slot in enumerate(copy.source):
                self.slots[copy.start + offset] = self.slots[slot]
        kept = table.length
        self.require(table, keys[:kept])
        self.write(table, keys)
        return table, kept

    def write(self, table: Table, keys: tuple[int, ...]) -> None:
        places = (slot for part in table.slots(table.length, len(keys)) for slot in part)
        for length, slot in enumerate(places, table.length + 1):
            self.slots[slot] = keys[:length]
        table.length = len(keys)

    def require(self, table: Table, keys: tuple[int, ...]) -> None:
        places = [slot for part in table.slots(0, len(keys)) for slot in part]
        assert [self.slots[slot] for slot in places] == [keys[: length + 1] for length in range(len(keys))]


def test_a_long_prefix_is_found_to_the_token() -> None:
    memory = Memory()
    keys = tuple(range(100))
    table, kept = memory.open(keys, 20)
    assert kept == 0
    assert table.slots(0, 120) == [range(120)]
    memory.blocks.close(table, keys)
    for shared in (100, 77, 64, 16, 15, 1, 0):
        table, kept = memory.open((*keys[:shared], *range(1000, 1030)), 0)
        assert kept == shared
        memory.blocks.close(table, ())
        table, _ = memory.open(keys, 0)
        memory.blocks.close(table, keys)


def test_the_last_token_is_always_read_again() -> None:
    memory = Memory()
    for length in (1, SIZE, SIZE + 1, 5 * SIZE, 5 * SIZE + 3):
        keys = tuple(range(length))
        memory.blocks.close(memory.open(keys, 1)[0], keys)
        table, kept = memory.open(keys, 1)
        assert kept == length - 1
        memory.blocks.close(table, keys)


def test_slots_follow_one_another_where_they_can() -> None:
    memory = Memory()
    first = tuple(range(200))
    memory.blocks.close(memory.open(first, 50)[0], first)
    longer = (*first, *range(500, 900))
    table, kept = memory.open(longer, 50)
    assert kept == len(first)
    assert len(table.slots(0, len(longer))) == 1


def test_more_is_taken_only_if_all_is_in_use() -> None:
    memory = Memory()
    for start in range(0, 5000, 500):
        keys = tuple(range(start, start + 100))
        memory.blocks.close(memory.open(keys, 28)[0], keys)
    assert memory.blocks.tokens == 128
    held, _ = memory.open(tuple(range(100)), 28)
    memory.open(tuple(range(7000, 7100)), 28)
    assert memory.blocks.tokens == 256
    assert memory.blocks.used == 16
    memory.blocks.close(held, ())
    assert memory.blocks.used == 8


def test_blocks_that_are_not_there_are_not_given() -> None:
    blocks = Blocks()
    blocks.grow(2)
    assert blocks.lacking(range(100), 10) == 5
    with pytest.raises(ValueError, match="7 blocks are needed, 2 are unused"):
        blocks.open(range(100), 10)


def test_what_is_forgotten_is_not_found() -> None:
    memory = Memory()
    keys = tuple(range(50))
    table, _ = memory.open(keys, 14)
    memory.blocks.record(table, keys)
    memory.blocks.forget()
    assert memory.open(keys, 0)[1] == 0
    memory.blocks.close(table, keys)
    assert memory.open(keys, 0)[1] == 49


@pytest.mark.parametrize("seed", range(20))
def test_at_random(seed: int) -> None:
    """Sequences that begin alike, in any order, some at the same time: each finds nothing but its own tokens."""
    chance = random.Random(seed)
    memory = Memory()
    running: list[tuple[Table, tuple[int, ...], int]] = []
    found = 0
    for _ in range(150):
        match chance.choice(["open", "open", "write", "close", "forget" if chance.random() < 0.1 else "close"]):
            case "open":
                keys = tuple(chance.choice([1, 1, 1, 1, 1, 2]) for _ in range(chance.randrange(1, 90)))
                room = chance.randrange(0, 40)
                table, kept = memory.open(keys, room)
                found += kept
                memory.blocks.record(table, keys)
                running.append((table, keys, room))
            case "write" if running:
                place = chance.randrange(len(running))
                table, keys, room = running[place]
                longer = (*keys, *(chance.choice([1, 2]) for _ in range(chance.randrange(room + 1))))
                memory.write(table, longer)
                running[place] = table, longer, room - (len(longer) - len(keys))
            case "close" if running:
                table, keys, _ = running.pop(chance.randrange(len(running)))
                memory.require(table, keys)
                memory.blocks.close(table, keys if chance.random() < 0.8 else keys[: len(keys) // 2])
            case "forget":
                memory.blocks.forget()
        for table, keys, _ in running:
            memory.require(table, keys)
    assert found > 100
