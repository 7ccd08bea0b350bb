"""A text arrives whole, or is refused beforehand, or the outcome says how much has arrived."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, Press, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import ActionPartial, ActionRejected

FIELD = "<input id=i><script>i.focus()</script>"
KEYS = """<div id=c tabindex=0 style="width:90px;height:40px"></div><script>
got = ''; c.focus(); c.addEventListener('keydown', e => { if ([...e.key].length === 1) got += e.key });</script>"""
POPUP = """<textarea id=i rows=5 cols=40></textarea><div id=d style="position:fixed;top:150px"></div><script>i.focus();
const popup = () => { if (!window.p) d.innerHTML = '<input id=p>'; p.focus(); };</script>"""


def codes(count: int, later: str) -> str:
    return f"""{"<input maxlength=1 size=1 class=box>" * count}<script>
    boxes = [...document.querySelectorAll('.box')]; boxes[0].focus();
    boxes.forEach((box, at) => box.oninput = () => {{ const next = boxes[at + 1]; if (box.value && next) {later} }});
    </script>"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "later",
    ["next.focus()", "setTimeout(() => next.focus(), 20)", "{ box.blur(); setTimeout(() => next.focus(), 90) }"],
)
def test_the_focus_may_move_on_with_the_characters(show: Any, later: str) -> None:
    browser = show(codes(7, later))
    browser.execute(Type(text="07A93é1"))
    assert browser.evaluate("boxes.map(box => box.value).join('')") == "07A93é1"


@pytest.mark.slow
def test_a_long_key_goes_from_group_to_group(show: Any) -> None:
    browser = show(codes(4, "if (box.value.length === 5) next.focus()").replace("maxlength=1", "maxlength=5"))
    browser.execute(Type(text="ABCDE12345FGHIJ67890"))
    assert browser.evaluate("boxes.map(box => box.value)") == ["ABCDE", "12345", "FGHIJ", "67890"]


def test_keys_are_down_as_long_as_a_hand_presses_them(show: Any) -> None:
    browser = show(
        FIELD + "<script>times = []; downs = {}; onkeydown = e => downs[e.key] = performance.now();"
        "onkeyup = e => times.push(performance.now() - downs[e.key])</script>"
    )
    browser.execute(Type(text="ab世"))
    browser.execute(Press(keys=("shift", "left")))
    times = browser.evaluate("times")
    assert len(times) == 5  # type: ignore[arg-type]
    assert min(times) > 30  # type: ignore[type-var]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["crème 世界", "😀 ok", "z" * 620])
def test_a_page_that_takes_keys_gets_every_character(show: Any, text: str) -> None:
    browser = show(KEYS)
    seen = browser.execute(Type(text=text))
    assert browser.evaluate("got") == text
    assert "went to the page as keys" in seen.notices[0]


def test_a_cell_that_opens_its_editor_at_the_first_key_gets_all(show: Any) -> None:
    browser = show("""<table><tr><td id=c tabindex=0 style="width:90px;height:30px"></table><script>c.focus();
    c.onkeydown = e => { if (document.activeElement !== c) return;
      const field = document.createElement('input'); field.id = 'f';
      c.replaceChildren(field); field.focus(); }</script>""")
    assert browser.execute(Type(text="été 42")).notices == ()
    assert browser.evaluate("f.value") == "été 42"


@pytest.mark.parametrize(
    ("html", "text", "reason"),
    [
        ("<p>words", "a", "nothing that takes text has the focus"),
        ("<button autofocus>b</button>", "a", "nothing that takes text has the focus"),
        ("<input autofocus type=checkbox>", "a", "nothing that takes text has the focus"),
        ("<input autofocus readonly value=kept>", "a", "read-only"),
        ("<textarea autofocus readonly></textarea>", "a", "read-only"),
        ("<input autofocus type=number value=3>", "4 apples", "only numbers"),
        ("<input autofocus type=time>", "--", "only a time"),
    ],
)
def test_what_cannot_arrive_is_refused_beforehand(show: Any, html: str, text: str, reason: str) -> None:
    browser = show(f"{html}<script>events = 0; oninput = onblur = () => events++</script>")
    with pytest.raises(ActionRejected, match=reason):
        browser.execute(Type(text=text))
    assert browser.evaluate("events") == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("html", "text", "done"),
    [
        ("<input id=i maxlength=3>", "melon", "mel"),
        ("<textarea id=i maxlength=9></textarea>", "q" * 700, "q" * 9),
        ("<input id=i oninput=\"i.value = i.value.replace(/[aeiou]/g, '')\">", "banana", "bnn"),
        ("<input id=i onkeypress='return /\\d/.test(event.key)'>", "1b2", "12"),
    ],
)
def test_what_the_field_drops_is_told(show: Any, html: str, text: str, done: str) -> None:
    browser = show(f"{html}<script>i.focus()</script>")
    with pytest.raises(ActionPartial, match=f"only {len(done)} of {len(text)} characters") as told:
        browser.execute(Type(text=text, submit=True))
    assert told.value.done == Type(text=done)
    assert browser.evaluate("i.value") == done


