"""Windows of the system in front of an app."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.actions.schema import Click, OpenApp
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]
Visit = Callable[..., Any]
NOTES = "am start -n org.handeye.notes/.NotesActivity"


@pytest.mark.parametrize(
    ("quirk", "title", "answers"),
    [
        (
            "permission-window",
            "com.google.android.permissioncontroller/"
            "com.android.permissioncontroller.permission.ui.GrantPermissionsActivity",
            {"Allow": "org.handeye.notes", "Don’t allow": "org.handeye.notes"},  # noqa: RUF001
        ),
        (
            "crash-window",
            "Application Error: org.handeye.notes",
            {"Close app": "com.android.launcher3", "App info": "com.android.settings"},
        ),
        (
            "anr-window",
            "Application Not Responding: org.handeye.notes",
            {"Close app": "com.android.launcher3", "Wait": "org.handeye.notes"},
        ),
    ],
)
@pytest.mark.slow
def test_a_window_is_in_front_until_it_is_answered(
    phone: SimulatedPhone, sh: Run, eventually: Run, quirk: str, title: str, answers: dict[str, str]
) -> None:
    def focus() -> str:
        return str(sh("dumpsys window | grep -m 1 mCurrentFocus").text)

    for label, front in answers.items():
        phone.reset([quirk])
        sh(NOTES)
        assert focus().strip().endswith(f" u0 {title}}}")
        dump = sh("uiautomator dump /dev/tty").text
        assert label in dump and "New note" not in dump
        left, top, right, bottom = phone.evaluate(
            """label => {
              const button = [...document.querySelectorAll('#alert button')].find((each) => each.innerText === label);
              const box = button.getBoundingClientRect();
              return [box.left, box.top, box.right, box.bottom].map((edge) => edge * devicePixelRatio);
            }""",
            label,
        )  # type: ignore[misc]
        sh(f"input tap {(left + right) // 2} {(top + bottom) // 2}")
        if front == "com.android.settings":  # which opens with a window of its own
            eventually(lambda: focus().strip().endswith(" u0 Application Error: com.android.settings}"))
            sh("input keyevent BACK")
        eventually(lambda front=front: f"{front}/" in focus())
        sh(f"input keyevent HOME; {NOTES}")
        if label in ("Allow", "Wait"):
            assert "org.handeye.notes/org" in focus()  # not asked again


def test_back_and_home_leave_it(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["permission-window"])
    sh(f"{NOTES}; input keyevent BACK")
    assert "org.handeye.notes/org" in sh("dumpsys window | grep -m 1 mCurrentFocus").text
    sh("am force-stop org.handeye.notes")
    sh(f"{NOTES}; input keyevent HOME")
    assert "launcher3" in sh("dumpsys window | grep -m 1 mCurrentFocus").text
    phone.reset([])
    sh(NOTES)
    assert "org.handeye.notes/org" in sh("dumpsys window | grep -m 1 mCurrentFocus").text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("quirk", "told"),
    [("permission-window", "permission"), ("crash-window", "stop"), ("anr-window", "respond")],
)
def test_it_is_told(visit: Visit, quirk: str, told: str) -> None:
    visitor = visit(quirk)
    done = visitor.do(OpenApp(name="Notes"))
    assert told in (done.said + str(done.observation and done.observation.app)).lower()


@pytest.mark.slow
@pytest.mark.parametrize(("quirk", "answer"), [("permission-window", "Allow"), ("anr-window", "Wait")])
def test_once_it_is_answered_the_contract_is_kept(
    keeps_the_contract: Callable[..., None], quirk: str, answer: str
) -> None:
    def answered(environment: SimulatedPhoneEnvironment) -> None:
        environment.observe()
        button = next(each for each in environment.elements() if each.text == answer)
        environment.execute(Click(point=button.box.center))

    keeps_the_contract(quirk, before=answered)
