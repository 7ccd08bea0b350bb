"""Oracles of the tasks that look like an inbox: star, delete, answer and forward messages."""

import re
from collections.abc import Generator, Iterator

from handeye.evals.miniwob.oracle import Move, PageReader, quote
from handeye.evals.miniwob.oracles.scrolling import scroll_down
from handeye.evals.miniwob.oracles.typing import CLICK_TEXT_BOX

_THREAD = """name => [...document.querySelectorAll('#main .email-thread')]
  .findIndex(thread => thread.querySelector('.email-sender').textContent === name) + 1"""


def email_inbox(page: PageReader) -> Iterator[Move]:
    """One of the four actions, as the instruction says."""
    sender = re.findall(r"Find the email by (.*?) and ", page.utterance)[0]
    if "star icon" in page.utterance:
        yield from _click_icon(page, sender, "star")
    elif "trash icon" in page.utterance:
        yield from _click_icon(page, sender, "trash")
    elif "reply" in page.utterance:
        yield from _reply(page, sender, page.quoted[0])
    else:
        receiver = re.findall(r"forward that email to (.*)\.", page.utterance)[0]
        yield from _forward(page, sender, receiver)


def email_inbox_nl(page: PageReader) -> Iterator[Move]:
    """The same, for instructions in many people's words, whose meaning the page gives."""
    asked = page.evaluate("() => core.getUtterance().fields ?? core.currentFields")
    match asked.get("task", "forward"):
        case "star":
            yield from _click_icon(page, asked["by"], "star")
        case "delete":
            yield from _click_icon(page, asked["by"], "trash")
        case "reply":
            yield from _reply(page, asked["by"], asked["message"])
        case _:
            yield from _forward(page, asked["by"], asked["to"])


def _reply(page: PageReader, sender: str, text: str) -> Iterator[Move]:
    yield from _open(page, sender, "Reply")
    yield from page.fill(CLICK_TEXT_BOX, "#reply-text", text)
    yield page.click("Click the send icon.", "#send-reply")


def _forward(page: PageReader, sender: str, receiver: str) -> Iterator[Move]:
    yield from _open(page, sender, "Forward")
    yield from page.fill('Click the text box "to:".', ".forward-sender", receiver)
    yield page.click("Click the send icon.", "#send-forward")


def _click_icon(page: PageReader, sender: str, icon: str) -> Iterator[Move]:
    thread = yield from _scroll_to(page, sender, f".{icon}")
    yield page.click(f"Click the {icon} icon of {quote(sender)}.", f"{thread} .{icon}")


def _open(page: PageReader, sender: str, answer: str) -> Iterator[Move]:
    """Open the message and begin to answer it."""
    if not page.texts("#email"):
        thread = yield from _scroll_to(page, sender, ".email-sender")
        yield page.click(f"Click the message of {quote(sender)}.", f"{thread} .email-sender")
    if not page.texts("#reply, #forward"):
        button = f"#email .email-{answer.lower()}"
        while not page.sees(button):
            yield scroll_down(page, "the message", "#email")
        yield page.click(f"Click {quote(answer)}.", button)


def _scroll_to(page: PageReader, sender: str, part: str) -> Generator[Move, None, str]:
    thread = f"#main > :nth-child({page.evaluate(_THREAD, sender)} of .email-thread)"
    while not page.sees(f"{thread} {part}"):
        yield scroll_down(page, "the list", "#main")
    return thread