@pytest.mark.parametrize(
    ("rewrite", "text", "held"),
    [
        ("i.value.toUpperCase()", "straße", "STRASSE"),
        ("i.value.replace(/\\D/g, '').replace(/(..)(?=.)/g, '$1 ')", "12-34-56", "12 34 56"),
        ("i.value === 'Ber' ? 'Berlin' : i.value", "Ber", "Berlin"),
    ],
)
def test_what_the_page_writes_otherwise_is_told(show: Any, rewrite: str, text: str, held: str) -> None:
    browser = show(f'<input id=i oninput="i.value = {rewrite}"><script>i.focus()</script>')
    seen = browser.execute(Type(text=text))
    assert seen.notices == (f"The page has changed what was typed. The field holds '{held}' now.",)


TAGS = """<p id=d><input name=tag></p><script>tags = []; const listen = () => { const field = d.querySelector('input');
  field.focus(); field.onkeydown = event => { if (event.key !== ';') return; event.preventDefault();
    tags.push(field.value); %s } }; listen()</script>"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "then",
    [
        "field.value = ''",
        "d.innerHTML = '<b>wide tag</b> '.repeat(tags.length) + '<input name=tag>'; listen()",
    ],
)
def test_a_list_of_tags_takes_each_of_them(show: Any, then: str) -> None:
    browser = show(TAGS % then)
    seen = browser.execute(Type(text="oak;elm;ash"))
    assert browser.evaluate("[...tags, d.querySelector('input').value]") == ["oak", "elm", "ash"]
    assert seen.notices == ("The page has changed what was typed. The field holds 'ash' now.",)


def test_a_code_that_opens_the_next_page_has_arrived(show: Any, site: Any) -> None:
    site.page("<p>welcome", "/welcome")
    page = """<form action=/welcome><input id=i name=code></form>
      <script>i.focus(); i.oninput = () => i.value.length === 5 && i.form.submit()</script>"""
    browser = show(page)
    assert browser.execute(Type(text="70431")).url == site.url("/welcome?code=70431")
    browser = show(page)
    with pytest.raises(ActionPartial, match="the text was typed, but not submitted"):
        browser.execute(Type(text="70431", submit=True))


@pytest.mark.slow
def test_a_field_that_the_page_writes_late_is_typed_into_slowly(show: Any) -> None:
    browser = show("""<input id=i><script>i.focus(); let held = ''; i.oninput = () => {
      const now = i.value; i.value = held; setTimeout(() => { held = i.value = now }, 12) }</script>""")
    text = "each letter comes back a moment later"
    assert browser.execute(Type(text=text)).notices == ()
    assert browser.evaluate("i.value") == text


def test_what_a_page_writes_into_an_empty_field_is_replaced(show: Any) -> None:
    for kind in ("text", "number"):
        browser = show(f"<input id=i type={kind} value=31 oninput=\"i.value ||= '0'\"><script>i.focus()</script>")
        for text in ("85", "0"):
            browser.execute(Type(text=text, clear=True))
            assert browser.evaluate("i.value") == text


def test_a_number_that_loses_a_sign_is_told(show: Any) -> None:
    browser = show("<input id=i type=number step=any><script>i.focus()</script>")
    with pytest.raises(ActionPartial, match=r"only 1 of 4 characters were typed: .*, it holds '625' now"):
        browser.execute(Type(text="6,25", submit=True))


def test_a_date_may_be_typed_again(show: Any) -> None:
    browser = show("<input id=i type=date value=2031-05-17><script>i.focus()</script>")
    for clear in (False, True):
        assert browser.execute(Type(text="05172031", clear=clear)).notices == ()
        assert browser.evaluate("i.value") == "2031-05-17"


def test_paragraphs_are_lines(show: Any) -> None:
    browser = show("<div id=i contenteditable><p><br></p></div><script>i.focus()</script>")
    assert browser.execute(Type(text="one\n  two\nthree")).notices == ()


def test_lines_that_the_page_indents_are_told(show: Any) -> None:
    browser = show("""<textarea id=i></textarea><script>i.focus(); i.onkeydown = event => {
      if (event.key !== 'Enter') return; event.preventDefault();
      const [indent] = i.value.split('\\n').pop().match(/^ */);
      i.setRangeText('\\n' + indent, i.value.length, i.value.length, 'end') }</script>""")
    (notice,) = browser.execute(Type(text="- a\n  - b\n- c")).notices
    assert notice.startswith("The page has changed what was typed. The field holds '- a")


@pytest.mark.slow
def test_a_secret_is_never_quoted(show: Any) -> None:
    browser = show("<input id=i oninput='i.value = i.value.toUpperCase()'><script>i.focus()</script>")
    seen = browser.execute(Type(secret="password"))
    assert seen.notices == ("The page has changed what was typed. What it holds now is not shown.",)
    browser = show("<input id=i type=password maxlength=5><script>i.focus()</script>")
    with pytest.raises(ActionPartial, match=r"^a part of the secret was typed") as told:
        browser.execute(Type(secret="password"))
    assert told.value.done is None
    with pytest.raises(ActionPartial) as told:
        browser.execute(Type(text="open sesame", clear=True))
    assert "open" not in str(told.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("opens", "arrived"),
    [
        ("i.oninput = () => i.value.length === 8 && popup()", 8),
        ("i.oninput = () => i.value.length === 24 && popup()", 24),
    ],
)
def test_a_popup_gets_nothing(show: Any, opens: str, arrived: int) -> None:
    browser = show(f"{POPUP}<script>{opens}</script>")
    text = "the quick brown fox jumps over it"
    with pytest.raises(
        ActionPartial, match=f"only {arrived} of {len(text)} characters were typed: the focus has moved"
    ):
        browser.execute(Type(text=text, submit=True))
    assert browser.evaluate("[i.value, p.value]") == [text[:arrived], ""]


def test_a_popup_that_comes_by_itself_gets_nothing(show: Any) -> None:
    browser = show(f"{POPUP}<script>i.oninput = () => {{ i.oninput = null; setTimeout(popup, 260) }}</script>")
    with pytest.raises(ActionPartial) as told:
        browser.execute(Type(text="words upon words upon words", submit=True))
    value, popup = browser.evaluate("[i.value, p.value]")  # type: ignore[misc]
    assert popup == ""
    assert told.value.done == Type(text=value)


def test_another_field_is_no_code_form(show: Any) -> None:
    browser = show(
        "<input id=i><input id=j><script>i.focus(); i.oninput = () => i.value.length === 4 && j.focus()</script>"
    )
    with pytest.raises(ActionPartial, match="only 4 of 9 characters"):
        browser.execute(Type(text="something"))
    assert browser.evaluate("[i.value, j.value]") == ["some", ""]


def test_a_dialog_in_the_middle_ends_the_typing(show: Any) -> None:
    browser = show("<input id=i><script>i.focus(); i.oninput = () => i.value.length === 3 && alert('three')</script>")
    with pytest.raises(ActionPartial, match="only 3 of 6 characters were typed: a dialog has opened") as told:
        browser.execute(Type(text="secret", submit=True))
    assert told.value.done == Type(text="sec")
    assert "alert dialog 'three'" in browser.observe().notices[0]
    assert browser.execute(Press(keys=("enter",))).notices == ()
    assert browser.evaluate("i.value") == "sec"


def test_a_dialog_at_the_end_is_no_interruption(show: Any) -> None:
    browser = show("<form onsubmit=\"alert('sent'); return false\"><input id=i></form><script>i.focus()</script>")
    assert "alert dialog 'sent'" in browser.execute(Type(text="all of it", submit=True)).notices[0]
    browser.execute(Press(keys=("enter",)))
    assert browser.evaluate("i.value") == "all of it"


def test_a_new_tab_in_the_middle_ends_the_typing(show: Any) -> None:
    browser = show("<input id=i><script>i.focus(); i.onkeydown = e => e.key === 'c' && open('about:blank')</script>")
    with pytest.raises(ActionPartial, match="another tab has come to the front"):
        browser.execute(Type(text="abcdefghijklmnop"))
    assert "A new tab has opened" in browser.observe().notices[0]


@pytest.mark.slow
def test_a_field_that_is_drawn_anew_goes_on(show: Any) -> None:
    page = """<div id=d><input></div><script>const draw = () => { const old = d.firstChild, field = old.cloneNode();
      field.value = old.value; field.oninput = draw; d.replaceChildren(field); field.focus();
      field.setSelectionRange(%s, 99) }; draw()</script>"""
    browser = show(page % 99)
    assert browser.execute(Type(text="letter by letter")).notices == ()
    assert browser.evaluate("d.firstChild.value") == "letter by letter"
    with pytest.raises(ActionPartial, match="the field does not hold the others"):
        show(page % 0).execute(Type(text="letters"))


def test_submit_is_not_pressed_elsewhere(show: Any) -> None:
    browser = show(
        "<input id=i><button id=b onclick='document.title = `pressed`'>b</button>"
        "<script>i.focus(); i.oninput = () => i.value === 'word' && b.focus()</script>"
    )
    with pytest.raises(ActionPartial, match="the text was typed, but not submitted: the focus has moved"):
        browser.execute(Type(text="word", submit=True))
    assert browser.observe().title == ""


def test_enter_goes_on_where_the_text_belongs(show: Any) -> None:
    browser = show("""<textarea id=i></textarea><script>sent = []; i.focus();
    i.onkeydown = e => { if (e.key === 'Enter') { e.preventDefault(); sent.push(i.value); i.value = '' } }</script>""")
    browser.execute(Type(text="one\ntwo", submit=True))
    assert browser.evaluate("sent") == ["one", "two"]
    browser = show("""<input id=i><dialog id=d><input id=p></dialog><script>i.focus();
    i.onkeydown = e => { if (e.key === 'Enter') d.showModal() }</script>""")
    with pytest.raises(ActionPartial, match="only 4 of 7 characters"):
        browser.execute(Type(text="one\ntwo"))
    assert browser.evaluate("[i.value, p.value]") == ["one", ""]


def test_enter_and_tab_are_keys_for_anything(show: Any) -> None:
    browser = show(
        "<button id=b onclick='document.title += `pressed`'>b</button><input id=i><script>b.focus()</script>"
    )
    seen = browser.execute(Type(text="\n"))
    assert (seen.title, seen.notices) == ("pressed", ())
    browser.execute(Type(text="\tword"))
    assert browser.evaluate("i.value") == "word"
    browser = show("<input id=i><button id=b>b</button><script>i.focus()</script>")
    with pytest.raises(ActionPartial, match="only 5 of 9 characters were typed: nothing that takes text"):
        browser.execute(Type(text="word\tmore"))


LONG = "if (a) {\n\tb;\n    c();\n}\n" * 30


@pytest.mark.parametrize(
    ("html", "got"),
    [
        ("<textarea id=i></textarea><input id=j>", "i.value"),
        ("""<textarea id=i onkeydown="if (event.key === 'Enter') { event.preventDefault();
            i.setRangeText('\\n    ', i.selectionStart, i.selectionEnd, 'end') }"></textarea>""", "i.value"),
        ("""<div id=i contenteditable onpaste="event.preventDefault();
            got = event.clipboardData.getData('text/plain'); i.textContent = got"></div>""", "got"),
        ("<pre id=i contenteditable=plaintext-only></pre>", "i.innerText.trimEnd() + `\\n`"),
    ],
)  # fmt: skip
def test_a_long_text_is_entered_as_it_is(show: Any, html: str, got: str) -> None:
    browser = show(f"{html}<script>i.focus()</script>")
    browser.execute(Type(text=LONG))
    assert browser.evaluate("document.activeElement.id") == "i"
    assert browser.evaluate(got) == LONG


