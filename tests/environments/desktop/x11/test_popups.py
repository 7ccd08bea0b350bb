"""Text arrives whole, or is refused, or the outcome says how much arrived; a window that comes up gets nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handeye.actions.schema import Click, Type
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.05, quiet=0.1)
Show = Callable[[IsolatedDesktop, str], Any]
TK = """
t = tkinter.Text(root, height=6)
t.pack()
t.focus_force()
told["text"] = lambda: t.get("1.0", "end-1c")
others = []
told["popup"] = lambda: "".join(e.get() for e in others)
def come_up():
    w = tkinter.Toplevel(root)
    if %(managed)s:
        w.title("reminder")
    else:
        w.overrideredirect(True)
    w.geometry("200x80+300+300")
    e = tkinter.Entry(w)
    e.pack()
    e.focus_force()
    if not %(managed)s:
        w.update()
        w.grab_set_global()
    others.append(e)
count = 0
def key(_):
    global count
    count += 1
    if count == %(key)d: root.after(%(delay)d, come_up)
t.bind("<KeyPress>", key)
"""
GTK = """
t = Gtk.TextView()
window.add(t)
held = t.get_buffer()
told["text"] = lambda: held.get_text(*held.get_bounds(), False)
others = []
told["popup"] = lambda: "".join(e.get_text() for e in others)
def come_up():
    dialog = Gtk.Dialog(title="reminder", transient_for=window, modal=True)
    e = Gtk.Entry()
    others.append(e)
    dialog.get_content_area().add(e)
    dialog.show_all()
    e.grab_focus()
    dialog.run()
count = 0
def key(*_):
    global count
    count += 1
    if count == %(key)d: GLib.timeout_add(%(delay)d, come_up) if %(delay)d else come_up()
held.connect_after("changed", key)
"""
CHARACTERS = st.sampled_from("abcXYZ 019.,-_<>?äß€中文字Жω😀\n")


@pytest.fixture
def seen(isolated: IsolatedDesktop) -> Iterator[DesktopEnvironment]:
    with DesktopEnvironment(
        display=isolated.display, settle=QUICK, kill_switch=None, secrets={"word": "tulip meadow 17"}
    ) as environment:
        environment.reset()
        yield environment


def require_whole_or_told(seen: DesktopEnvironment, form: Any, text: str) -> str:
    """Type, and require that the outcome is true; return what it was."""
    seen.observe()
    try:
        seen.execute(Type(text=text))
        outcome, arrived = "executed", text
    except ActionPartial as part:
        assert part.done is None or isinstance(part.done, Type)
        outcome, arrived = "partial", "" if part.done is None else part.done.text or ""
        assert f"{len(arrived)} of {len(text)} characters were typed" in str(part)
        assert arrived != text and text.startswith(arrived)
    except ActionRejected:
        outcome, arrived = "rejected", ""
    told = form.rests()
    assert told["popup"] == ""
    assert told["text"] == arrived
    return outcome


@pytest.mark.parametrize("key", [11, *(pytest.param(key, marks=pytest.mark.slow) for key in (2, 25, 44))])
@pytest.mark.parametrize("managed", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_what_follows_is_not_typed_into_a_window_of_tk(
    managed: bool, key: int, tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    form = tk(isolated, TK % {"managed": managed, "key": key, "delay": 0})
    text = "a line that has no end, and 中文 in it, goes on and on"
    assert require_whole_or_told(seen, form, text) == "partial"


@pytest.mark.slow
@pytest.mark.parametrize("key", [1, 30])
def test_what_follows_is_not_typed_into_a_dialog_of_gtk(
    key: int, gtk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    form = gtk(isolated, GTK % {"key": key, "delay": 0})
    assert require_whole_or_told(seen, form, "the quick brown fox\njumps over the lazy dog") == "partial"


def test_enter_is_not_pressed_in_another_window(tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    button = TK.replace(
        "    e.focus_force()\n", "    b = tkinter.Button(w, command=lambda: e.insert(0, 'pressed'))\n", 1
    )
    button = button.replace(
        "    others.append(e)", "    b.pack(); b.focus_force()\n    b.bind('<Return>', lambda _: b.invoke())"
    )
    form = tk(isolated, button % {"managed": True, "key": 4, "delay": 60} + "\nw = None")
    seen.observe()
    with pytest.raises(ActionPartial, match="enter was not pressed: another window") as told:
        seen.execute(Type(text="word", submit=True))
    assert told.value.done == Type(text="word")
    assert form.rests()["text"] == "word"


@pytest.mark.slow
def test_a_secret_that_is_typed_in_part_is_not_told(
    tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    form = tk(isolated, TK % {"managed": True, "key": 7, "delay": 0})
    seen.observe()
    with pytest.raises(ActionPartial, match="only a part of the secret 'word' was typed: another window") as told:
        seen.execute(Type(secret="word", submit=True))
    assert told.value.done is None
    state = form.rests()
    assert state["popup"] == "" and state["text"].startswith("tulip m") and "tulip" not in str(told.value)


@pytest.mark.slow
def test_after_a_part_the_rest_can_be_typed(tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    form = tk(isolated, TK % {"managed": True, "key": 5, "delay": 0})
    text = "one two three four"
    seen.observe()
    with pytest.raises(ActionPartial) as told:
        seen.execute(Type(text=text))
    done = told.value.done
    assert isinstance(done, Type) and done.text
    with pytest.raises(ActionRejected, match="another window"):
        seen.execute(Type(text="not seen yet"))
    back = next(window for window in seen.observe() and seen.windows() if window.title != "reminder")
    seen.execute(Click(point=type(back.box.center)(back.box.left + 30, back.box.top + 90)))
    seen.execute(Type(text=text[len(done.text) :]))
    assert form.until(lambda told: told["text"] == text)["popup"] == ""


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_text_arrives_or_the_outcome_says_how_much(
    tk: Show, gtk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment, data: st.DataObject
) -> None:
    text = data.draw(st.text(CHARACTERS, min_size=1, max_size=70), "text")
    key = data.draw(st.integers(1, 80), "key")
    delay = data.draw(st.sampled_from([0, 0, 5, 40, 90, 200]), "delay")
    managed = data.draw(st.booleans(), "managed")
    show, code = data.draw(st.sampled_from([(tk, TK), (gtk, GTK)]), "toolkit")
    form = show(isolated, code % {"managed": managed, "key": key, "delay": delay})
    try:
        require_whole_or_told(seen, form, text)
    finally:
        form.process.kill()
        form.process.wait()
