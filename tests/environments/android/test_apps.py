"""Apps are found by what a person calls them."""

import pytest

from handeye.environments.android.apps import (
    InstalledApp,
    find_app,
    opened_instead,
    opening,
    opening_problem,
    parse_apps,
)
from handeye.environments.errors import ActionRejected

APPS = (
    InstalledApp("com.android.settings", "com.android.settings.Settings", "Settings"),
    InstalledApp("com.google.android.keep", "com.google.android.keep.activities.BrowseActivity", "Keep Notes"),
    InstalledApp("com.simplemobiletools.calendar.pro", "com.simplemobiletools.calendar.pro.Splash", None),
    InstalledApp("org.example.notes", "org.example.notes.Main", "Notes"),
    InstalledApp("com.flauschcode.broccoli", "com.flauschcode.broccoli.MainActivity", None),
    InstalledApp("com.a.camera", "com.a.camera.Main", "Camera"),
    InstalledApp("com.b.camera", "com.b.camera.Main", "Camera"),
)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("com.android.settings", "com.android.settings"),
        ("settings", "com.android.settings"),
        (" Keep  Notes ", "com.google.android.keep"),
        ("keep", "com.google.android.keep"),
        ("Notes", "org.example.notes"),
        ("Simple Calendar Pro", "com.simplemobiletools.calendar.pro"),
        ("Broccoli", "com.flauschcode.broccoli"),
    ],
)
def test_labels_packages_and_their_words(name: str, package: str) -> None:
    assert find_app(name, APPS).package == package


def test_unknown_and_ambiguous_names_are_refused_with_what_there_is() -> None:
    with pytest.raises(ActionRejected, match="similar ones: Settings"):
        find_app("Setings", APPS)
    with pytest.raises(ActionRejected, match=r"there are: .*Keep Notes"):
        find_app("zzzz", APPS)
    with pytest.raises(ActionRejected, match=r"com\.a\.camera, com\.b\.camera"):
        find_app("camera", APPS)
    with pytest.raises(ActionRejected, match="there are: none"):
        find_app("$(reboot)", ())


def test_what_the_package_manager_writes() -> None:
    output = """2 activities found:
  Activity #0:
    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false
    ActivityInfo:
      name=com.android.settings.Settings
      packageName=com.android.settings
      labelRes=0x7f1211a9 nonLocalizedLabel=null icon=0x7f08020e banner=0x0
      ApplicationInfo:
        name=com.android.settings.SettingsApplication
        packageName=com.android.settings
        labelRes=0x7f1211a9 nonLocalizedLabel=null icon=0x7f08020e banner=0x0
  Activity #1:
    ActivityInfo:
      name=org.example.Main
      packageName=org.example
      labelRes=0x0 nonLocalizedLabel=An example = "it" icon=0x7f080001 banner=0x0
"""
    assert parse_apps(output) == (
        InstalledApp("com.android.settings", "com.android.settings.Settings", "Settings"),
        InstalledApp("org.example", "org.example.Main", 'An example = "it"'),
    )
    assert parse_apps("No activities found\n") == ()


def test_an_app_is_opened_as_a_launcher_does() -> None:
    assert opening(APPS[0]).endswith("-n com.android.settings/com.android.settings.Settings")
    assert opening_problem("Starting: Intent { }\nStatus: ok\nComplete\n") is None
    warned = "Starting: Intent { }\nWarning: Activity not started, its current task has been brought to the front\n"
    assert opening_problem(warned) is None
    assert opening_problem("Starting: Intent { }\nError type 3\nError: Activity class {a/b} does not exist.\n") == (
        "Error type 3 Error: Activity class {a/b} does not exist."
    )


def test_no_name_is_found_inside_a_word() -> None:
    apps = tuple(
        InstalledApp(package, f"{package}.Main", None)
        for package in ("com.vendor.airline", "com.vendor.notebookpro", "org.gardening.planner", "com.moto.facedetect")
    )
    for name in ("Line", "Note", "Book", "Garden", "Plan", "Face", "Moto", "Vendor", "a", "Mo"):
        with pytest.raises(ActionRejected, match=r"no app .* is installed"):
            find_app(name, apps)
    for name, package in (("Planner", "org.gardening.planner"), ("Gardening Planner", "org.gardening.planner")):
        assert find_app(name, apps).package == package
    with pytest.raises(ActionRejected, match=r"similar ones: com\.vendor\.airline"):
        find_app("Line", apps)


def _listing(*entries: tuple[str, str]) -> str:
    return "".join(
        f"  Activity #{number}:\n    ActivityInfo:\n      name={name}\n      packageName={package}\n"
        "      labelRes=0x7f1211a9 nonLocalizedLabel=null icon=0x7f08020e banner=0x0\n"
        for number, (package, name) in enumerate(entries)
    )


def test_each_entry_of_a_package_has_its_own_name() -> None:
    package = "com.google.android.apps.maps"
    maps = parse_apps(_listing((package, f"{package}.TimelineActivity"), (package, f"{package}.MapsActivity")))
    assert [app.label for app in maps] == ["Timeline", "Maps"]
    assert find_app("Maps", maps).activity.endswith("MapsActivity")
    assert find_app(package, maps).activity.endswith("MapsActivity")
    assert find_app("timeline", maps).activity.endswith("TimelineActivity")
    dialer = "com.android.contacts.DialtactsActivity"
    people = "com.android.contacts.activities.PeopleActivity"
    contacts = parse_apps(_listing(("com.android.contacts", dialer), ("com.android.contacts", people)))
    assert [find_app(name, contacts).activity for name in ("Contacts", "Phone", "People")] == [people, dialer, people]


def test_entries_that_cannot_be_told_apart_are_named_in_full() -> None:
    tools = parse_apps(
        _listing(("org.sim.toolkit", "org.sim.toolkit.Main"), ("org.sim.toolkit", "org.sim.toolkit.x.Main"))
    )
    with pytest.raises(ActionRejected, match=r"org\.sim\.toolkit/\.Main, org\.sim\.toolkit/\.x\.Main; name one"):
        find_app("toolkit", tools)
    assert find_app("org.sim.toolkit/.x.Main", tools).activity == "org.sim.toolkit.x.Main"


def test_an_app_that_a_clone_lists_twice_is_one() -> None:
    assert len(parse_apps(_listing(("org.a.b", "org.a.b.C"), ("org.a.b", "org.a.b.C")))) == 1


@pytest.mark.parametrize(
    ("name", "package"),
    [("Réglages", "com.android.settings"), ("微信", "com.tencent.mm"), ("alipay", "com.eg.android.AlipayGphone")],
)
def test_names_in_other_languages(name: str, package: str) -> None:
    apps = parse_apps(
        _listing(*((each, f"{each}.Main") for each in ("com.android.settings", "com.tencent.mm", package, "org.x.y")))
    )
    assert find_app(name, apps).package == package


def test_a_start_that_failed_says_why() -> None:
    assert opening_problem("cmd: Can't find service: activity\n", 20) == "cmd: Can't find service: activity"
    assert opening_problem("WARNING: linker: something\nStatus: ok\n", 0) is None
    assert opening_problem("", 1) == ""
    assert opening_problem("Killed", 137) == "Killed"
    said = "Starting: Intent { }\nStatus: ok\nActivity: android/com.android.internal.app.SuspendedAppActivity\n"
    assert opened_instead(said, APPS[0]) == "android/com.android.internal.app.SuspendedAppActivity"
    assert opened_instead(said.replace("android/com.android.internal", "com.android.settings/x"), APPS[0]) is None
    assert opened_instead(said.replace("ok", "timeout"), APPS[0]) is None
