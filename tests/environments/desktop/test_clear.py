"""Clearing empties the field that has the focus in programs of any toolkit, and nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.schema import OpenApp, Press, Type, WaitUntilStable
from handeye.environments.contract.kiosk import Kiosk
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop, IsolatedDesktopEnvironment
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.05, quiet=0.05)
Show = Callable[[IsolatedDesktop, str], Any]
FIELDS = {
    "entry": "e = tkinter.Entry(root); e.insert(0, 'the old one'); e.icursor(3)",
    "masked": "e = tkinter.Entry(root, show='*'); e.insert(0, 'pass word')",
    "spinbox": "e = tkinter.Spinbox(root, from_=7, to=99)",
    "combobox": "from tkinter import ttk; e = ttk.Combobox(root, values=['b']); e.set('chosen')",
    "empty": "e = tkinter.Entry(root)",
}
TEXT = "e = tkinter.Text(root, height=5); e.insert('1.0', 'two\\nlines\\n\\n'); e.mark_set('insert', '2.1')"
LAST = "; e.pack(); e.focus_force(); told['text'] = e.get"


@pytest.fixture
def seen(isolated: IsolatedDesktop) -> Iterator[DesktopEnvironment]:
    with DesktopEnvironment(display=isolated.display, settle=QUICK, kill_switch=None) as environment:
        environment.reset()
        yield environment


@pytest.mark.slow
@pytest.mark.parametrize("code", FIELDS.values(), ids=FIELDS.keys())
@pytest.mark.parametrize("text", ["x 9", ""])
def test_a_field_of_tk(code: str, text: str, tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    form = tk(isolated, code + LAST)
    seen.observe()
    seen.execute(Type(text=text, clear=True))
    assert form.until(lambda told: told["text"] == text)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["über 中文", "", "\nafter a line feed"])
def test_a_text_of_tk(text: str, tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    form = tk(isolated, f"{TEXT}; e.pack(); e.focus_force(); told['text'] = lambda: e.get('1.0', 'end-1c')")
    seen.observe()
    seen.execute(Type(text=text, clear=True))
    assert form.until(lambda told: told["text"] == text)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["field", "area"])
def test_a_field_of_swing(kind: str, swing: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    form = swing(isolated, kind)
    seen.observe()
    seen.execute(Type(text="before"))
    assert form.until(lambda told: told["text"] == "before")
    seen.observe()
    seen.execute(Type(text="😀 after", clear=True))
    assert form.until(lambda told: told["text"] == "😀 after")


@pytest.mark.slow
def test_a_password_of_swing(swing: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    form = swing(isolated, "password")
    seen.observe()
    seen.execute(Type(text="before"))
    seen.execute(Type(text="after", clear=True))
    assert form.until(lambda told: told["text"] == "after")


def test_what_does_not_tell_what_is_marked_is_left(
    tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    form = tk(isolated, "e = tkinter.Entry(root, exportselection=0); e.insert(0, 'kept')" + LAST)
    seen.observe()
    with pytest.raises(ActionPartial, match="marked that may not be the text of a field") as told:
        seen.execute(Type(text="new", clear=True))
    assert told.value.done is None
    assert form.rests()["text"] == "kept"


CELLS = """
c = tkinter.Canvas(root, width=300, height=100)
cells, data = [c.create_rectangle(i * 60, 10, i * 60 + 50, 60, fill="white") for i in range(5)], list("vwxyz")
def mark(_):
    for cell in cells: c.itemconfig(cell, fill="blue")
