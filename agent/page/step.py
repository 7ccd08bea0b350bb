"""One step in a page: the screenshot on one side, the thought and the actions on the other."""

import html
import json
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from handeye.actions.geometry import Transform
from handeye.actions.schema import Action, Navigate, NewTab, dump
from handeye.agent.caption import caption, confidence_text, quoted
from handeye.agent.decision import Place, PointConfidence
from handeye.agent.outcome import Outcome
from handeye.agent.page.layout import said_text, told_text
from handeye.agent.page.private import without_addresses
from handeye.agent.page.screens import Screens
from handeye.agent.step import Step
from handeye.environments.element import Element
from handeye.environments.observation import Observation

TONES = {
    "executed": "good",
    "partial": "warn",
    "denied": "warn",
    "unknown": "warn",
    "rejected": "bad",
    "problem": "bad",
    "lost": "bad",
}


def step_card(step: Step, screens: Screens, identity: str, began: float) -> str:
    """Return the card of `step`. `identity` is its anchor, `began` the time of the episode's first screenshot."""
    decision = step.decision
    return (
        f'<li class="step" id="{identity}" tabindex="-1">'
        f"{figure(step.observation, step_screen(step, screens))}"
        '<div class="tell">'
        f"<header><b>Step {step.index + 1}</b><time>+{step.observation.time - began:.1f} s</time></header>"
        f"{said('thought', decision.thought)}"
        f"{acts(step)}"
        f"{''.join(said('note', note) for note in decision.notes)}"
        f"{''.join(said('note', mark_text(number, mark)) for number, mark in named(step))}"
        f"{''.join(said('note', place_text(place)) for place in decision.places)}"
        f"{times(step)}"
        f"{details(step)}"
        "</div></li>"
    )


def step_screen(step: Step, screens: Screens, zoom: float = 1) -> str:
    """Return the drawing of the screenshot with the actions marked on it."""
    actions = step.decision.actions
    done = "; ".join(map(words, actions))
    label = f"Screenshot of step {step.index + 1}" + (f": {done}" if done else "")
    refused = bool(step.outcomes) and not step.executed
    boxes = [mark.box for _, mark in named(step)]
    sure = step.decision.confidence
    return screens.draw(
        step.observation, actions, boxes=boxes, confidence=sure, label=label, refused=refused, zoom=zoom
    )


def named(step: Step) -> list[tuple[int, Element]]:
    """Return the marks that the decision names, with their numbers."""
    numbered = dict(enumerate(step.observation.marks, start=1))
    return [(number, numbered[number]) for number in step.decision.marks if number in numbered]


def mark_text(number: int, mark: Element) -> str:
    """Return a mark in words."""
    return f"mark {number}: {mark.role} {quoted(mark.text)}" if mark.text else f"mark {number}: {mark.role}"


def place_text(place: Place) -> str:
    """Return a place that a grounder found, in words: what was looked for, where it is, and who found it."""
    closer = f", looked at {place.zoomed} again" if place.zoomed is not None else ""
    return f"{quoted(place.target)} is at {place.point}, found by {place.model} ({place.profile}){closer}"


def figure(observation: Observation, drawing: str) -> str:
    """Return the drawing of a screenshot with a caption that says where it was taken."""
    where = observation.url or observation.app or observation.title or ""
    return (
        f'<figure class="shot"><button aria-label="Enlarge">{drawing}</button>'
        f"<figcaption><span>{told_text(where)}</span><span>{observation.size}</span></figcaption></figure>"
    )


def said(kind: str, text: str) -> str:
    """Return a paragraph of what a person or a model wrote; empty if there is no text."""
    return f'<p class="{kind} said">{said_text(text)}</p>' if text else ""


def acts(step: Step) -> str:
    """Return each action with its outcome, or the problem that made the reply unreadable."""
    decision = step.decision
    problem = f'<p class="problem said">{told_text(decision.problem.reason)}</p>' if decision.problem else ""
    # A reply that could not be read has an outcome and no action; a batch that ended early has actions left over.
    pairs = zip_longest(decision.actions, step.outcomes)
    return problem + "".join(
        act(action, outcome, decision.confidence_of(number))
        for number, (action, outcome) in enumerate(pairs)
        if action is not None
    )


