"""Whether a profile works: its prompts are rendered, and its dialects read back what they write."""

from collections.abc import Iterator
from typing import NamedTuple

from handeye.actions.dialects.dialect import Dialect, Inexpressible, Seen
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import (
    Answer,
    AnyAction,
    AskUser,
    Back,
    Click,
    Drag,
    Hold,
    Home,
    LongPress,
    Move,
    Navigate,
    Note,
    OpenApp,
    Press,
    Scroll,
    Terminate,
    Type,
    Wait,
    dump,
)
from handeye.agent.prompts.example import SIZE, asked, example
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, GrounderPrompt, Pixels
from handeye.model.conversation.messages import images

_PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Where points are written, in parts of the sides."""


class Check(NamedTuple):
    """What was found."""

    lines: tuple[str, ...]
    """What was rendered and read back, each for one of the profile's prompts."""
    problems: tuple[str, ...]
    """What is not as it was written; empty if the profile works."""


def check(profile: CheckpointProfile) -> Check:
    """Render and read back everything of a profile. Needs no weights."""
    found: list[tuple[str, list[str]]] = []
    if profile.agent is not None:
        found += [
            _agent(profile.agent, profile.pixels, phone=phone)
            for phone in (False, True)
            if not phone or profile.agent.dialects.phone is not profile.agent.dialects.computer
        ]
    if profile.grounder is not None:
        found.append(_grounder(profile.grounder, profile.pixels))
    return Check(tuple(line for line, _ in found), tuple(problem for _, problems in found for problem in problems))


def _agent(prompt: AgentPrompt, pixels: Pixels | None, *, phone: bool) -> tuple[str, list[str]]:
    view = example(prompt, pixels, phone=phone)
    messages = prompt.compose(view)
    problems = [
        f"{view.dialect.name}: step {step.index + 1} of the example is not read back: {step.decision.problem.reason}"
        for step in view.history.steps
        if step.decision.problem is not None
    ]
    read, written = 0, 0
    for action in _actions(view.size):
        try:
            text = view.dialect.write(action, Frame("model image", view.size))
        except Inexpressible:
            continue
        written += 1
        if problem := _difference(text, action, view.dialect, view.size):
            problems.append(problem)
        else:
            read += 1
    shown = len(list(images(messages)))
    tokens = view.size.width * view.size.height // (pixels or Pixels()).factor ** 2
    return (
        f"{view.dialect.name}: {_counted(len(messages), 'turn')}, {_counted(shown, 'image')} of {view.size} "
        f"({tokens:,} tokens each), reads back {read} of {written} actions"
    ), problems


def _grounder(prompt: GrounderPrompt, pixels: Pixels | None) -> tuple[str, list[str]]:
    limits = pixels or Pixels()
    size = limits.resize(SIZE)
    tokens = size.width * size.height // limits.factor**2
    messages = asked(prompt, pixels)
    points = [Click(point=point) for point in _points(size)]
    problems = [
        problem
        for click in points
        if (problem := _difference(prompt.answer.write(click, Frame("model image", size)), click, prompt.answer, size))
    ]
    return (
        f"{prompt.answer.name}: {_counted(len(messages), 'turn')}, 1 image of {size} "
        f"({tokens:,} tokens), reads back {len(points) - len(problems)} of "
        f"{len(points)} points"
    ), problems


def _difference(text: str, action: AnyAction, dialect: Dialect, size: Size) -> str:
    """Return how what is read differs from what was written; empty if it does not."""
    frame = Frame("model image", size)
    reading = dialect.read(text, Seen(frame, cursor=frame.box.center))
    if reading.problem is None and len(reading.actions) == 1:
        (got,) = reading.actions
        # Thousandths are too few to name every pixel.
        rounded = dialect.points.unit == "thousandths" and got.type == action.type
        if _same(got, action) or (rounded and dialect.write(got, frame) == text):
            return ""
    found = reading.problem.reason if reading.problem is not None else [dump(each) for each in reading.actions]
    return f"{dialect.name}: {dump(action)} is read back as {found}"


def _same(read: AnyAction, written: AnyAction) -> bool:
    """Return whether an action was read back, but for a scroll's distance and a wait's time, which may be rounded."""
    match read, written:
        case Wait(), Wait():
            return True
        case Scroll(), Scroll():
            ways = [(each.dx > 0, each.dx < 0, each.dy > 0, each.dy < 0) for each in (read, written)]
            return ways[0] == ways[1] and read.point == written.point
        case _:
            return read == written


def _actions(size: Size) -> Iterator[AnyAction]:
    """Yield actions of every type that a dialect may say, with points all over the image."""
    for point in _points(size):
        yield Click(point=point)
    here, there = Point(size.width // 3, size.height // 3), Point(size.width // 2, size.height // 2)
    yield from (
        Click(point=here, count=2),
        Click(point=here, button="right"),
        LongPress(point=here),
        Move(point=here),
        Drag(path=(here, there)),
        Scroll(point=here, dy=300),
        Scroll(point=here, dy=-300),
        Type(text="weather in Paris: 20 °C, “mild”\\'s <b>"),
        Type(text="tent", submit=True),
        Type(text="tent", clear=True),
        Press(keys=("enter",)),
        Press(keys=("ctrl", "c")),
        Hold(keys=("shift",), seconds=1.0),
        Wait(),
        OpenApp(name="Settings"),
        Navigate(url="https://example.org/a?b=c"),
        Back(),
        Home(),
        Note(text="the code is 7"),
        Answer(text="20 °C"),
        AskUser(text="Which one?"),
        Terminate(status="success"),
        Terminate(status="failure"),
    )


def _points(size: Size) -> Iterator[Point]:
    for x in _PARTS:
        for y in _PARTS:
            yield Point(round(x * (size.width - 1)), round(y * (size.height - 1)))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