def wipe(_): data.clear()
for chord in ("<Control-a>", "<Control-Shift-End>"): c.bind(chord, mark)
c.bind("<Delete>", wipe)
c.bind("<BackSpace>", wipe)
c.pack()
c.focus_force()
told["text"] = lambda: "".join(data)
"""
ROWS = """
rows = tkinter.Listbox(root, selectmode="extended")
rows.insert(0, "one", "two", "three")
rows.bind("<Delete>", lambda _: rows.delete(0, "end"))
rows.pack()
rows.focus_force()
told["text"] = lambda: ",".join(rows.get(0, "end"))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("code", "holds"), [(CELLS, "vwxyz"), (ROWS, "one,two,three")], ids=["cells", "rows"])
@pytest.mark.parametrize("text", ["n", ""])
def test_cells_and_rows_are_never_deleted(
    code: str, holds: str, text: str, tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    form = tk(isolated, code)
    seen.observe()
    try:
        seen.execute(Type(text=text, clear=True))
    except ActionPartial as told:
        assert told.done is None and "\n" not in str(told)
    assert form.rests()["text"] == holds


@pytest.mark.slow
@pytest.mark.parametrize("program", ["cat > said", "python3 -q"])
def test_the_line_in_a_terminal(
    program: str, environment: IsolatedDesktopEnvironment, needs: Callable[..., None]
) -> None:
    needs("xterm")
    environment.execute(OpenApp(name="xterm"))
    environment.execute(Type(text="rm -r everything"))
    environment.execute(Type(text=program, clear=True, submit=True))
    environment.execute(WaitUntilStable(seconds=20))
    environment.execute(Type(text="what was begun"))
    line = "the right line" if program.startswith("cat") else "open('said', 'w').write('the right line'); exit()"
    environment.execute(Type(text=line, clear=True, submit=True))
    environment.execute(Press(keys=("ctrl", "d")))
    environment.execute(WaitUntilStable(seconds=20))
    assert (environment.desktop.home / "said").read_text().strip() == "the right line"


@pytest.mark.slow
def test_a_program_with_a_screen_of_its_own_in_a_terminal(
    environment: IsolatedDesktopEnvironment, needs: Callable[..., None]
) -> None:
    needs("xterm", "less")
    environment.execute(OpenApp(name="xterm"))
    environment.execute(Type(text="less /etc/passwd", submit=True))
    environment.execute(WaitUntilStable(seconds=20))
    with pytest.raises(ActionRejected, match="less in this terminal has no line"):
        environment.execute(Type(text="x", clear=True))


@pytest.mark.slow
def test_the_fields_of_a_gtk_program_and_not_its_document(
    environment: IsolatedDesktopEnvironment, needs: Callable[..., None]
) -> None:
    needs("mousepad", "dbus-daemon", "/usr/libexec/at-spi-bus-launcher")
    environment.execute(OpenApp(name="Mousepad"))
    environment.execute(Type(text="a document\nof two lines"))
    with pytest.raises(ActionRejected, match="a document has the focus"):
        environment.execute(Type(text="x", clear=True))
    environment.execute(Press(keys=("ctrl", "f")))
    environment.execute(Type(text="of"))
    environment.execute(Type(text="two", clear=True))
    found = [element.text for element in environment.elements() if element.editable]
    assert "two" in found and "a document of two lines" in found


def test_files_are_never_deleted(environment: IsolatedDesktopEnvironment, needs: Callable[..., None]) -> None:
    needs("pcmanfm")
    home = environment.desktop.home
    for name in ("one", "two"):
        (home / name).write_text("kept")
    environment.execute(OpenApp(name="pcmanfm"))
    environment.execute(Press(keys=("ctrl", "a")))
    with pytest.raises(ActionRejected, match="whether a field or a document has the focus is unknown"):
        environment.execute(Type(text="new", clear=True))
    assert (home / "one").exists() and (home / "two").exists()


@pytest.mark.slow
def test_a_sheet_keeps_its_cells(environment: IsolatedDesktopEnvironment, needs: Callable[..., None]) -> None:
    needs("libreoffice")
    environment.execute(OpenApp(name="LibreOffice Calc"))
    environment.execute(WaitUntilStable(seconds=20))
    environment.execute(Press(keys=("esc",)))  # the tip of the day
    environment.execute(Type(text="kept\t5\nkept too\t6\n"))
    for _ in range(2):
        with pytest.raises(ActionRejected, match=r"a cell of a sheet has the focus|is unknown"):
            environment.execute(Type(text="new", clear=True))
        environment.execute(Type(text="=B1"))  # now the cell is being edited
    environment.execute(Press(keys=("esc",)))
    environment.execute(Press(keys=("ctrl", "s")))
    environment.execute(WaitUntilStable(seconds=10))
    path = environment.desktop.home / "sheet.csv"
    environment.execute(Type(text=str(path), clear=True, submit=True))
    environment.execute(WaitUntilStable(seconds=10))
    environment.execute(Press(keys=("enter",)))  # keeps the format
    environment.execute(WaitUntilStable(seconds=10))
    environment.execute(Press(keys=("enter",)))
    environment.execute(WaitUntilStable(seconds=10))
    assert "kept too,6" in path.read_text()


PAGE = """<!doctype html><meta charset=utf-8><style>span{margin:9px} .on span{background:#9cf}</style>
<div id=grid tabindex=0></div><input id=field value="old value"><script>
const data = ["k", "l", "m"];
const draw = chosen => {
  grid.className = chosen ? "on" : "";
  grid.innerHTML = data.map(cell => `<span>${cell}</span>`).join("");
};
draw(false);
grid.onkeydown = event => {
  if (event.ctrlKey && (event.key === "a" || event.key === "End")) { draw(true); event.preventDefault(); }
  if (event.key === "Delete" || event.key === "Backspace") { data.fill(""); draw(false); }
};
const tell = () => document.title = `${data}|${field.value}|${document.activeElement.id}`;
setInterval(tell, 20);
(location.hash === "#field" ? field : grid).focus();
</script>"""


@pytest.mark.slow
@pytest.mark.parametrize("focus", ["grid", "field"])
def test_a_page_in_a_browser(
    focus: str, isolated: IsolatedDesktop, seen: DesktopEnvironment, tmp_path: Path, needs: Callable[..., None]
) -> None:
    needs("chromium")
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    with Kiosk(f"{page.as_uri()}#{focus}", environ=isolated.environ):
        while focus not in (seen.observe().title or "").split("|")[-1]:
            seen.execute(WaitUntilStable(seconds=1))
        if focus == "grid":
            with pytest.raises(ActionPartial, match="may not be the text of a field"):
                seen.execute(Type(text="new", clear=True))
            assert (seen.observe().title or "").startswith("k,l,m|old value")
        else:
            seen.execute(Type(text="new", clear=True))
            seen.execute(WaitUntilStable(seconds=5))
            assert (seen.observe().title or "").startswith("k,l,m|new|")
