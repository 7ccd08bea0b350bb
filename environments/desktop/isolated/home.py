"""The home folder and the environment variables of an isolated desktop's programs."""

import os
from pathlib import Path

from handeye.environments.desktop.isolated.keeper import MARK

_KEPT = frozenset(
    (
        *("PATH", "USER", "LOGNAME", "SHELL", "TZ", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH"),
        *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR"),
    )
)
"""The variables that programs on the desktop inherit from us: none of the user's session, and no tokens."""

# No blinking or animation, so that equal screens give equal screenshots.
_GTK = "[Settings]\ngtk-cursor-blink=false\ngtk-enable-animations=false\ngtk-recent-files-enabled=false\n"

# One desktop, which the mouse wheel cannot leave, no background menus, and few keys: the others are left to the
# programs.
_OPENBOX = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><focusLast>yes</focusLast></focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <theme><name>Clearlooks</name><titleLayout>NLIMC</titleLayout><animateIconify>no</animateIconify>FONTS</theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <keyboard>
    <keybind key="A-F4"><action name="Close"/></keybind>
    <keybind key="A-Tab"><action name="NextWindow"><dialog>no</dialog><finalactions><action name="Focus"/>
      <action name="Raise"/><action name="Unshade"/></finalactions></action></keybind>
    <keybind key="W-Up"><action name="ToggleMaximize"/></keybind>
    <keybind key="W-Down"><action name="Iconify"/></keybind>
  </keyboard>
  <mouse>
    <dragThreshold>1</dragThreshold><doubleClickTime>500</doubleClickTime>
    <context name="Frame">
      <mousebind button="A-Left" action="Drag"><action name="Move"/></mousebind>
    </context>
    <context name="Titlebar">
      <mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
      <mousebind button="Left" action="DoubleClick"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Titlebar Top Right Bottom Left TLCorner TRCorner BRCorner BLCorner">
      <mousebind button="Left" action="Press">
        <action name="Focus"/><action name="Raise"/><action name="Unshade"/></mousebind>
    </context>
    <context name="Top Right Bottom Left TLCorner TRCorner BRCorner BLCorner">
      <mousebind button="Left" action="Drag"><action name="Resize"/></mousebind>
    </context>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Middle" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Right" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
    <context name="Icon">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/>
        <action name="ShowMenu"><menu>client-menu</menu></action></mousebind>
    </context>
    <context name="Close">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Left" action="Click"><action name="Close"/></mousebind>
    </context>
    <context name="Iconify">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Left" action="Click"><action name="Iconify"/></mousebind>
    </context>
    <context name="Maximize">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Left" action="Click"><action name="ToggleMaximize"/></mousebind>
    </context>
  </mouse>
</openbox_config>
"""
_FONT = (
    "<font place='{place}'><name>sans</name><size>{points}</size><weight>normal</weight><slant>normal</slant></font>"
)
_POINTS = 8
"""The size of openbox's own font."""
WINDOW_MANAGER_SETTINGS = "openbox.xml"


def furnish(folder: Path, scale: float) -> None:
    """Set up a desktop's folder: a home with settings for GTK, and the window manager's settings.

    scale: how much larger than usual programs draw themselves.
    """
    for name in ("home", "tmp", "runtime", "home/.config/gtk-3.0", "home/.config/gtk-4.0", "home/.local/share"):
        (folder / name).mkdir(parents=True, mode=0o700)
    for version in ("3.0", "4.0"):
        (folder / f"home/.config/gtk-{version}/settings.ini").write_text(_GTK)
    # openbox has no scale factor; Xft.dpi carries what integer factors leave of the scale.
    points = _POINTS * max(int(scale), 1)
    places = ("ActiveWindow", "InactiveWindow", "MenuHeader", "MenuItem")
    fonts = "".join(_FONT.format(place=place, points=points) for place in places)
    (folder / WINDOW_MANAGER_SETTINGS).write_text(_OPENBOX.replace("FONTS", fonts))


def desktop_environ(folder: Path, mark: str) -> dict[str, str]:
    """Return the variables for a desktop's programs, except DISPLAY and those for its scale.

    mark: identifies the desktop's processes.
    """
    home = folder / "home"
    return {
        **{name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("LC_")},
        "LANG": os.environ.get("LANG") or "C.UTF-8",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_RUNTIME_DIR": str(folder / "runtime"),
        "TMPDIR": str(folder / "tmp"),
        "XDG_SESSION_TYPE": "x11",
        "GSETTINGS_BACKEND": "memory",  # dconf would need a daemon, and keep settings between runs
        MARK: mark,
    }