def act(action: Action, outcome: Outcome | None, points: Sequence[PointConfidence | None] = ()) -> str:
    """Return one action with its outcome, and how sure the policy was of its points."""
    tone = TONES[outcome.status] if outcome else "warn"
    status = outcome.status if outcome else "not tried"
    message = f": {outcome.message}" if outcome and outcome.message else ""
    done = outcome.done if outcome else None
    sure = f'<span class="sure">{text}</span>' if (text := html.escape(confidence_text(points))) else ""
    part = "" if done is None else f'<span class="how {tone} said">done: {said_text(words(done))}</span>'
    return (
        f'<div class="act"><span class="kind">{action.type}</span>'
        f'<span class="what said">{said_text(caption(shareable(action)))}</span>{sure}'
        f'<span class="how {tone} said">{told_text(status + message)}</span>{part}</div>'
    )


def words(action: Action) -> str:
    """Return an action in words: its type and its fields."""
    return f"{action.type} {caption(shareable(action))}".rstrip()


def shareable(action: Action) -> Action:
    """Return the action with only the file's name in a `file:` address, before anything is cut off from that."""
    if not isinstance(action, Navigate | NewTab) or action.url is None:
        return action
    return action.model_copy(update={"url": without_addresses(action.url)})


def times(step: Step) -> str:
    """Return how long deciding and acting took, as a bar and in numbers."""
    deciding = step.decision.tokens.seconds if step.decision.tokens else 0.0
    acting = sum(outcome.seconds for outcome in step.outcomes)
    if deciding + acting <= 0:
        return ""
    share = 100 * deciding / (deciding + acting)
    bar = (
        '<svg viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="decide" width="{share:.1f}" height="5"/>'
        f'<rect class="act-time" x="{share:.1f}" width="{100 - share:.1f}" height="5"/></svg>'
    )
    facts = [("deciding", f"{deciding:.2f} s"), ("acting", f"{acting:.2f} s")]
    if tokens := step.decision.tokens:
        facts += [("tokens", str(tokens.generated)), ("tokens/s", f"{tokens.rate:.0f}")]
    terms = "".join(f"<div><dt>{term}</dt><dd>{value}</dd></div>" for term, value in facts)
    return f'<div class="times">{bar}<dl>{terms}</dl></div>'


def details(step: Step) -> str:
    """Return the details that are shown on demand: the JSON, the raw reply, the chain of transforms."""
    decision, parts = step.decision, []
    if decision.actions:
        parts.append(block("Action", "\n".join(json.dumps(dump(action)) for action in decision.actions)))
    if decision.text:
        parts.append(block("Reply", decision.text))
    if decision.conclusion:
        parts.append(block("Conclusion", decision.conclusion))
    for place in decision.places:
        parts.append(block(f"Answer of {html.escape(place.model)}", place.text))
    if image := decision.image:
        parts.append(block("The model saw", f"{image.size} pixels, {image.tokens} visual tokens"))
    if tokens := decision.tokens:
        counts = f"{tokens.prompt} in the prompt, {tokens.cached} of them cached; {tokens.generated} generated"
        parts.append(block("Tokens", counts))
    if chain := [*decision.transforms, *step.observation.transforms]:
        parts.append(listing("From the model's pixels to the device's", (transform_text(t) for t in chain)))
    if step.observation.tabs:
        tabs = (f"{'▸ ' if tab.active else ''}{tab.title} {tab.url}" for tab in step.observation.tabs)
        parts.append(listing("Tabs", tabs))
    if step.observation.marks:
        texts = (mark_text(number, mark) for number, mark in enumerate(step.observation.marks, start=1))
        parts.append(listing("Marks", texts))
    if step.observation.notices:
        parts.append(listing("Notices", step.observation.notices))
    return f"<details><summary>Details</summary>{''.join(parts)}</details>" if parts else ""


def block(title: str, text: str) -> str:
    """Return a titled block of preformatted text."""
    return f'<h3>{title}</h3><pre class="said">{said_text(text)}</pre>'


def listing(title: str, items: Iterable[str]) -> str:
    """Return a titled list."""
    lines = "".join(f'<li class="said">{told_text(item)}</li>' for item in items)
    return f"<h3>{title}</h3><ul>{lines}</ul>"


def transform_text(transform: Transform) -> str:
    """Return a transform in words: the two frames."""
    source, target = transform.source, transform.target
    return f"{source.name} {source.size} → {target.name} {target.size}"
