"""A screenshot shows what is in sight, wherever the page has been scrolled to."""

from typing import Any

import numpy as np
import pytest

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click, Scroll
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.settle import Settle

# Each row of 10 CSS px has a colour of its own.
ROWS = """<body style="width:3000px"><script>
for (let row = 0; row < 200; row++)
  document.body.insertAdjacentHTML('beforeend', `<div style="height:10px; background:rgb(${row},0,90)"></div>`);
const log = [];
addEventListener('pointerdown', e => log.push(e.target.style.background));
</script>"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("factor", "clip"), [(1, None), (1, Box(20, 40, 220, 140)), (1.5, None), (2, None), (2, Box(20, 40, 220, 140))]
)
def test_a_scrolled_page_is_shown_and_hit_where_it_is(factor: float, clip: Box | None, site: Any) -> None:
    settle = Settle(grace=0.05, quiet=0.05)
    size = Size(300, 200)
    with BrowserEnvironment(viewport=size, device_scale_factor=factor, clip=clip, settle=settle) as environment:
        environment.reset()
        environment.goto(site.page(ROWS))
        middle = environment.observe().frame.box.center
        environment.execute(Scroll(point=middle, dx=round(100 * factor), dy=round(300 * factor)))
        observation = environment.execute(Scroll(point=middle, dy=round(250 * factor)))
        assert environment.evaluate("[scrollX, scrollY]") == [100, 550]
        red = np.asarray(observation.image)[: round(90 * factor), 5, 0]  # a scrollbar lies further down
        top = 0 if clip is None else clip.top
        centers = ((np.arange(len(red)) + 0.5) / factor + top + 550) / 10
        assert (red == centers.astype(int)).all()
        environment.execute(Click(point=Point(5, 0)))
        assert environment.evaluate("log") == [f"rgb({red[0]}, 0, 90)"]


WRITTEN = {
    "to the left": "<html dir=rtl><body style='width:1500px;height:700px;margin:0'>",
    "downwards to the left": "<html style='writing-mode:vertical-rl'><body style='height:900px;width:1700px;margin:0'>",
    "downwards to the right": "<html style='writing-mode:vertical-lr'><body style='width:1200px;margin:0'>",
}


@pytest.mark.slow
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize(("factor", "clip"), [(1, Box(30, 20, 280, 190)), (1.5, None), (3, None)])
def test_a_page_is_shown_whatever_its_direction(factor: float, clip: Box | None, written: str, site: Any) -> None:
    url = site.serve("/rtl", f"<!doctype html>{written}<div style='position:fixed;left:60px;top:50px;width:40px;"
                     "height:30px;background:rgb(9,99,9)' onclick='document.title = `hit`'></div>")  # fmt: skip
    settle = Settle(grace=0.05, quiet=0.05)
    with BrowserEnvironment(
        url, viewport=Size(300, 200), device_scale_factor=factor, clip=clip, settle=settle
    ) as environment:
        environment.reset()
        for script in ("0", "scrollTo(-333, 77)"):
            environment.evaluate(script)
            image = np.asarray(environment.observe().image)
            rows, columns = np.nonzero((image == (9, 99, 9)).all(axis=2))
            left, top = (0, 0) if clip is None else (clip.left, clip.top)
            assert (columns.min(), rows.min()) == (round((60 - left) * factor), round((50 - top) * factor))
            assert (columns.max() + 1, rows.max() + 1) == (round((100 - left) * factor), round((80 - top) * factor))
        assert environment.execute(Click(point=Point(int(columns.mean()), int(rows.mean())))).title == "hit"
