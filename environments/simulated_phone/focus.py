"""What the phone's page reports about itself."""

from dataclasses import dataclass
from typing import Any, Self


def short_component(package: str, activity: str) -> str:
    """Return `package/activity`, with the package omitted from the activity's name if it begins with it."""
    short = activity.removeprefix(package)
    return f"{package}/{short if short.startswith('.') else activity}"


@dataclass(frozen=True, slots=True)
class Focus:
    """The app in front, and whether it can be seen and typed into."""

    package: str
    activity: str
    """The full class name."""
    title: str
    """The title of a window of the system in front of the app; empty if the app itself is in front."""
    on: bool
    """Whether the screen is on."""
    locked: bool
    secure: bool
    """Whether the app in front forbids screenshots."""
    keyboard: bool
    """Whether the soft keyboard is shown."""
    keyboard_top: float | None
    """Its top edge, in CSS pixels; None while it is not shown."""
    editable: bool
    """Whether a text field has the focus."""
    input_type: str

    @classmethod
    def read(cls, answer: Any) -> Self:
        """Parse the result of `phone.focus()`."""
        return cls(
            package=str(answer["package"]),
            activity=str(answer["activity"]),
            title=str(answer["title"]),
            on=answer["screen"] == "on",
            locked=bool(answer["locked"]),
            secure=bool(answer["secure"]),
            keyboard=bool(answer["keyboard"]),
            keyboard_top=None if answer["keyboardTop"] is None else float(answer["keyboardTop"]),
            editable=bool(answer["editable"]),
            input_type=str(answer["inputType"] or ""),
        )

    @property
    def component(self) -> str:
        """Its name in the system's format, such as `com.android.settings/.Settings`."""
        return short_component(self.package, self.activity)


@dataclass(frozen=True, slots=True)
class App:
    """An installed app."""

    package: str
    activity: str
    """The full name of the class that is started; empty if there is none."""
    label: str
    system: bool
    hidden: bool = False
    """Whether no launcher shows it, although it can be started by its component."""

    @classmethod
    def read(cls, answer: Any) -> Self:
        """Parse one item of the result of `phone.packages()`."""
        return cls(
            package=str(answer["package"]),
            activity=str(answer.get("activity") or ""),
            label=str(answer["label"]),
            system=bool(answer["system"]),
            hidden=bool(answer.get("hidden")),
        )

    @property
    def component(self) -> str:
        """Its name in the system's format, such as `com.android.settings/.Settings`."""
        return short_component(self.package, self.activity)
