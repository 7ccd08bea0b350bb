"""What explains points that are off, from numbers alone, though a minority of them is wrong."""

import random
from collections.abc import Callable

import pytest

from handeye.actions.geometry import Size
from handeye.agent.examine.fit import Fit, Kind, Pair, Position, explain

SIZE = Size(1932, 1092)
MEANT = [(1630, 184), (302, 910), (906, 328), (1155, 726), (630, 249), (1743, 942), (372, 590), (1379, 499)]


def answers(map: Callable[[float, float], tuple[float, float]], noise: float = 0.0, wrong: int = 0) -> list[Pair]:
    """Say the places through a map; `wrong` of them are elsewhere, the others inexact by up to `noise` pixels."""
    chance = random.Random(5)
    pairs = []
    for number, (x, y) in enumerate(MEANT):
        seen = (x + chance.uniform(-noise, noise), y + chance.uniform(-noise, noise))
        said = map(1900 - x, 1000 - y) if number < wrong else map(*seen)
        pairs.append(Pair(Position(x, y), Position(*said)))
    return pairs


@pytest.mark.parametrize("wrong", [0, 1, 2])
@pytest.mark.parametrize("noise", [0.0, 4.0])
@pytest.mark.parametrize(
    ("map", "kind", "swapped"),
    [
        (lambda x, y: (x, y), Kind.RIGHT, False),
        (lambda x, y: (y, x), Kind.RIGHT, True),
        (lambda x, y: (int(x / 1.932), int(y / 1.092)), Kind.THOUSANDTHS, False),
        (lambda x, y: (y / 1.092, x / 1.932), Kind.THOUSANDTHS, True),
        (lambda x, y: (x / 19.32, y / 10.92), Kind.HUNDREDTHS, False),
        (lambda x, y: (x / 1932, y / 1092), Kind.PARTS, False),
        (lambda x, y: (0.75 * x, 0.75 * y), Kind.SCALED, False),
        (lambda x, y: (0.94 * x, 0.94 * y), Kind.SCALED, False),
        (lambda x, y: (1.48 * x, 1.48 * y), Kind.SCALED, False),
        (lambda x, y: (x * 448 / 1932, y * 448 / 1092), Kind.SQUEEZED, False),
        (lambda x, y: (0.5 * x, 0.8 * y), Kind.STRETCHED, False),
        (lambda x, y: (x + 40, y + 80), Kind.SHIFTED, False),
        (lambda x, y: (x, y - 25), Kind.SHIFTED, False),
        (lambda x, y: (0.6 * x + 300, 0.6 * y + 50), Kind.MAPPED, False),
    ],
)
def test_an_explanation_stands_against_noise_and_wrong_answers(
    map: Callable[[float, float], tuple[float, float]], kind: Kind, swapped: bool, noise: float, wrong: int
) -> None:
    fit = explain(answers(map, noise, wrong), SIZE)
    assert fit is not None and (fit.kind, fit.swapped) == (kind, swapped), fit


def test_the_numbers_of_an_explanation() -> None:
    fit = explain(answers(lambda x, y: (0.75 * x, 0.75 * y), wrong=1), SIZE)
    assert fit is not None and fit.x.factor == pytest.approx(0.75) and fit.y.factor == pytest.approx(0.75)
    fit = explain(answers(lambda x, y: (0.6 * x + 300, 0.6 * y + 50), wrong=2), SIZE)
    assert fit is not None and fit.x == pytest.approx((0.6, 300)) and fit.y == pytest.approx((0.6, 50))
    assert fit.meant(Position(900, 650)) == pytest.approx((1000, 1000))


@pytest.mark.parametrize("point", [(0, 0), (966, 546), (500, 500), (1, 1), (0.5, 0.5)])
def test_one_point_for_everything_explains_nothing_else(point: tuple[float, float]) -> None:
    pairs = answers(lambda x, y: point)
    for number in (None, 2, 5):
        if number is not None:
            pairs[number] = pairs[number]._replace(said=Position(1700, 80 * number))
        fit = explain(pairs, SIZE)
        assert fit is not None and fit.kind is Kind.CONSTANT


def test_points_at_random_are_not_explained() -> None:
    chance = random.Random(11)
    for _ in range(200):
        pairs = [Pair(Position(x, y), Position(chance.uniform(0, 1932), chance.uniform(0, 1092))) for x, y in MEANT]
        assert explain(pairs, SIZE) is None


def test_three_answers_are_too_few() -> None:
    assert explain(answers(lambda x, y: (x, y))[:3], SIZE) is None


def test_a_right_fit_changes_nothing() -> None:
    assert Fit(Kind.RIGHT).meant(Position(3, 4)) == (3, 4)
    assert Fit(Kind.RIGHT, swapped=True).meant(Position(3, 4)) == (4, 3)
