import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.evals.androidcontrol.records.tfrecord import read_records
from handeye.evals.androidcontrol.written import record, write_shard
from handeye.evals.samples.dataset import InvalidDataset

CONTENTS = [b"first", b"", bytes(70_000), b"last"]


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    path = tmp_path / "android_control-00000-of-00001"
    write_shard(path, CONTENTS)
    return path


def plain(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_records_come_back_with_their_places(shard: Path) -> None:
    assert list(read_records(shard)) == list(zip([0, 21, 37, 70_053], CONTENTS, strict=True))
    read: list[int] = []
    list(read_records(shard, read.append))
    assert read[-1] == shard.stat().st_size


def test_a_file_that_is_not_compressed(tmp_path: Path) -> None:
    path = plain(tmp_path / "plain", b"".join(map(record, CONTENTS)))
    assert [content for _, content in read_records(path)] == CONTENTS
    assert list(read_records(plain(tmp_path / "empty", b""))) == []


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        (3, "damaged at byte 0 .*checksum of a record's length"),
        (9, "damaged at byte 0 "),
        (13, "damaged in the record at byte 0 .*its checksum"),
        (19, "damaged in the record at byte 0 "),
        (60, "damaged in the record at byte 37 "),
    ],
)
def test_a_damaged_record_is_named(tmp_path: Path, place: int, problem: str) -> None:
    content = bytearray(b"".join(map(record, CONTENTS)))
    content[place] ^= 0x40
    path = plain(tmp_path / "shard", bytes(content))
    with pytest.raises(InvalidDataset, match=rf"shard is {problem}"):
        list(read_records(path))
    with pytest.raises(InvalidDataset, match=rf"shard is {problem}"):
        list(read_records(plain(path, gzip.compress(bytes(content)))))


@pytest.mark.parametrize(
    ("kept", "place"), [(1, 0), (11, 0), (20, 0), (30, 21), (36, 21), (70_000, 37), (70_072, 70053)]
)
def test_a_file_that_is_cut_off_is_named(tmp_path: Path, kept: int, place: int) -> None:
    whole = b"".join(map(record, CONTENTS))
    assert len(whole) > kept
    with pytest.raises(InvalidDataset, match=rf"cut off in the record at byte {place} "):
        list(read_records(plain(tmp_path / "shard", whole[:kept])))


def test_a_compressed_file_that_is_cut_off_or_damaged(shard: Path, tmp_path: Path) -> None:
    content = shard.read_bytes()
    with pytest.raises(InvalidDataset, match=r"cut off in the record at byte \d+ .decompressed.*Get the file again"):
        list(read_records(plain(tmp_path / "cut", content[:-20])))
    damaged = bytearray(content)
    damaged[len(content) // 2] ^= 0xFF
    with pytest.raises(InvalidDataset, match=r"damaged"):
        list(read_records(plain(tmp_path / "damaged", bytes(damaged))))
    with pytest.raises(InvalidDataset, match=r"cannot read .*nowhere"):
        list(read_records(tmp_path / "nowhere"))


@given(st.lists(st.binary(max_size=40), max_size=4), st.data())
def test_whatever_is_cut_or_changed_is_noticed(contents: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(map(record, contents))
    place = data.draw(st.integers(0, len(whole)))
    changed = bytearray(whole)
    if place < len(whole):
        changed[place] ^= data.draw(st.integers(1, 255))
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = plain(Path(folder) / "shard", bytes(changed))
        if place == len(whole):
            assert [content for _, content in read_records(path)] == contents
        else:
            with pytest.raises(InvalidDataset):
                list(read_records(path))