def test_a_long_text_in_one_line_has_enter_for_a_line_feed(show: Any) -> None:
    browser = show("<form onsubmit='sent.push(i.value); i.value = ``; return false'><input id=i></form>"
                   "<script>sent = []; i.focus()</script>")  # fmt: skip
    browser.execute(Type(text="x\t" * 300 + "\nrest"))
    assert browser.evaluate("[sent, i.value]") == [["x\t" * 300], "rest"]


@pytest.mark.parametrize(
    ("html", "now"),
    [
        ("<input id=i value='old text'>", "i.value"),
        ("<textarea id=i>old\ntext</textarea>", "i.value"),
        ("<input id=i type=number value=17>", "i.value"),
        ("<input id=i type=email value=me@host.example>", "i.value"),
        ("<div id=i contenteditable>old <b>bold</b><p>and more</div>", "i.textContent"),
        ("<p id=h></p><script>r = h.attachShadow({mode: 'closed'}); r.innerHTML = '<input value=old>';"
         "i = r.querySelector('input')</script>", "i.value"),
    ],
)  # fmt: skip
def test_clear_empties_the_field_and_nothing_else(show: Any, html: str, now: str) -> None:
    browser = show(f"""<p id=a contenteditable>other</p>{html}<input id=z value=another><script>i.focus(); keys = [];
                       addEventListener('keydown', e => keys.push((e.ctrlKey ? 'ctrl+' : '') + e.key))</script>""")
    browser.execute(Type(text="55", clear=True))
    assert browser.evaluate(f"[{now}, a.textContent, z.value]") == ["55", "other", "another"]
    assert browser.evaluate("keys") == ["Delete", "5", "5"]
    browser.execute(Type(text="", clear=True))
    assert browser.evaluate(now) == ""
    keys = browser.evaluate("keys.length")
    browser.execute(Type(text="", clear=True))  # there is nothing to delete
    assert browser.evaluate("keys.length") == keys


