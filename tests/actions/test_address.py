import pytest

from handeye.actions.address import canonical_address


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://example.org/", "https://example.org/"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG"),
        ("example.org", "https://example.org"),
        ("  example.org/a?b=c#d ", "https://example.org/a?b=c#d"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("localhost:8000", "http://localhost:8000"),
        ("localhost", "http://localhost"),
        ("127.0.0.1:80/x", "http://127.0.0.1:80/x"),
        ("[::1]:80", "http://[::1]:80"),
        ("localhost.example.org", "https://localhost.example.org"),
        ("//example.org/x", "https://example.org/x"),
        ("about:blank", "about:blank"),
        ("file:///srv/page.html", "file:///srv/page.html"),
        ("münchen.de/straße", "https://münchen.de/straße"),
    ],
)
def test_the_scheme_is_made_explicit(written: str, meant: str) -> None:
    assert canonical_address(written) == meant
    assert canonical_address(meant) == meant


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "chrome://settings",
        "ftp://x",
    ],
)
def test_other_schemes_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="http or https"):
        canonical_address(written)


@pytest.mark.parametrize(
    "written", ["", "   ", "a b", "java\nscript:alert(1)", "exa\x00mple.org", "\x01javascript:alert(1)"]
)
def test_spaces_and_control_characters_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="without spaces"):
        canonical_address(written)
