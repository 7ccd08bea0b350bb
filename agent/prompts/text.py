"""Text on its way into a prompt."""


def one_line(text: str) -> str:
    """Return `text` without line ends: what a page or a model wrote must not begin a new line of the prompt."""
    return " ".join(text.splitlines())
