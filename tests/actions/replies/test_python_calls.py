import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.replies.python_calls import PythonCall, Unreadable, literal, read_calls

NAMES = ("click", "type", "hotkey", "wait", "pyautogui.press", "do", "finish", "scroll")
LONG = 300_000


def only(text: str) -> PythonCall:
    found = read_calls(text, NAMES, "no call")
    assert found.failure is None
    (call,) = found.calls
    return call


@pytest.mark.parametrize(
    ("text", "positional", "named"),
    [
        ("click(1, -2.5)", (1, -2.5), {}),
        ("click(x=+1, y=[2, (3, None)])", (), {"x": 1, "y": [2, [3, None]]}),
        ("type(content='a\\n\\'b\\'')", (), {"content": "a\n'b'"}),
        ("type(content='''a\nb''')", (), {"content": "a\nb"}),
        ("type(r'C:\\dir')", ("C:\\dir",), {}),
        ("type('a' 'b')", ("ab",), {}),
        ("hotkey('ctrl', 'c',)", ("ctrl", "c"), {}),
        ("pyautogui.press(['down'] * 3)", (["down"] * 3,), {}),
        ("click(x=1,  # to the left\n  y=2)", (), {"x": 1, "y": 2}),
        ("wait()", (), {}),
        ('do(action="Long Press", element=[500, 999])', (), {"action": "Long Press", "element": [500, 999]}),
        ('finish(message="Done: \\"42\\".")', (), {"message": 'Done: "42".'}),
        ("scroll(0, -200)", (0, -200), {}),
        ("click(button=left)", (), {"button": "left"}),
        ("wait(True, none=None)", (True,), {"none": None}),
    ],
)
def test_valid_python(text: str, positional: tuple[object, ...], named: dict[str, object]) -> None:
    call = only(text)
    assert (call.positional, call.named) == (positional, named)


@pytest.mark.parametrize(
    ("text", "named", "repair"),
    [
        ("type(content='It's five o'clock')", {"content": "It's five o'clock"}, "escaped quotes in a string"),
        ('type(content="a "b", c")', {"content": 'a "b", c'}, "escaped quotes in a string"),
        ("type(content='f('x') now')", {"content": "f('x') now"}, "escaped quotes in a string"),
        ("type(content='It's') and so on", {"content": "It's"}, "escaped quotes in a string"),
        ("type(content='a\nb')", {"content": "a\nb"}, "escaped line feeds in a string"),
        ("click(start_box='(1,2)'", {"start_box": "(1,2)"}, "added a missing bracket"),
        ("click(x=1, y=[1, 2", None, ""),
        ("click(x=[1, 2]</action>", {"x": [1, 2]}, "added a missing bracket"),
        ("click(x=[1, 2\n```", {"x": [1, 2]}, "added a missing bracket"),
        ("click\uff08x\uff1d1\uff0cy\uff1d2\uff09", {"x": 1, "y": 2}, "replaced full-width characters"),
        ("click(x: 1, y: 2)", {"x": 1, "y": 2}, None),
        ("click(x=<point>1 2</point>)", {"x": "<point>1 2</point>"}, "put quotes around a point"),
        ("type(content=\u201chi\u201d)", {"content": "hi"}, None),
        ("type(content='C:\\dir')", {"content": "C:\\dir"}, None),
        ("type(content='\\u4e2d\\x41\\d')", {"content": "\u4e2dA\\d"}, None),
    ],
)
def test_what_is_not_quite_python(text: str, named: dict[str, object] | None, repair: str | None) -> None:
    if named is None:
        assert read_calls(text, NAMES, "").failure is not None
        return
    assert only(text).named == named
    notes = read_calls(text, NAMES, "").notes
    assert repair is None or f"repaired a call: {repair}" in notes


@pytest.mark.parametrize(
    "text",
    [
        "click(x=__import__('os').system('true'))",
        "click(x=f'{1}')",
        "click(x=1 if True else 2)",
        "click(*[1, 2])",
        "click(**{'x': 1})",
        "click(x={'a': 1})",
        "click(b'1')",
        "click(1j)",
        "click(x=...)",
        "click(x=lambda: 1)",
        "click(['a'] * 100000000)",
        "click(x=(1).__class__)",
        "type(content='abc",
        "type(content='abc\\",
        "click(x=1",
        "click(",
        "wait(\x00)",
        "click(" + "[" * 100 + "]" * 100 + ")",
        "click(x=1, x=2\n",
        "click(x 1)",
    ],
)
def test_anything_but_plain_values_is_refused_in_one_line(text: str) -> None:
    found = read_calls(text, NAMES, "no call")
    assert found.calls == ()
    assert found.failure is not None and found.failure != "no call" and "\n" not in found.failure


def test_only_names_of_the_list_are_calls() -> None:
    assert read_calls("fly(1)", NAMES, "").failure == "there is no function 'fly'"
    assert read_calls("click(1, 2)\nos.system('true')", NAMES, "").failure == "there is no function 'os.system'"
    found = read_calls("I may fly(1) and then click(3, 4) there", NAMES, "")
    assert (found.before, found.rest, found.failure) == ("I may fly(1) and then ", " there", None)
    assert read_calls("say doubleclick(1), x.click(2), click[3], click", NAMES, "no call").failure == "no call"


def test_several_calls() -> None:
    found = read_calls("click(1, 2\ntype('a'); wait()\n\nhotkey('a')", NAMES, "")
    assert [call.name for call in found.calls] == ["click", "type", "wait", "hotkey"]
    assert found.rest.strip("\n; ") == ""


def test_arguments_are_bound_to_parameters() -> None:
    assert only("click(1, y=2)").bound("x", "y") == {"x": 1, "y": 2}
    with pytest.raises(Unreadable, match="at most 1"):
        only("click(1, 2)").bound("x")
    with pytest.raises(Unreadable, match="given x twice"):
        only("click(1, x=2)").bound("x")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_literal_is_read_back(text: str) -> None:
    written = f"type(content={literal(text)})"
    assert "\n" not in written
    assert only(written).named == {"content": text.replace("\r\n", "\n").replace("\r", "\n")} or "\r" in text


@given(st.text("click(type)='\"\\,\n [<|>]x1\uff08\uff09`#", max_size=40))
def test_any_text_is_read_or_a_failure_without_a_warning(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for whole in (text, f"click({text}", f"type(content='{text}')"):
            found = read_calls(whole, NAMES, "no call")
            assert (found.failure is None) == bool(found.calls) or found.failure is not None


PATTERNS = {
    "calls": "click(1, 2)\n",
    "openings": "click(",
    "quotes": "type(content='",
    "broken": "type(content='it's')\n",
    "weak": "type(content='a') b\n'",
    "triples": "click('''",
    "brackets": "click([",
    "names": "click",
    "dots": "click.",
    "spaces": "click ",
    "backslashes": "\\",
    "items": "1,",
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
@pytest.mark.parametrize("head", ["", "click(", "type(content='", "click(x=["])
def test_the_work_grows_with_the_length(head: str, pattern: str) -> None:
    started = time.thread_time()
    read_calls(head + pattern * (LONG // len(pattern)), NAMES, "no call")
    # The work of this thread alone: a quadratic step would take minutes.
    assert time.thread_time() - started < 30
