"""What apps are called, and what happens when one is opened."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.actions.schema import OpenApp
from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]
Visit = Callable[..., Any]
QUERY = "cmd package query-activities -a android.intent.action.MAIN -c android.intent.category.LAUNCHER"


def test_the_list_of_apps(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["several-entries", "no-labels", "lookalike-apps"])
    listed = sh(QUERY).text
    count = listed.count("Activity #")
    assert listed.startswith(f"{count} activities found:\n") and f"Activity #{count - 1}:" in listed
    assert "nonLocalizedLabel=Settings" not in listed and "packageName=com.online.banking" in listed
    assert listed.index("TwelveKeyDialer") < listed.index("PeopleActivity")
    brief = sh(f"{QUERY} --components").text.splitlines()
    assert len(brief) == count and "com.android.contacts/com.android.contacts.activities.TwelveKeyDialer" in brief
    sh("am start -n com.android.contacts/.activities.TwelveKeyDialer")
    assert "com.android.dialer/" in sh("dumpsys window | grep mCurrentFocus").text


def test_windows_of_a_work_profile(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["work-profile"])
    sh("am start -n org.handeye.notes/.NotesActivity")
    assert " u10 org.handeye.notes/" in sh("dumpsys window | grep mCurrentFocus").text


def test_how_starting_is_answered(phone: SimulatedPhone, sh: Run) -> None:
    start = "am start -W -n org.handeye.notes/.NotesActivity"
    front = "dumpsys window | grep -m 1 mCurrentFocus"
    for quirk, said, status in (
        ("am-without-service", b"cmd: Can't find service: activity\n", 20),
        ("start-denied", b"not exported from uid 10123", 255),
        ("start-quiet", b"", 1),
        ("start-status-0", b"Error type 3\n", 0),
    ):
        phone.reset([quirk])
        ran = sh(start)
        assert said in ran.out + ran.err and ran.status == status
        assert "launcher3" in sh(front).text
    phone.reset(["start-timeout"])
    assert "Status: timeout\nLaunchState: UNKNOWN (-1)\n" in sh(start).text
    assert "org.handeye.notes/" in sh(front).text


@pytest.mark.slow
@pytest.mark.parametrize("quirk", ["am-without-service", "start-denied", "start-quiet", "start-status-0"])
def test_an_app_that_does_not_open_is_told(visit: Visit, quirk: str) -> None:
    visitor = visit(quirk)
    done = visitor.do(OpenApp(name="Notes"))
    assert done.outcome == "rejected" and "Notes" in done.said and "\n" not in done.said
    assert visitor.front == "com.android.launcher3"


@pytest.mark.slow
def test_an_app_that_opens_unnoticed_is_open(visit: Visit) -> None:
    visitor = visit("start-timeout")
    assert visitor.do(OpenApp(name="Notes")).outcome == "executed"
    assert visitor.front == "org.handeye.notes"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Line", "Maps", "Star"])
def test_a_name_within_another_name_opens_nothing(visit: Visit, name: str) -> None:
    visitor = visit("lookalike-apps", "no-labels")
    assert visitor.do(OpenApp(name=name)).outcome == "rejected"
    assert visitor.front == "com.android.launcher3"


@pytest.mark.slow
def test_apps_without_labels_are_found(visit: Visit) -> None:
    visitor = visit("no-labels")
    for name, package in (("Settings", "com.android.settings"), ("Notes", "org.handeye.notes")):
        assert visitor.do(OpenApp(name=name)).outcome == "executed"
        assert visitor.front == package


@pytest.mark.slow
def test_contacts_are_not_the_dialer(visit: Visit) -> None:
    visitor = visit("several-entries")
    done = visitor.do(OpenApp(name="Contacts"))
    assert visitor.front == ("com.android.contacts" if done.outcome == "executed" else "com.android.launcher3")
