"""Validation of a task or a question before anything is started for it."""

from handeye.agent.errors import InvalidTask


def require_text(text: str, what: str = "the task") -> None:
    """Raise `InvalidTask` if `text` is blank or cannot be written as UTF-8; `what` names it."""
    if not text.strip():
        raise InvalidTask(f"{what} is empty: say in plain words what to do")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidTask(f"{what} contains bytes that are not valid text: give it in UTF-8") from None
