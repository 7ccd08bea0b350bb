"""Phones that take input in another way keep the contract, as far as it can be kept there."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Home, Type

Visit = Callable[..., Any]


@pytest.mark.slow
@pytest.mark.parametrize(
    "quirk",
    [
        "no-key-combination",
        "noisy-input",
        "noisy-shell",
    ],
)
def test_they_keep_the_contract(keeps_the_contract: Callable[..., None], quirk: str) -> None:
    keeps_the_contract(quirk)


@pytest.mark.slow
@pytest.mark.parametrize("quirks", [("samsung-clear",), ("huawei-clear",), ("android-11", "busy-screen")])
@pytest.mark.parametrize("old", ["old", "a b", "käse"])
def test_a_field_is_cleared_or_nothing_is_typed(visit: Visit, quirks: tuple[str, ...], old: str) -> None:
    visitor = visit(*quirks)
    visitor.note()
    visitor.phone.evaluate("text => phone.insertText(text)", old)
    done = visitor.do(Type(text="new", clear=True))
    match done.outcome:
        case "executed":
            assert visitor.value() == "new"
        case "rejected":
            assert visitor.value() == old
        case _:
            assert visitor.value() != "new" and done.said


@pytest.mark.slow
@pytest.mark.parametrize("quirk", ["swallowed-text", "lost-first-keys", "doubled-text"])
@pytest.mark.parametrize(("before", "text"), [("", "nihao"), ("nihao ", "nihao"), ("", "Note")])
def test_text_arrives_whole_or_is_told(visit: Visit, quirk: str, before: str, text: str) -> None:
    visitor = visit(quirk)
    visitor.note()
    visitor.phone.evaluate("text => phone.insertText(text)", before)
    done = visitor.do(Type(text=text))
    if visitor.value() != before + text:
        assert done.outcome != "executed", visitor.value()
        assert "field" in done.said
    else:
        assert done.outcome == "executed"


@pytest.mark.slow
def test_enter_is_not_pressed_after_a_text_that_did_not_arrive(visit: Visit) -> None:
    visitor = visit("lost-first-keys")
    visitor.note()
    visitor.do(Type(text="words", submit=True))
    assert "\n" not in visitor.value()


@pytest.mark.slow
def test_input_that_is_killed_has_done_nothing(visit: Visit) -> None:
    visitor = visit("input-killed")
    visitor.phone.evaluate("() => phone.open('org.handeye.notes')")
    visitor.environment.observe()
    done = visitor.do(Home())
    assert done.outcome != "executed" and visitor.front == "org.handeye.notes"


@pytest.mark.slow
def test_a_phone_that_may_not_be_touched_says_which_switch_is_off(visit: Visit) -> None:
    visitor = visit("input-denied")
    visitor.note()
    for action in (Click(point=Point(300, 300)), Home(), Type(text="hello")):
        done = visitor.do(action)
        assert done.outcome == "rejected" and "Security settings" in done.said and "\n" not in done.said
