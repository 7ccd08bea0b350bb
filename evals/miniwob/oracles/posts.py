"""Oracles of tasks that press buttons of posts and of dishes, in a list that scrolls."""

import re
from collections.abc import Iterator
from typing import Final

from handeye.evals.miniwob.oracle import Move, PageReader, quote
from handeye.evals.miniwob.oracles.scrolling import scroll_to

LIST: Final = "#area"
BUTTONS: Final = {
    "Reply": "reply",
    "Retweet": "retweet",
    "Like": "like",
    "Share": "share",
    "Share via DM": "share",
    "Copy link to Tweet": "copy",
    "Embed Tweet": "embed",
    "Mute": "menu-user",
    "Block": "block-user",
    "Report": "report",
}
"""The class of a post's button by what the instruction calls it."""

_POSTS = """([user, active]) => [...document.querySelectorAll('.media')]
  .filter(post => post.querySelector('.username').textContent === user)
  .filter(post => active === (post.querySelector('.active') !== null))
  .map(post => post.dataset.result)"""
_DISHES = """wanted => [...document.querySelectorAll('.food-item')].map(item => ({
  id: item.dataset.id, name: item.dataset.item.trim(), count: Number(item.dataset.quantity),
  types: [...item.querySelectorAll('img')].map(icon => icon.alt) }))"""


def social_media(page: PageReader) -> Iterator[Move]:
    """A button of a person's post; six of the nine are in a menu."""
    user, action = re.findall(r"For the user (\S+), click on the \"(.*)\" button", page.utterance)[0]
    post = f'.media[data-result="{page.evaluate(_POSTS, [user, False])[0]}"]'
    button = f"{post} .{BUTTONS[action]}"
    # An icon is empty, and missed by a tap, while the picture is loaded that it shows under a pointer.
    while page.texts(f"{post} ul .{BUTTONS[action]}") and not page.texts(f"{post} ul:not(.hide)"):
        yield from scroll_to(page, "the posts", f"{post} .more", LIST)
        yield page.click(f"Open the menu of {quote(user)}.", f"{post} .more")
    yield from scroll_to(page, "the posts", button, LIST)
    while True:  # likewise
        yield page.click(f"Click {quote(action)} on the post of {quote(user)}.", button)


def social_media_all(page: PageReader) -> Iterator[Move]:
    """A button on all posts by a person, then Submit."""
    action, user = re.findall(r"Click the \"(.*)\" button on all posts by (\S+) and", page.utterance)[0]
    yield from _press_on_posts(page, action, user, None)


def social_media_some(page: PageReader) -> Iterator[Move]:
    """A button on some posts by a person, then Submit."""
    action, count, user = re.findall(r"Click the \"(.*)\" button on (\d+) posts? by (\S+) and", page.utterance)[0]
    yield from _press_on_posts(page, action, user, int(count))


def order_food(page: PageReader) -> Iterator[Move]:
    """Two dishes by their names, or a number of dishes of a type, then the order."""
    if "one of each item" in page.utterance:
        names = [name.strip() for name in page.utterance.split(": ")[1].split(",")]
        wanted = {dish["id"]: 1 for dish in page.evaluate(_DISHES) if dish["name"] in names}
    else:
        count, kind = re.findall(r"Order (\d+) items that are (\S+)", page.utterance)[0]
        first = next(dish["id"] for dish in page.evaluate(_DISHES) if kind in dish["types"])
        wanted = {first: int(count)}
    while wrong := [dish for dish in page.evaluate(_DISHES) if dish["count"] != wanted.get(dish["id"], 0)]:
        dish = wrong[0]
        sign, part = ("+", "add") if dish["count"] < wanted.get(dish["id"], 0) else ("-", "remove")
        button = f'.food-item[data-id="{dish["id"]}"] .{part}'
        yield from scroll_to(page, "the menu", button, LIST)
        yield page.click(f"Click {quote(sign)} of {quote(dish['name'])}.", button)
    yield from scroll_to(page, "the menu", "#submit-order button", LIST)
    yield page.press_button("#submit-order button")


def _press_on_posts(page: PageReader, action: str, user: str, count: int | None) -> Iterator[Move]:
    done, left = (page.evaluate(_POSTS, [user, active]) for active in (True, False))
    for number in left[: None if count is None else max(0, count - len(done))]:
        button = f'.media[data-result="{number}"] .{BUTTONS[action]}'
        while number not in page.evaluate(_POSTS, [user, True]):
            yield from scroll_to(page, "the posts", button, LIST)
            yield page.click(f"Click {quote(action)} on a post of {quote(user)}.", button)
    yield from scroll_to(page, "the posts", "#submitRow button", LIST)
    yield page.press_button("#submitRow button")
