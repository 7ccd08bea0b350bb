"""The texts that a rule describes: drawn by chance, and looked for."""

import unicodedata
from random import Random

from handeye.actions.grammar import Character, Choice, Literal, Repeat, Rule, Sequence, Without

SNARES = (
    *('"', "'", "\\", "{", "}", "<", ">", "`", "```", "#", "\t", "\n", " ", "(", ")", "[", "]", ",", "=", "/", "*"),
    *('"}}\n', "')", "\\'", '\\"', "\\n", "<think>", "</think>", "</THINKING>", "</conclusion>", "</tool_call>", "</"),
    *("<operation>", "</action>", "<answer>", "<|im_end|>", '<tool_call>\n{"name": "computer_use", "arguments": {'),
    *(
        '{"action": "x"}',
        '{"thought": "',
        "\nAction: click(",
        "\nThought: ",
        "## Code:\n",
        "\n```\n",
        "wait()",
        "press(",
    ),
    *("pyautogui.click(1, 2)", "import os\n", "no input text", "start_box=", "\u2028", "\u201c", "\uff09", "\u00a0"),
    *(
        "\u00e9",
        "e\u0301",
        "\u0301",
        "\U0001f600",
        "\U0001f468\u200d\U0001f469",
        "\u4e2d\u6587",
        "\u0130",
        "9",
        "a",
        "It is.",
    ),
)
"""What could be taken for the end of a text, or for a call."""
_LONGEST = 12


def sample(rule: Rule, chance: Random) -> str:
    """Return a text that a rule describes."""
    match rule:
        case Literal(text):
            return text
        case Character(of, but):
            return chance.choice(of) if of else _character(but, chance)
        case Sequence(parts):
            return "".join(sample(part, chance) for part in parts)
        case Choice(options):
            return sample(chance.choice(options), chance)
        case Repeat(inner, least, most):
            times = least + chance.choice((0, 0, 1, 2, chance.randrange(_LONGEST)))
            return "".join(sample(inner, chance) for _ in range(times if most is None else min(times, most)))
        case Without(texts):
            said = ""
            for _ in range(chance.choice((0, 1, 2, 8))):
                longer = said + chance.choice(SNARES)
                said = said if any(text in longer for text in texts) else longer
            return said


def matches(rule: Rule, text: str) -> bool:
    """Return whether a rule describes a text."""
    return len(text) in _ends(rule, text, frozenset({0}))


def _character(but: str, chance: Random) -> str:
    while True:
        first = chance.choice((0x20, 0xA0, 0x400, 0x3000, 0x1F600))
        character = chance.choice((*chance.choice(SNARES), chr(first + chance.randrange(0x5F))))
        if character not in but and _is_any(character):
            return character


def _is_any(character: str) -> bool:
    return character in "\t\n" or unicodedata.category(character) != "Cc"


def _ends(rule: Rule, text: str, starts: frozenset[int]) -> frozenset[int]:
    """Return where what a rule describes may end, if it begins at one of some places of a text."""
    match rule:
        case Literal(literal):
            return frozenset(start + len(literal) for start in starts if text.startswith(literal, start))
        case Character(of, but):
            inside = (start for start in starts if start < len(text))
            return frozenset(at + 1 for at in inside if (text[at] in of if of else _may(text[at], but)))
        case Sequence(parts):
            for part in parts:
                starts = _ends(part, text, starts) if starts else starts
            return starts
        case Choice(options):
            return frozenset().union(*(_ends(option, text, starts) for option in options))
        case Repeat(inner, least, most):
            found, times = set(starts) if least == 0 else set(), 0
            seen = set(starts)
            while starts and (most is None or times < most):
                times += 1
                starts = _ends(inner, text, starts)
                if times >= least:
                    found |= starts
                    starts -= seen if times > least else frozenset()
                    seen |= starts
            return frozenset(found)
        case Without(texts):
            return frozenset(end for start in starts for end in _without(texts, text, start))


def _may(character: str, but: str) -> bool:
    return character not in but and _is_any(character)


def _without(texts: tuple[str, ...], text: str, start: int) -> list[int]:
    ends = [start]
    for end in range(start + 1, len(text) + 1):
        said = text[start:end]
        if not _is_any(said[-1]) or any(said.endswith(each) for each in texts):
            break
        ends.append(end)
    return ends
