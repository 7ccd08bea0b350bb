"""Intents, as `am` reads them from its arguments and prints them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from handeye.environments.simulated_phone.focus import short_component
from handeye.environments.simulated_phone.shell.call import Arguments, JavaError

_STRINGS = frozenset(("--es", "-e"))
_NUMBERS = frozenset(("--ei", "--el", "--ef"))
_LISTS = frozenset(("--esa", "--esal", "--eia", "--eial", "--ela", "--elal", "--efa", "--efal"))
_WITH_VALUE = frozenset(
    "--user --display --windowingMode --activityType --task --receiver-permission --bucket --sampling -P -R "
    "--start-profiler --attach-agent --attach-agent-bind".split()
)
_FLAGS = frozenset(
    "-D -N -S -W --streaming --track-allocation --allow-background-activity-starts --task-overlay --lock-task "
    "--grant-read-uri-permission --grant-write-uri-permission --include-stopped-packages --exclude-stopped-packages "
    "--activity-clear-task --activity-clear-top --activity-new-task --activity-single-top --activity-reorder-to-front "
    "--activity-brought-to-front --activity-no-animation --activity-no-history --activity-reset-task-if-needed "
    "--receiver-foreground --receiver-registered-only --async --debug-log-resolution --splashscreen-show-icon "
    "--dismiss-keyguard --dismiss-keyguard-if-insecure --user-initiated".split()
)


@dataclass(slots=True)
class Intent:
    """An action, its data, and its target component."""

    action: str | None = None
    data: str | None = None
    kind: str | None = None
    """The MIME type."""
    categories: list[str] = field(default_factory=list)
    package: str | None = None
    component: str | None = None
    """`package/activity`, as it was given."""
    flags: int = 0
    extras: dict[str, Any] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)
    """Options besides the intent itself: `-W`, `-S`, ..."""

    def __str__(self) -> str:
        parts = [
            ("act", self.action),
            ("cat", f"[{','.join(self.categories)}]" if self.categories else None),
            ("dat", None if self.data is None else _safe(self.data)),
            ("typ", self.kind),
            ("flg", f"0x{self.flags:x}" if self.flags else None),
            ("pkg", self.package),
            ("cmp", None if self.component is None else short_component(*full_component(self.component))),
        ]
        shown = [f"{name}={value}" for name, value in parts if value is not None]
        return " ".join(("Intent {", *shown, *(["(has extras)"] if self.extras else []), "}"))


def read_intent(words: Arguments) -> Intent:
    """Parse an intent; raise `JavaError` for unknown options."""
    intent = Intent()
    while (word := words.next()) is not None:
        if word in _FLAGS:
            intent.options.add(word)
        elif word in _WITH_VALUE:
            words.required()
        elif word in _STRINGS:
            key = words.required()
            intent.extras[key] = words.required()
        elif word == "--esn":
            intent.extras[words.required()] = None
        elif word == "--ez":
            key = words.required()
            intent.extras[key] = words.required().lower() in ("true", "t", "1")
        elif word in _NUMBERS:
            key = words.required()
            intent.extras[key] = _number(words.required())
        elif word in _LISTS:
            key = words.required()
            intent.extras[key] = words.required().split(",")
        elif word.startswith("-"):
            _read_part(intent, word, words)
        elif "/" in word and ":" not in word:
            intent.component = word
        elif ":" in word:
            intent.data = word
        else:
            intent.package = word
    if intent.component is not None and "/" not in intent.component:
        raise JavaError("java.lang.IllegalArgumentException", f"Bad component name: {intent.component}")
    return intent


def _read_part(intent: Intent, option: str, words: Arguments) -> None:
    match option:
        case "-a":
            intent.action = words.required()
        case "-d":
            intent.data = words.required()
        case "-t":
            intent.kind = words.required()
        case "-c":
            intent.categories.append(words.required())
        case "-n":
            intent.component = words.required()
        case "-p":
            intent.package = words.required()
        case "-f":
            intent.flags = int(_number(words.required(), 0))
        case _:
            raise JavaError("java.lang.IllegalArgumentException", f"Unknown option: {option}")


def full_component(component: str) -> tuple[str, str]:
    """Return the package and the full class name of `package/.Class`."""
    package, _, name = component.partition("/")
    return package, f"{package}{name}" if name.startswith(".") else name


def _safe(data: str) -> str:
    """Return a URI without possibly private parts, as the system prints it."""
    parts = urlsplit(data)
    if parts.scheme in ("http", "https", "ftp", "rtsp"):
        return f"{parts.scheme}://{parts.netloc}/..."
    if parts.scheme in ("tel", "sip", "sms", "smsto", "mailto"):
        hidden = "".join("x" if character.isalnum() else character for character in parts.path)
        return f"{parts.scheme}:{hidden}"
    return data


def _number(word: str, base: int = 10) -> int | float:
    try:
        return int(word, base)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        raise JavaError("java.lang.NumberFormatException", f'For input string: "{word}"') from None
