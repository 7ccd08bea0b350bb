"""The container: all kinds of values, and every fault a named error in one line."""

import random
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFEndian, GGUFValueType, GGUFWriter

from handeye.model.errors import InvalidCheckpoint
from handeye.model.gguf.container import read_container, read_head, read_parts
from tests.model.gguf.llama_cpp import finish

VALUES = {
    "a.u8": (200, GGUFValueType.UINT8),
    "a.i8": (-3, GGUFValueType.INT8),
    "a.u16": (60000, GGUFValueType.UINT16),
    "a.i16": (-5, GGUFValueType.INT16),
    "a.u32": (2**32 - 1, GGUFValueType.UINT32),
    "a.i32": (-(2**31), GGUFValueType.INT32),
    "a.u64": (2**64 - 1, GGUFValueType.UINT64),
    "a.i64": (-(2**63), GGUFValueType.INT64),
    "a.f32": (0.1234567, GGUFValueType.FLOAT32),
    "a.f64": (0.1, GGUFValueType.FLOAT64),
    "a.flag": (True, GGUFValueType.BOOL),
    "a.text": ("naïve 你好", GGUFValueType.STRING),
}


def begun(**options: GGUFEndian) -> GGUFWriter:
    writer = GGUFWriter(None, "qwen2vl", **options)
    writer.add_name("A Model")
    for key, (value, kind) in VALUES.items():
        writer.add_key_value(key, value, kind)
    writer.add_array("a.words", ["one", "", "þÿ"])
    writer.add_array("a.numbers", [1, -2, 3])
    writer.add_array("a.floats", [0.7654321, 1e-6])
    writer.add_tensor("first", np.arange(6, dtype=np.float32).reshape(2, 3))
    writer.add_tensor("second", np.zeros((4, 34), dtype=np.uint8), raw_dtype=GGMLQuantizationType.Q8_0)
    writer.add_tensor("third", np.zeros((1, 2, 3), dtype=np.float16))
    return writer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    finish(begun(), tmp_path / "a.gguf")
    return tmp_path / "a.gguf"


def test_everything_that_the_reference_writes(file: Path) -> None:
    read = read_container(file)
    assert {key: read.metadata[key] for key in VALUES} == {key: value for key, (value, _) in VALUES.items()}
    assert read.metadata["a.words"] == ["one", "", "þÿ"]
    assert read.metadata["a.numbers"] == [1, -2, 3]
    assert read.metadata["a.floats"] == [0.7654321, 1e-6]
    assert {tensor.name: (tensor.format.name, tensor.shape) for tensor in read.tensors.values()} == {
        "first": ("F32", (2, 3)),
        "second": ("Q8_0", (4, 32)),
        "third": ("F16", (1, 2, 3)),
    }
    first = read.tensors["first"]
    stored = file.read_bytes()[first.start : first.start + first.bytes]
    assert np.frombuffer(stored, np.float32).tolist() == [0, 1, 2, 3, 4, 5]


def test_floats_are_the_shortest_decimals(tmp_path: Path) -> None:
    drawn = np.random.default_rng(3).integers(0, 2**32, 5000, dtype=np.uint32).view(np.float32)
    stored = [*drawn[np.isfinite(drawn)], *np.float32([1e-6, 0.1, 1e6, 0, -0.0, 3.4028235e38, 1.1754944e-38])]
    writer = GGUFWriter(None, "qwen2vl")
    writer.add_array("some", [float(value) for value in stored])
    writer.add_float32("infinite", float("inf"))
    writer.add_float32("nothing", float("nan"))
    finish(writer, tmp_path / "a.gguf")
    found = read_container(tmp_path / "a.gguf").metadata
    assert found["some"] == [float(str(value)) for value in stored]
    assert found["infinite"] == float("inf") and found["nothing"] != found["nothing"]


def test_the_head_is_read_without_the_rest(file: Path) -> None:
    assert read_head(file) == {"general.architecture": "qwen2vl", "general.name": "A Model"}


def fails(path: Path, words: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=words) as caught:
        read_container(path)
    assert "\n" not in str(caught.value)


def test_every_truncation_is_named(file: Path) -> None:
    whole, last = file.read_bytes(), read_container(file).tensors["third"]
    for size in range(4, last.start + last.bytes, 7):
        file.write_bytes(whole[:size])
        fails(file, r"a\.gguf is truncated: it ends at byte .*download it again")


