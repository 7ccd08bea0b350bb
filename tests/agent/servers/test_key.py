import pytest

from handeye.agent.servers.address import parse_address
from handeye.agent.servers.errors import KeyRefused
from handeye.agent.servers.key import Key

LOCAL, OPENAI = parse_address("localhost:8000"), parse_address("https://api.openai.com/v1")


@pytest.fixture(autouse=True)
def none_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HANDEYE_SERVER_KEY", "HANDEYE_GROUNDER_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_key_nothing_is_sent() -> None:
    assert Key(None, LOCAL).headers == {}
    assert not Key(None, LOCAL)


def test_the_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDEYE_SERVER_KEY", "sk-abc\n")
    assert Key(None, LOCAL).headers == {"Authorization": "Bearer sk-abc"}
    assert Key("other", LOCAL).headers == {"Authorization": "Bearer other"}
    assert Key("", LOCAL).headers == {}


@pytest.mark.parametrize(
    "url", ["localhost:8000", "http://api.openai.com", "https://api.openai.com.example.org", "https://openai.com"]
)
def test_openais_key_goes_to_openai_alone(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-theirs")
    assert Key(None, parse_address(url)).headers == {}
    assert Key(None, OPENAI).headers == {"Authorization": "Bearer sk-theirs"}
    monkeypatch.setenv("HANDEYE_SERVER_KEY", "sk-ours")
    assert Key(None, OPENAI).headers == {"Authorization": "Bearer sk-ours"}


@pytest.mark.parametrize("value", ["sk-ä", "sk-a\nX-Header: b", "sk a", "sk-\x00"])
def test_what_cannot_be_sent_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(KeyRefused) as error:
        Key(value, LOCAL)
    assert value not in str(error.value)
    assert "HANDEYE_SERVER_KEY" in str(error.value)


def test_it_is_not_shown() -> None:
    key = Key("sk-very-secret", LOCAL)
    assert "very" not in repr(key)
    assert key.redact("wrong key sk-very-secret!") == "wrong key <server key>!"


def test_each_server_has_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDEYE_SERVER_KEY", "sk-server")
    assert Key(None, LOCAL, "HANDEYE_GROUNDER_KEY").headers == {}
    monkeypatch.setenv("HANDEYE_GROUNDER_KEY", "sk-grounder")
    assert Key(None, LOCAL, "HANDEYE_GROUNDER_KEY").headers == {"Authorization": "Bearer sk-grounder"}
    assert Key(None, LOCAL).headers == {"Authorization": "Bearer sk-server"}
    monkeypatch.setenv("HANDEYE_GROUNDER_KEY", "sk grounder")
    with pytest.raises(KeyRefused, match="set HANDEYE_GROUNDER_KEY to the key alone"):
        Key(None, LOCAL, "HANDEYE_GROUNDER_KEY")
