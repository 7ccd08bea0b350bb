"""A click lands on the pixel that it names, at any device scale factor."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.browser.screen import Screen
from handeye.environments.errors import ActionRejected
from handeye.environments.settle import Settle

# Each target is one device pixel wide and high, painted in a colour that says which one it is. The page takes down
# where the pointer went down, in its own fractional CSS px.
GRID = """<body style="overflow:hidden"><script>
const factor = devicePixelRatio, canvas = document.createElement('canvas'), log = [];
const width = Math.ceil(innerWidth / 4) * 4, height = Math.ceil(innerHeight / 4) * 4;  // whole device pixels
canvas.width = width * factor; canvas.height = height * factor;
canvas.style = `display:block; width:${width}px; height:${height}px`;
const pen = canvas.getContext('2d');
document.body.append(canvas);
function draw(points) {
  points.forEach(([x, y], i) => { pen.fillStyle = `rgb(${i + 1},0,0)`; pen.fillRect(x, y, 1, 1) });
}
addEventListener('pointerdown', e => log.push([e.clientX * factor, e.clientY * factor]));
</script>"""


def found(pixels: np.ndarray, shade: int) -> Point:
    """Return the one pixel that is painted in the colour of this target."""
    ((y, x),) = np.argwhere((pixels == (shade, 0, 0)).all(axis=2))
    return Point(int(x), int(y))


@pytest.mark.parametrize(
    ("factor", "viewport", "clip"),
    [
        (1, Size(320, 240), None),
        pytest.param(1.25, Size(320, 240), None, marks=pytest.mark.slow),
        pytest.param(1.5, Size(320, 240), None, marks=pytest.mark.slow),
        pytest.param(2, Size(320, 240), None, marks=pytest.mark.slow),
        pytest.param(3, Size(320, 240), None, marks=pytest.mark.slow),
        pytest.param(1.25, Size(301, 203), None, marks=pytest.mark.slow),
        (2, Size(320, 240), Box(16, 50, 176, 210)),
        pytest.param(1.5, Size(320, 240), Box(40, 20, 200, 160), marks=pytest.mark.slow),
    ],
)
def test_a_grid_of_targets_is_hit_with_no_error(factor: float, viewport: Size, clip: Box | None, site: Any) -> None:
    region = clip or Box(0, 0, *viewport)
    left, top = math.ceil(region.left * factor), math.ceil(region.top * factor)
    right, bottom = math.floor(region.right * factor) - 1, math.floor(region.bottom * factor) - 1
    targets = [
        Point(left + (right - left) * column // 3, top + (bottom - top) * row // 3)
        for row in range(4)
        for column in range(4)
    ]
    settle = Settle(grace=0.0, quiet=0.0)
    with BrowserEnvironment(viewport=viewport, device_scale_factor=factor, clip=clip, settle=settle) as environment:
        environment.reset()
        environment.goto(site.page(GRID))
        environment.evaluate("points => draw(points)", [list(target) for target in targets])
        pixels = np.asarray(environment.observe().image)
        for shade in range(1, len(targets) + 1):
            environment.execute(Click(point=found(pixels, shade)))
        hits = environment.evaluate("log")
    assert isinstance(hits, list)
    assert [(math.floor(x), math.floor(y)) for x, y in hits] == [tuple(target) for target in targets]


EDGES = """<body><script>
const log = [];
for (const left of [16, 36, 57])
  document.body.insertAdjacentHTML('beforeend',
    `<div id=at${left} style="position:absolute; left:${left}px; top:0; width:20px; height:90px; "></div>`);
addEventListener('pointerdown', e => log.push(e.target.id));
</script>"""


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1, 2, 3])
def test_an_element_is_met_from_its_first_pixel_to_its_last(factor: int, site: Any) -> None:
    settle = Settle(grace=0.0, quiet=0.0)
    with BrowserEnvironment(viewport=Size(100, 100), device_scale_factor=factor, settle=settle) as environment:
        environment.reset()
        environment.goto(site.page(EDGES))
        environment.observe()
        for column in (15, 16, 35, 36, 55, 56, 57, 76, 77):
            environment.execute(Click(point=Point(column * factor, 50)))
        hits = environment.evaluate("log")
    assert hits == ["", "at16", "at16", "at36", "at36", "", "at57", "at57", ""]


def test_the_transform_is_exact_where_the_screenshot_is_rounded() -> None:
    screen = Screen(Size(1708, 960), Box(0, 0, 1366, 768), 1.25)
    for x in range(1707):
        css, _ = screen.css(Point(x, 0))
        assert math.floor(Fraction(css) * Fraction(5, 4)) == x
    assert screen.css(Point(1707, 0))[0] < 1366


def test_whole_screenshots_have_frames_of_their_own_sizes() -> None:
    transform = Screen(Size(320, 420), Box(10, 20, 170, 230), 2.0).transform
    assert (transform.source.size, transform.target.size) == (Size(320, 420), Size(160, 210))
    assert transform.target.origin == Point(10, 20)
    assert transform.point(Point(0, 0)) == Point(10, 20)


@pytest.mark.parametrize("point", [Point(400, 0), Point(0, 300), Point(65_535, 65_535)])
def test_points_outside_the_screenshot_are_rejected(browser: BrowserEnvironment, point: Point) -> None:
    with pytest.raises(ActionRejected, match="outside the screenshot of 400x300"):
        browser.execute(Click(point=point))