def test_damage_never_ends_otherwise(file: Path) -> None:
    whole, chance = file.read_bytes(), random.Random(0)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 4))):
            damaged[chance.randrange(len(damaged) - 200)] = chance.randrange(256)
        file.write_bytes(damaged)
        try:
            read_container(file)
        except InvalidCheckpoint as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: b"PK\x03\x04" + data[4:], r"is not a GGUF file: it begins with b'PK"),
        (lambda data: b"", "is empty"),
        (lambda data: data[:4] + struct.pack("<I", 1) + data[8:], "GGUF of version 1, and only 2 and 3 are supported"),
        (lambda data: data[:4] + struct.pack(">I", 3) + data[8:], "is big-endian"),
        (lambda data: data[:8] + struct.pack("<Q", 2**40) + data[16:], r"damaged \(1,099,511,627,776 tensors"),
        (lambda data: data[:16] + struct.pack("<Q", 2**63) + data[24:], "damaged .*metadata"),
        (lambda data: data[:24] + struct.pack("<Q", 2**62) + data[32:], "damaged .*bytes in a string"),
        (lambda data: data.replace(b"a.u16", b"a.i16"), "damaged .*a.i16 twice"),
        (lambda data: data.replace(b"a.text\x08\0\0\0", b"a.text\x63\0\0\0"), "damaged .*a value of type 99"),
        (lambda data: data.replace("þÿ".encode(), b"\xff\xff\xff\xff"), "damaged .*not UTF-8"),
        (
            lambda data: data.replace(b"a.words\x09\0\0\0\x08\0\0\0\x03", b"a.words\x09\0\0\0\x08\0\0\0\xff\xff\xff"),
            "damaged .*values in a.words",
        ),
        (lambda data: data.replace(b"first", b"third"), "damaged .*the tensor third twice"),
    ],
)
def test_what_is_wrong_is_named(file: Path, change: Callable[[bytes], bytes], words: str) -> None:
    file.write_bytes(change(file.read_bytes()))
    fails(file, words)


def test_a_big_endian_file(tmp_path: Path) -> None:
    finish(begun(endianess=GGUFEndian.BIG), tmp_path / "a.gguf")
    fails(tmp_path / "a.gguf", "is big-endian, which is not supported")


def test_tensors_that_cannot_be(file: Path) -> None:
    whole = file.read_bytes()
    place = whole.index(b"second") + 6  # axes, two lengths, the format, the offset
    for start, kind, value, words in (
        (0, "<I", 9, "9 axes of second"),
        (4, "<Q", 33, "rows of 33, and Q8_0 holds multiples of 32"),
        (4, "<Q", 0, r"shape \[4, 0\]"),
        (4, "<Q", 2**60, r"shape \[4, "),
        (20, "<I", 17, "second in .* is stored as IQ2_XS, which is not supported: use a file in one of F32"),
        (20, "<I", 777, "stored as type 777"),
        (24, "<Q", 5, "not a multiple of 32"),
        (24, "<Q", 2**40, "is truncated: .* and second at byte"),
    ):
        data = bytearray(whole)
        struct.pack_into(kind, data, place + start, value)
        file.write_bytes(data)
        fails(file, words)


@pytest.mark.parametrize("alignment", [0, 4, 33, 2**31])
def test_an_alignment_that_cannot_be(tmp_path: Path, alignment: int) -> None:
    writer = begun()
    writer.add_uint32("general.alignment", alignment)
    finish(writer, tmp_path / "a.gguf")
    fails(tmp_path / "a.gguf", "general.alignment")


def test_another_alignment(tmp_path: Path) -> None:
    writer = begun()
    writer.add_custom_alignment(256)
    finish(writer, tmp_path / "a.gguf")
    assert all(tensor.start % 256 == 0 for tensor in read_container(tmp_path / "a.gguf").tensors.values())


def test_a_folder_and_nothing(tmp_path: Path) -> None:
    fails(tmp_path, "cannot be read")
    fails(tmp_path / "none.gguf", "cannot be read")


def parts(folder: Path, count: int = 3) -> list[Path]:
    """Write a file in parts, as llama.cpp's gguf-split does."""
    files = [folder / f"a-{number + 1:05}-of-{count:05}.gguf" for number in range(count)]
    for number, path in enumerate(files):
        writer = GGUFWriter(None, "qwen2vl")
        writer.add_uint16("split.no", number)
        writer.add_uint16("split.count", count)
        writer.add_tensor(f"t{number}", np.full((2, 2), number, dtype=np.float32))
        finish(writer, path)
    return files


def test_parts_are_one(tmp_path: Path) -> None:
    files = parts(tmp_path)
    read = read_parts(*files)
    assert read.path == files[0]
    assert [(tensor.name, tensor.file) for tensor in read.tensors.values()] == [
        (f"t{number}", file) for number, file in enumerate(files)
    ]


def test_parts_that_do_not_fit(tmp_path: Path) -> None:
    files = parts(tmp_path)
    with pytest.raises(InvalidCheckpoint, match="is one of 3 parts, but 1 were found by its name"):
        read_parts(files[0])
    with pytest.raises(InvalidCheckpoint, match=r"a-00003-of-00003\.gguf is not part 2 of a-00001"):
        read_parts(files[0], files[2], files[1])
    writer = GGUFWriter(None, "qwen2vl")
    writer.add_uint16("split.no", 1)
    writer.add_uint16("split.count", 3)
    writer.add_tensor("t0", np.zeros((2, 2), dtype=np.float32))
    finish(writer, files[1])
    with pytest.raises(InvalidCheckpoint, match="repeats t0 of another part"):
        read_parts(*files)
