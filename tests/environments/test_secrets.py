"""Secrets: revealed by name alone, and found in texts however they are encoded."""

import html
import json
import time
from unicodedata import normalize
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.environments.errors import ActionRejected, InvalidOption
from handeye.environments.secrets import Secrets, is_redacted


def test_a_secret_is_revealed_by_its_name() -> None:
    assert Secrets({"password": "hunter2"}).reveal("password") == "hunter2"


def test_an_unknown_name_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(ActionRejected, match="no secret 'pin'; there are: card, password"):
        Secrets({"password": "hunter2", "card": "1234"}).reveal("pin")


def test_values_are_not_in_the_representation() -> None:
    assert repr(Secrets({"password": "hunter2"})) == "Secrets(password)"


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(InvalidOption, match="'password' is empty"):
        Secrets({"password": ""})


def test_the_longest_secret_is_found_first() -> None:
    secrets = Secrets({"password": "a b&ü", "long": "a b&ü and more"})
    assert [secrets.redact(text) for text in ("a b&ü", "a b&ü and more")] == ["<password>", "<long>"]


ENCODINGS = {
    "as it is": str,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded in small letters": lambda text: quote(text, safe="").replace("%C3", "%c3").replace("%BC", "%bc"),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "of a form": quote_plus,
    "of a form in another encoding": lambda text: quote_plus(text, encoding="cp1252"),
    "HTML": html.escape,
    "HTML in numbers": lambda text: "".join(f"&#x{ord(one):X};" for one in text),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON within JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "repr": lambda text: repr(text)[1:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "upper case": str.upper,
    "the name of a file": lambda text: "".join("_" if one in '<>:"/\\|?*' else one for one in text),
    "run together, as titles are": lambda text: " ".join(text.split()),
    "accents apart": lambda text: normalize("NFD", text),
}


@pytest.mark.parametrize("encoded", ENCODINGS.values(), ids=ENCODINGS.keys())
@pytest.mark.parametrize("value", ["p'ü\\ß/\"ss<w>", "tw  o words & more+", "x%25=y?z#"])
def test_a_secret_is_found_however_it_is_encoded(encoded: object, value: str) -> None:
    told = Secrets({"it": value}).redact(f"[{encoded(value)}]")  # type: ignore[operator]
    assert told == "[<it>]"


@pytest.mark.slow
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=4, max_size=20), st.text(max_size=20))
def test_nothing_of_a_secret_is_left(value: str, around: str) -> None:
    secrets = Secrets({"0": value})
    for text in (value, quote(value), html.escape(value), json.dumps(value)[1:-1]):
        told = secrets.redact(f"{around} {text} {around}")
        assert value not in told.replace("<0>", "")
        assert secrets.redact(told) == told


def test_an_accent_may_be_a_character_of_its_own() -> None:
    assert Secrets({"it": normalize("NFD", "żółć")}).redact("żółć and z\u0307o\u0301\u0142c\u0301") == "<it> and <it>"


@pytest.mark.parametrize("sign", ["\\", "&#0", "%25", " ", "41"])
@pytest.mark.parametrize("value", ["three words here", 'C:\\"it"', "4111111111111111"])
def test_a_page_full_of_one_sign_takes_no_longer_for_each(sign: str, value: str) -> None:
    secrets = Secrets({"it": value})

    def spent(count: int) -> float:
        begun = time.process_time()
        assert secrets.redact(sign * count) == sign * count
        return time.process_time() - begun

    assert spent(30_000) < 100 * spent(1_000) + 1.0  # which was 900 times as long


def test_a_number_is_found_in_groups() -> None:
    secrets = Secrets({"card": "4929 1234 5678 9012"})
    assert secrets.redact("4929123456789012, 4929-1234-5678-9012, 4929 1234 56") == "<card>, <card>, 4929 1234 56"


def test_a_short_secret_is_found_only_where_it_stands_alone() -> None:
    secrets = Secrets({"pin": "7", "cvv": "a&7"})
    for text in (
        "http://127.0.0.7:7/page17?x=77&seven=17#step-7",
        "version 1.7 of 7:30, 7,000 or 17 and 7th",
        "file7.txt",
    ):
        assert secrets.redact(text) == text
    assert secrets.redact("Your code is 7.") == "Your code is <pin>."
    address = "https://me:7@host7.example/7/x?code=7&next=%2Fx%3Fcode%3D7&v=a%267#7"
    assert secrets.redact(f"at {address}, 7") == (
        "at https://me:<pin>@host7.example/<pin>/x?code=<pin>&next=%2Fx%3Fcode%3D<pin>&v=<cvv>#<pin>, <pin>"
    )


def test_the_host_of_an_address_is_left_alone() -> None:
    secrets = Secrets({"user": "shop", "key": "k-123456789"})
    told = secrets.redact("https://shop.example/shop?to=http://shop:1/ on shop and https://k-123456789.example/")
    assert told == "https://shop.example/<user>?to=http://<user>:1/ on <user> and https://<key>.example/"


def test_a_marker_is_not_redacted_again() -> None:
    secrets = Secrets({"password": "word of mine", "pass": "password"})
    assert secrets.redact(secrets.redact("word of mine, password")) == "<password>, <pass>"


def test_a_text_is_redacted_before_it_is_quoted_and_cut() -> None:
    secrets = Secrets({"password": "it's \\me"})
    assert secrets.quote("I say it's \\me", 100) == "'I say <password>'"
    assert secrets.quote("x" * 8 + "it's \\me", 12) == "'xxxxxxxx<pas'"


def test_a_redacted_address_is_recognized() -> None:
    secrets = Secrets({"my pin": "hunter2"})
    address = secrets.redact("https://host.example/?q=hunter2")
    for text in (address, quote(address), quote(quote(address))):
        assert is_redacted(text)
        assert is_redacted(text, secrets.names)
        assert not is_redacted(text, ["other"])
    assert not is_redacted("https://host.example/?q=1&a=b")
    assert not is_redacted("https://host.example/?q=<b>", secrets.names)