@pytest.mark.slow
def test_clear_empties_a_date(show: Any) -> None:
    browser = show("<input id=i type=date value=2024-05-10><script>i.focus()</script>")
    browser.execute(Type(text="12/31/2025", clear=True))
    assert browser.evaluate("i.value") == "2025-12-31"
    browser.execute(Type(text="", clear=True))
    assert browser.evaluate("i.value") == ""
    with pytest.raises(ActionPartial, match="only 0 of 3 characters"):
        browser.execute(Type(text="12/"))


SHEET = """<div id=s tabindex=0 style="width:90px;height:40px">%s</div><script>cells = ['a', 'b', 'c'];
s.onkeydown = e => { if (e.key === 'Delete' || e.key === 'Backspace' || e.ctrlKey) cells = [] };
(s.firstElementChild ?? s).focus()</script>"""


@pytest.mark.parametrize("inside", ["", "<textarea style='position:absolute;width:1px;height:1px'></textarea>"])
def test_clear_never_empties_a_sheet(show: Any, inside: str) -> None:
    browser = show(SHEET % inside)
    with pytest.raises(ActionRejected, match=r"sheet|nothing to clear"):
        browser.execute(Type(text="new", clear=True))
    assert browser.evaluate("cells") == ["a", "b", "c"]


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", ["", "sandbox=allow-forms", "sandbox='allow-forms allow-scripts'"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_fields_in_frames_are_cleared_and_typed_into(show: Any, site: Any, sandbox: str, host: str) -> None:
    inner = site.page("<form action=/told><input name=i value=old size=9></form>", "/inner").replace("127.0.0.1", host)
    site.page("told", "/told")
    browser = show(f"<div id=o contenteditable>kept</div><iframe src='{inner}' style='border:0' {sandbox}></iframe>")
    browser.execute(Click(point=Point(40, 32)))
    browser.execute(Type(text="né w", clear=True, submit=True))
    assert "/told?i=n%C3%A9+w" in site.requested
    assert browser.evaluate("o.textContent") == "kept"


