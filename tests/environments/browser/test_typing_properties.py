"""A text arrives whole, or is refused beforehand, or the outcome says how much has arrived: for any text and field,
whatever moves the focus meanwhile, in a real browser. Nothing goes to the popup."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handeye.actions.schema import Press, SwitchTab, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import ActionPartial, ActionRejected

FIELDS = {
    "line": "<input id=i>",
    "area": "<textarea id=i rows=4></textarea>",
    "rich": "<pre id=i contenteditable=plaintext-only style='min-height:20px'></pre>",
    "short": "<input id=i maxlength=5>",
    "upper": "<input id=i oninput='i.value = i.value.toUpperCase()'>",
    "read-only": "<input id=i readonly>",
    "nothing": "<p id=i tabindex=0>words</p>",
}
MOVES = {
    "none": "",
    "popup": "popup()",
    "later": "setTimeout(popup, 3)",
    "body": "i.blur()",
    "frame": "popup(true)",
    "dialog": "alert('now')",
    "tab": "window.open('about:blank')",
}
PAGE = """<style>body{margin:0}</style>%s<div id=d></div><script>
let done = false;
const popup = frame => {
  d.innerHTML = frame ? '<iframe id=f srcdoc="<input id=p>"></iframe>'
    : '<div style="position:fixed;top:120px"><input id=p></div>';
  if (!frame) { p.focus(); return }
  f.onload = () => f.contentDocument.getElementById('p').focus();
};
const held = () => i.value ?? i.innerText;
const entered = () => d.querySelector('iframe')?.contentDocument.getElementById('p')?.value ?? window.p?.value ?? '';
const at = %d;
const look = () => { if (!done && held().length >= at) { done = true; %s } };
i.addEventListener('input', look); i.focus();
</script>"""

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Zl", "Zp"], exclude_characters="\u00ad")
TEXTS = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=30),
    st.text(st.sampled_from("ab \n\t{é世😀"), min_size=1, max_size=40),
    st.builds(
        lambda line, times: (line + "\n\t") * times, st.text("xyz é(", min_size=20, max_size=30), st.integers(20, 60)
    ),
)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(FIELDS)), st.sampled_from(sorted(MOVES)), TEXTS, st.integers(1, 40), st.booleans())
@example("upper", "none", "0\u0131\u00df", 2, False)
def test_a_text_arrives_or_the_outcome_says_how_much(
    show: Any, field: str, move: str, text: str, at: int, submit: bool
) -> None:
    browser: BrowserEnvironment = show(PAGE % (FIELDS[field], at, MOVES[move]))
    action = Type(text=text, submit=submit and field != "area")
    outcome: object
    try:
        outcome = browser.execute(action)
    except (ActionRejected, ActionPartial) as error:
        outcome = error
    while "dialog" in repr(browser.observe().notices):
        browser.execute(Press(keys=("enter",)))
    if len(browser.observe().tabs) > 1:
        browser.execute(Press(keys=("esc",)))
        page = _first(browser)
    else:
        page = browser.evaluate("[held(), entered()]")
    held, entered = page
    what = json.dumps([field, move, text, at, submit, held, str(outcome)[:200]])
    assert entered == "", what
    if isinstance(outcome, ActionRejected):
        assert _solid(held) in {"", "words"}, what
    elif isinstance(outcome, ActionPartial):
        assert outcome.done is None or _solid(_typed(field, outcome.done.text)).startswith(_solid(held)[:1]), what
        if field in {"line", "upper", "short"} and "\n" not in text and "\t" not in text and outcome.done is not None:
            assert _solid(held) == _solid(_typed(field, outcome.done.text)), what
    elif not {"\n", "\t"} & set(text):
        assert _solid(held) == _solid(_typed(field, text)), what
    elif field in {"area", "rich"} and "\t" not in text:
        assert _solid(held) == _solid(text), what


def _first(browser: BrowserEnvironment) -> Any:
    browser.execute(SwitchTab(index=0))
    return browser.evaluate("[held(), entered()]")


def _typed(field: str, text: str) -> str:
    return text.upper() if field == "upper" else text


def _solid(text: str) -> str:
    return "".join(text.split())
