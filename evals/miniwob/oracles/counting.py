"""Oracles of tasks about drawn shapes: find one that fits a description, count them or their sides, draw a digit."""

import re
from collections.abc import Iterator

from handeye.actions.schema import Click
from handeye.evals.miniwob.oracle import Move, PageReader, quote
from handeye.evals.miniwob.oracles.typing import CLICK_TEXT_BOX

_MATCHING = """words => [...document.querySelectorAll('#area_svg > *')].filter(drawn => {
  const label = drawn.tagName === 'text' ? drawn.textContent : null;
  const kind = label === null ? { rect: 'rectangle', circle: 'circle', polygon: 'triangle' }[drawn.tagName] : label;
  const type = label === null ? 'shape' : /\\d/.test(label) ? 'digit' : 'letter';
  const extent = parseFloat({ rectangle: drawn.getAttribute('width'), circle: 2 * drawn.getAttribute('r'),
    triangle: drawn.getBBox().width }[kind] ?? drawn.getAttribute('font-size'));
  const size = extent > 15 ? 'large' : 'small';  // 20 or 10
  const said = [size, drawn.getAttribute('fill'), kind, type, 'item'];
  return words.every(word => said.includes(word));
})"""
_CORNERS = """() => {
  // A regular shape about the middle of the canvas: 34.5 px from there only its corners, at 35, are drawn.
  const canvas = document.querySelector('#c'), context = canvas.getContext('2d');
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const dark = [...Array(720).keys()].map(step => {
    const angle = step * Math.PI / 360;
    const x = Math.floor(canvas.width / 2 + 34.5 * Math.cos(angle));
    const y = Math.floor(canvas.height / 2 + 34.5 * Math.sin(angle));
    return data[4 * (y * canvas.width + x) + 3] > 64;
  });
  let corners = 0;
  let light = 0;
  const start = dark.lastIndexOf(false);
  for (let step = 1; step <= 720; step++) {
    if (!dark[(start + step) % 720]) light++;
    else {
      if (light > 20 || corners === 0) corners++;  // ten degrees apart at the least
      light = 0;
    }
  }
  return corners;
}"""
_WRONG_BOXES = """digit => PATTERNS[digit].flat().map((wanted, index) => [index, Boolean(wanted)])
  .filter(([index, wanted]) => document.querySelectorAll('#checkboxes input')[index].checked !== wanted)
  .map(([index]) => index)"""
_BOX_OF_DIGIT = "index => document.querySelectorAll('#checkboxes input')[index]"


def click_shape(page: PageReader) -> Iterator[Move]:
    """Any of the shapes, letters and digits that fit a description."""
    wanted = page.utterance.removeprefix("Click on a ")
    yield Move(f"Click a {wanted}.", Click(point=page.point(_MATCHING, wanted.split())))


def count_shape(page: PageReader) -> Iterator[Move]:
    """The button with the number of those that fit."""
    wanted = re.findall(r"How many (.*)s are there", page.utterance)[0]
    count = page.evaluate(f"words => ({_MATCHING})(words).length", wanted.split())
    yield page.click(f"Click the button {quote(str(count))}.", "#count-buttons button", str(count))


def count_sides(page: PageReader) -> Iterator[Move]:
    """The button with the number of sides of a drawn shape."""
    count = str(page.evaluate(_CORNERS))
    yield page.click(f"Click the button {quote(count)}.", "#form button", count)


def visual_addition(page: PageReader) -> Iterator[Move]:
    """The number of blocks into the text box, then Submit."""
    yield from page.fill(CLICK_TEXT_BOX, "#math-answer", str(len(page.texts(".addition-block"))))
    yield page.press_button()


def number_checkboxes(page: PageReader) -> Iterator[Move]:
    """The checkboxes, of seven rows of four, that draw a digit, then Submit."""
    digit = int(page.quoted[0])
    while wrong := page.evaluate(_WRONG_BOXES, digit):
        row, column = divmod(wrong[0], 4)
        where = f"{column + 1} in row {row + 1}"
        yield Move(f"Click the checkbox {where}.", Click(point=page.point(_BOX_OF_DIGIT, wrong[0])))
    yield page.press_button()
