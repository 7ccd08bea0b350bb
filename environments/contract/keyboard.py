"""Checks that typed text arrives unchanged, and that keys are pressed together and released."""

from collections.abc import Iterator

from handeye.actions.schema import Hold, Press, Type
from handeye.environments.contract.basics import require
from handeye.environments.contract.page import TargetPage
from handeye.environments.contract.pointer import FRAMES
from handeye.environments.contract.targets import Event

TEXTS = {
    "ASCII": "".join(map(chr, range(0x20, 0x7F))),
    "what shells take apart": r"""<b class="x">'it''s' & `id` $HOME $(id) ${A} %s %20 %% \n \\ a;b|c>d""",
    "what shells expand": r"""~ # ! * ? [a] {b,c} -n "q" ^ = @ : , . / + _""",
    "accents": "Grüße, ñandú, Žluťoučký kůň, ÅØÆ, ĲSSEL, naïve façade – “quoted” … € £ ¿¡",
    "Greek and Cyrillic": "Ξεσκεπάζω τὴν ψυχοφθόρα · Съешь ещё этих мягких булок",
    "CJK": "第一行，简体中文。繁體字「引號」日本語のテキスト カタカナ 한국어 문장",  # noqa: RUF001
    "emoji": "😀👍🏽👨‍👩‍👧🇩🇪❤️𝒳",  # noqa: RUF001
    "lines": "first line\n  second, indented\n\nfourth",
    "spaces": "  two before, two  between, and two behind  ",
    "a long text": "The quick brown fox jumps over the lazy dog, 12345 times. " * 5,
}
"""Texts that an environment types without losing or changing a character, or rejects."""

_CODE = "730582"
_ARRIVAL = 5.0
_HOLDS = (0.5, 1.5)
"""Seconds; the first is how long Android holds a key, the other is longer."""
_REPEATS = 5
"""How often a key repeats within the longer time, at least; usually some 20 times."""
_NAMES = {"Control": "ctrl", "Shift": "shift", "ArrowLeft": "left", "Enter": "enter", "End": "end"}
"""The DOM's names for the keys pressed here, and ours."""


def check_typing(page: TargetPage, secret: tuple[str, str] | None) -> Iterator[str]:
    """Each of `TEXTS` arrives complete, or is rejected before any of it arrives; so does a secret (name, value)."""
    if "type" not in page.environment.supported:
        return
    page.focus()
    together = "\n".join(TEXTS.values())
    if not _typed(page, Type(text=together, clear=True), together, "all texts together"):
        for name, text in TEXTS.items():
            done = _typed(page, Type(text=text, clear=True), text, name)
            require(done or name != "ASCII", "plain ASCII cannot be typed")
    yield "texts in any script arrive exactly, or are rejected"
    _typed(page, Type(text="first", clear=True), "first", "a text that replaces another")
    _typed(page, Type(text=", second", submit=True), "first, second\n", "a text that is submitted")
    yield "clear deletes the existing text, and submit presses enter"
    if secret is not None:
        name, value = secret
        require(_typed(page, Type(secret=name, clear=True), value, "a secret"), "a secret cannot be typed")
        require(page.attempt(Type(secret=f"no {name}")) is None, "an unknown secret is not rejected")
        yield "secrets are typed by name"


def _typed(page: TargetPage, action: Type, expected: str, what: str) -> bool:
    """Return whether it was carried out; if so, require that the text area contains exactly the expected text."""
    before = page.server.text()
    if page.attempt(action) is None:
        require(page.server.text() == before, f"{what}: rejected, but the text has changed")
        return False
    page.server.wait(lambda: page.server.text() == expected, _ARRIVAL)
    page.server.wait_quiet(0.05, _ARRIVAL)
    got = page.server.text()
    same = next((at for at, pair in enumerate(zip(got, expected, strict=False)) if len(set(pair)) > 1), len(got))
    require(
        got == expected,
        f"{what}: of {len(expected)} characters {len(got)} arrived; at {same} {got[same : same + 12]!r} "
        f"instead of {expected[same : same + 12]!r}",
    )
    return True


def check_key_pace(page: TargetPage) -> Iterator[str]:
    """Keys are down long enough and repeat while held, and a code arrives in fields that move the focus on."""
    if not page.environment.supported & {"press", "hold"}:
        return
    page.focus()
    if page.attempt(Press(keys=("b",))) is not None:
        up = _require_pressed(page, ("b",))[-1]
        lasted = up.time - page.server.events("keydown")[0].time
        require(lasted >= FRAMES, f"a key was down for {lasted:.3f} s: a page that looks once per frame may miss it")
        yield "keys are down long enough for a page that looks once per frame"
    if page.attempt(Hold(keys=("x",), seconds=_HOLDS[1])) is not None:
        page.arrived("keyup")
        repeated = sum(event.repeat for event in page.server.events("keydown"))
        require(repeated >= _REPEATS, f"a key held for {_HOLDS[1]:g} s was repeated {repeated} times")
        yield "a held key repeats"
    if "type" not in page.environment.supported:
        return
    require(page.attempt_click("digit") is not None, "a click into a field is rejected")
    if page.attempt(Type(text=_CODE)) is not None:
        page.server.wait(lambda: _code(page) == _CODE, _ARRIVAL)
        require(_code(page) == _CODE, f"of the code {_CODE}, {_code(page)!r} arrived: its fields move the focus on")
        yield "a code arrives in fields that move the focus on after each digit"


def _code(page: TargetPage) -> str:
    events = page.server.events("code")
    return events[-1].text if events else ""


def check_keys(page: TargetPage) -> Iterator[str]:
    """Keys go down in order and are released; held keys stay down for the requested time."""
    if not page.environment.supported & {"press", "hold"}:
        return
    page.focus()
    for keys in (("a",), ("enter",), ("ctrl", "shift", "left"), ("end",)):
        if page.attempt(Press(keys=keys)) is not None:
            _require_pressed(page, keys)
    yield "keys go down together and are released, or are rejected"
    for seconds in _HOLDS:
        if page.attempt(Hold(keys=("shift",), seconds=seconds)) is not None:
            ups = _require_pressed(page, ("shift",))
            lasted = ups[-1].time - page.server.events("keydown")[0].time
            require(
                0.9 * seconds <= lasted <= seconds + 1,
                f"keys held for {seconds:g} s were down for {lasted:.2f} s",
            )
    yield "keys are held for the requested time, or the action is rejected"
    held = _held(page)
    require(not held, f"afterwards {', '.join(held)} is still held")


def _require_pressed(page: TargetPage, keys: tuple[str, ...]) -> tuple[Event, ...]:
    """Require that exactly these keys went down, in this order, and up; return the keyup events."""
    ups = page.arrived("keyup", len(keys))
    downs = [_name(event) for event in page.server.events("keydown") if not event.repeat]
    chord = "+".join(keys)
    require(downs == list(keys), f"the keys {chord} arrived as {'+'.join(downs) or 'nothing'}")
    require(sorted(map(_name, ups)) == sorted(keys), f"of the keys {chord}, {[_name(event) for event in ups]} went up")
    return ups


def _name(event: Event) -> str:
    return _NAMES.get(event.key, event.key)


def _held(page: TargetPage) -> tuple[str, ...]:
    """Return the modifiers that the page sees held while it is clicked."""
    page.attempt_click("target1")
    downs = page.arrived("pointerdown")
    return downs[-1].modifiers if downs else ()
