"""Apps are found by what a person calls them."""

import pytest

from handeye.environments.android.apps import InstalledApp, find_app, opening, opening_problem, parse_apps
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