def test_a_document_that_is_edited_as_a_whole(show: Any) -> None:
    browser = show("<script>document.designMode = 'on'</script><p>old")
    browser.execute(Click(point=Point(10, 20)))
    browser.execute(Type(text="all new", clear=True))
    assert str(browser.evaluate("document.body.innerText")).strip() == "all new"


def test_a_field_behind_a_modal_dialog_takes_nothing(show: Any) -> None:
    browser = show("<input id=i><dialog id=d><p>words</dialog><script>i.focus(); d.showModal()</script>")
    with pytest.raises(ActionRejected, match="nothing that takes text has the focus"):
        browser.execute(Type(text="word"))
    assert browser.evaluate("i.value") == ""


@pytest.mark.slow
def test_a_whole_browser_types_into_a_frame_of_another_process(site: Any, needs: Any) -> None:
    needs("chromium")
    inner = site.page("<input value=old><script>parent.postMessage('here', '*')</script>", "/far").replace(
        "127.0.0.1", "localhost"
    )
    url = site.page(
        f"<iframe src='{inner}' style='border:0'></iframe><script>onmessage = () => document.title = 'here'</script>"
    )
    with BrowserEnvironment(url, viewport=Size(400, 300), executable=Path(shutil.which("chromium") or "")) as browser:
        browser.reset()
        browser.execute(Click(point=Point(40, 15)))
        assert browser.execute(Type(text="über 世", clear=True)).notices == ()
