"""Downloads and file choosers."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Navigate, Press, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.browser.files import Files, safe_name
from handeye.environments.errors import ActionRejected, InvalidOption

CLICK = Click(point=Point(20, 10))
ESCAPE = Press(keys=("esc",))


def attachment(name: str) -> dict[str, Any]:
    return {"kind": "application/octet-stream", "headers": {"Content-Disposition": f'attachment; filename="{name}"'}}


def test_a_download_is_saved_and_told(site: Any, show: Any, folders: Path) -> None:
    site.serve("/file", b"12345", **attachment("report.csv"))
    browser = show("<a href=/file>download this file</a>")
    assert browser.execute(CLICK).notices == ("Downloaded report.csv (5 bytes).",)
    assert browser.execute(CLICK).notices == ("Downloaded report (1).csv (5 bytes).",)
    assert (folders / "downloads" / "report.csv").read_bytes() == b"12345"


def test_going_to_a_download_is_no_failure(site: Any, show: Any, folders: Path) -> None:
    site.serve("/direct", b"abc", **attachment("direct.bin"))
    browser = show("<title>stays</title>")
    seen = browser.execute(Navigate(url=site.url("/direct")))
    assert (seen.title, seen.notices) == ("stays", ("Downloaded direct.bin (3 bytes).",))


def test_a_slow_download_is_waited_for(site: Any, show: Any) -> None:
    site.serve("/slow", b"abc", delay=1.0, **attachment("slow.bin"))
    browser = show("<a href=/slow>download this file</a>")
    assert browser.execute(CLICK).notices == ("Downloaded slow.bin (3 bytes).",)


def test_what_a_server_suggests_stays_in_the_folder(site: Any, show: Any, folders: Path) -> None:
    site.serve("/evil", b"x", **attachment("../../evil.txt"))
    browser = show("<a href=/evil>download this file</a>")
    (notice,) = browser.execute(CLICK).notices
    assert "evil.txt (1 bytes)" in notice
    assert not list(folders.parent.glob("evil*")) + list(folders.glob("evil*"))


@pytest.mark.parametrize(
    ("suggested", "name"),
    [
        ("report.csv", "report.csv"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        (".bashrc", "bashrc"),
        ("..", "download"),
        ("", "download"),
        ("a\x00b\n\u202ec.txt", "abc.txt"),
        ('con<>:"|?*.txt', "con_______.txt"),
        ("报告.pdf", "报告.pdf"),
        ("中" * 300 + ".pdf", "中" * 65 + ".pdf"),
        ("x" * 300, "x" * 200),
        ("x." + "y" * 300, "x." + "y" * 198),
        ("nul", "_nul"),
        ("Aux.tar.gz", "_Aux.tar.gz"),
        ("console.txt", "console.txt"),
    ],
)
def test_names_are_made_safe(suggested: str, name: str) -> None:
    assert safe_name(suggested) == name


@pytest.mark.slow
def test_downloads_without_a_folder_are_refused_and_said_so(site: Any) -> None:
    site.serve("/file", b"12345", **attachment("report.csv"))
    with BrowserEnvironment(site.page("<a href=/file>download this file</a>", "/no-folder")) as browser:
        browser.reset()
        (notice,) = browser.execute(CLICK).notices
    assert notice == "The download of report.csv was refused: no download folder is set."


CHOOSER = """<input type=file id=f %s style="width:100px;height:30px"><script>
f.oncancel = () => { document.title = 'cancelled' };
f.onchange = async () => { document.title = await [...f.files].reduce(async (t, f) => await t + await f.text(), '') };
</script>"""


def test_a_file_is_chosen_by_its_name(show: Any) -> None:
    browser = show(CHOOSER % "")
    (notice,) = browser.execute(CLICK).notices
    assert notice == (
        "The page has opened a file chooser. Type the name of a file, or press esc to close it. "
        "The files are: a.txt, b.txt"
    )
    seen = browser.execute(Type(text="b.txt"))
    assert (seen.title, seen.notices) == ("second", ())


BUTTON = "<button style='height:40px' onclick=\"{}\">choose</button>"
DETACHED = "const i = document.createElement('input'); i.type = 'file'; i.click()"


@pytest.mark.slow
@pytest.mark.parametrize(
    "way",
    [
        "",
        "<label for=f style='display:block;height:40px'>choose</label>",
        BUTTON.format(DETACHED),
        BUTTON.format("f.showPicker()"),
    ],
    ids=["field", "label", "detached", "picker"],
)
def test_a_chooser_that_is_told_of_late_is_waited_for(site: Any, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    opened = Files._open

    def late(self: Files, chooser: Any) -> None:
        asyncio.get_running_loop().call_later(0.4, opened, self, chooser)

    monkeypatch.setattr(Files, "_open", late)
    with BrowserEnvironment(site.page(way + CHOOSER % "", "/late")) as browser:
        browser.reset()
        (notice,) = browser.execute(CLICK).notices
    assert notice.startswith("The page has opened a file chooser.")


def test_several_files_are_chosen_by_their_lines(show: Any) -> None:
    browser = show(CHOOSER % "multiple")
    assert "one per line for several" in browser.execute(CLICK).notices[0]
    assert browser.execute(Type(text="a.txt\nb.txt\n")).title == "firstsecond"


@pytest.mark.slow
@pytest.mark.parametrize("text", ["/etc/passwd", "../a.txt", "c.txt", "a.txt\nb.txt", " "])
def test_no_other_file_is_given_away(show: Any, text: str) -> None:
    browser = show(CHOOSER % "")
    browser.execute(CLICK)
    with pytest.raises(ActionRejected, match=r"The files are: a\.txt, b\.txt"):
        browser.execute(Type(text=text))
    assert browser.evaluate("f.files.length") == 0
    assert browser.execute(Type(text="a.txt")).title == "first"


def test_a_chooser_is_closed_with_escape_and_by_nothing_else(show: Any) -> None:
    browser = show(CHOOSER % "")
    browser.execute(CLICK)
    with pytest.raises(ActionRejected, match="a file chooser is open"):
        browser.execute(CLICK)
    assert "file chooser" in browser.observe().notices[0]
    seen = browser.execute(ESCAPE)
    assert (seen.title, seen.notices) == ("cancelled", ())


def test_without_files_none_can_be_chosen(site: Any) -> None:
    with BrowserEnvironment(site.page(CHOOSER % "", "/none")) as browser:
        browser.reset()
        assert "No files are available: press esc to close it." in browser.execute(CLICK).notices[0]
        with pytest.raises(ActionRejected):
            browser.execute(Type(text="a.txt"))


def test_uploads_must_exist_and_differ(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match=r"uploads: no\.txt does not exist"):
        BrowserEnvironment(uploads=[tmp_path / "no.txt"])
    with pytest.raises(InvalidOption, match="two files have the same name"):
        BrowserEnvironment(uploads=[tmp_path / "x" / "a", tmp_path / "y" / "a"])
