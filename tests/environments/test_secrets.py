import pytest

from handeye.environments.errors import ActionRejected, InvalidOption
from handeye.environments.secrets import Secrets


def test_a_secret_is_revealed_by_its_name() -> None:
    assert Secrets({"password": "hunter2"}).reveal("password") == "hunter2"


def test_an_unknown_name_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(ActionRejected, match="no secret 'pin'; there are: card, password"):
        Secrets({"password": "hunter2", "card": "1234"}).reveal("pin")


def test_secrets_are_redacted_also_where_they_are_encoded() -> None:
    secrets = Secrets({"password": "a b&ü", "long": "a b&ü and more"})
    texts = ("a b&ü", "?q=a+b%26%C3%BC", "/a%20b%26%C3%BC", "a b&ü and more")
    assert [secrets.redact(text) for text in texts] == ["<password>", "?q=<password>", "/<password>", "<long>"]


def test_values_are_not_in_the_representation() -> None:
    assert repr(Secrets({"password": "hunter2"})) == "Secrets(password)"


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(InvalidOption, match="'password' is empty"):
        Secrets({"password": ""})
