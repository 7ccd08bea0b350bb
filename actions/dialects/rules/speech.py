"""What a dialect writes around its calls: the thought, the conclusion, and the marks between them."""

from collections.abc import Callable
from itertools import product

from handeye.actions.dialects.dialect import Dialect, Inexpressible, TypesAtPoint
from handeye.actions.dialects.rules.factor import Items, common, factored
from handeye.actions.dialects.rules.free import words
from handeye.actions.dialects.rules.spelling import Write, spelling
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.grammar import Rule
from handeye.actions.schema import AnyAction, Click, Type

FRAME = Frame("model image", Size(1000, 1000))
"""Where pixels and thousandths are the same numbers."""
_CLICK = Click(point=Point(137, 241))
_THOUGHT, _CONCLUSION = "zqwthought", "zqwconclusion"


class Speech:
    """The replies of a dialect, each in three parts: what comes before its calls, the calls, and what comes after."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        calls = dialect.tell(_CLICK, FRAME)
        texts = [
            self._write(_CLICK, *said) for said in product((_THOUGHT, ""), (_CONCLUSION, ""))
        ]  # from the fullest to the barest
        begins = [text[: text.index(calls[0])] for text in texts]
        ends = [text[text.rindex(calls[-1]) + len(calls[-1]) :] for text in texts]
        same = len(common([begin[::-1] for begin in begins]))
        begins = [begin[: len(begin) - same] for begin in begins]
        ends = [end[len(common(ends)) :] for end in ends]
        self._begin, self._end = begins[0], ends[0]
        self._barest = begins[-1], ends[-1]
        self._open = {
            said: rule
            for said, write in ((_THOUGHT, self._thought), (_CONCLUSION, self._conclusion))
            if (rule := self._spoken(said, write, texts[0])) is not None
        }
        self.before = self._surrounding(begins)
        self.after = self._surrounding(ends)

    def body(self, action: AnyAction) -> str | None:
        """Return the calls of an action, as they stand in a reply; None if there are none."""
        return self._calls(lambda: self._write(action, _THOUGHT, _CONCLUSION))

    def body_at(self, point: Point, text: Type) -> str | None:
        """Return the call that types at a point, as it stands in a reply; None if there is none."""
        dialect = self.dialect
        if not isinstance(dialect, TypesAtPoint):
            return None
        return self._calls(lambda: dialect.write_at(point, text, FRAME, _THOUGHT, _CONCLUSION))

    def _calls(self, write: Callable[[], str]) -> str | None:
        try:
            text = write()
        except Inexpressible:
            return None
        if not (text.startswith(self._begin) and text.endswith(self._end)):
            return None
        return text[len(self._begin) : len(text) - len(self._end)]

    @property
    def thought(self) -> Rule | None:
        """The rule of a thought; None if the dialect has no place for it."""
        return self._open.get(_THOUGHT)

    def bare(self, body: str) -> str:
        """Return the reply of calls without a thought or a conclusion."""
        begin, end = self._barest
        return begin + body + end

    def _write(self, action: AnyAction, thought: str, conclusion: str) -> str:
        return self.dialect.write(action, FRAME, thought=thought, conclusion=conclusion)

    def _thought(self, text: str) -> str:
        return self._write(_CLICK, text, _CONCLUSION)

    def _conclusion(self, text: str) -> str:
        return self._write(_CLICK, _THOUGHT, text)

    def _spoken(self, said: str, write: Write, text: str) -> Rule | None:
        """Return the rule of a thought or a conclusion; None if the dialect has no place for it."""
        if said not in text:
            return None
        spelled = spelling(write)
        assert spelled is not None
        return words(text.partition(said)[2]) if spelled.raw else spelled.text(0)

    def _surrounding(self, texts: list[str]) -> Rule:
        """Return the rule of what surrounds the calls, each from the fullest on, without those that it includes."""
        kept: list[str] = []
        for text in dict.fromkeys(texts):
            emptied = {each.replace(_THOUGHT, "") for each in kept}
            emptied |= {each.replace(_CONCLUSION, "") for each in (*kept, *emptied)}
            if text not in emptied:
                kept.append(text)
        return factored([self._opened(text) for text in kept])

    def _opened(self, text: str) -> Items:
        items: list[str | Rule] = [text]
        for said, rule in self._open.items():
            for item in items:
                if isinstance(item, str) and said in item:
                    begin, _, end = item.partition(said)
                    at = items.index(item)
                    items[at : at + 1] = [begin, rule, end]
                    break
        return tuple(item for item in items if item != "")
