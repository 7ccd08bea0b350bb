import pytest

from handeye.agent.servers.address import parse_address
from handeye.agent.servers.errors import InvalidServer


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/chat/completions", "http://localhost:8000/v1"),
        ("localhost:8000", "http://localhost:8000/v1"),
        (" localhost ", "http://localhost/v1"),
        ("HTTP://Gpu-Box:1234/V1", "http://gpu-box:1234/V1"),
        ("gpu-box:1234", "http://gpu-box:1234/v1"),
        ("192.168.1.7", "http://192.168.1.7/v1"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000/v1"),
        ("http://[::]:8000", "http://[::1]:8000/v1"),
        ("[::1]:8000", "http://[::1]:8000/v1"),
        ("api.openai.com", "https://api.openai.com/v1"),
        ("api.example.org:443/openai/v1", "https://api.example.org:443/openai/v1"),
        ("https://example.org/v1beta/openai", "https://example.org/v1beta/openai"),
    ],
)
def test_every_form_of_an_address(text: str, base: str) -> None:
    assert parse_address(text).base == base


@pytest.mark.parametrize(
    ("text", "loopback"),
    [
        ("localhost:1", True),
        ("127.8.9.1:1", True),
        ("[::1]:1", True),
        ("a.localhost:1", True),
        ("localhost.example.org", False),
        ("10.0.0.1:1", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_this_machine_is_known(text: str, loopback: bool) -> None:
    assert parse_address(text).loopback is loopback


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ftp://localhost",
        "unix:///tmp/socket",
        "http://",
        "http://:8000",
        "localhost:port",
        "localhost:99999",
        "http://a b/v1",
        "http://[::1",
        "http://host/v1?key=abc",
        "http://host/v1#x",
        "http://user@host/v1",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(InvalidServer):
        parse_address(text)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidServer, match="HANDEYE_SERVER_KEY") as error:
        parse_address("https://user:hunter22@example.org/v1")
    assert "hunter22" not in str(error.value)
