from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.environments.errors import InvalidOption
from handeye.evals.androidworld.emulators import Emulator, claim, parse_emulators
from handeye.evals.androidworld.errors import EmulatorMissing


@pytest.fixture(autouse=True)
def own_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))


def test_ports_are_read_as_adb_devices_lists_them() -> None:
    assert parse_emulators("5554, 5556:8600") == (Emulator(5554, 8554), Emulator(5556, 8600))
    assert parse_emulators("5554")[0].serial == "emulator-5554"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is no console port"),
        ("5554,", "'' is no console port"),
        ("emulator-5554", "'emulator-5554' is no console port"),
        ("5554:", "'5554:' is no console port"),
        ("\u06655554", "is no console port"),
        ("0", "a port must be from 1 to 65535"),
        ("64000", "a port must be from 1 to 65535"),
        ("5554,5554", "a port is named twice"),
        ("5554,8554", "a port is named twice"),
    ],
)
def test_a_mistake_is_said(text: str, said: str) -> None:
    with pytest.raises(InvalidOption, match=said):
        parse_emulators(text)


@given(st.lists(st.tuples(st.integers(1, 30_000), st.integers(40_000, 65_535)), min_size=1, max_size=5))
def test_whatever_is_written_is_read_back_or_refused(ports: list[tuple[int, int]]) -> None:
    text = ",".join(f"{console}:{grpc}" for console, grpc in ports)
    every = [port for pair in ports for port in pair]
    if len(set(every)) < len(every):
        with pytest.raises(InvalidOption):
            parse_emulators(text)
    else:
        assert parse_emulators(text) == tuple(Emulator(*pair) for pair in ports)


def test_each_worker_gets_an_emulator_of_its_own() -> None:
    emulators = parse_emulators("5554,5556")
    first, second = claim(emulators), claim(emulators)
    assert [first.emulator, second.emulator] == list(emulators)
    with pytest.raises(EmulatorMissing, match="emulator-5554, emulator-5556"):
        claim(emulators)
    first.release()
    assert claim(emulators).emulator == emulators[0]
