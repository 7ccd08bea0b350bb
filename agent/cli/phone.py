"""`handeye phone`: a simulated phone that any adb can drive, until Ctrl-C."""

import shutil
import sys
import time
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from handeye.actions.errors import HandeyeError
from handeye.agent.caption import printable
from handeye.agent.cli.options import parse_size
from handeye.environments.errors import InvalidOption

if TYPE_CHECKING:
    from handeye.environments.simulated_phone.phone import SimulatedPhone

DEFAULT_PORT = 5600
"""Not 5555: adb takes a listener on an odd port from 5555 to 5585 for an emulator, and would list the phone twice."""
_LOOK = 0.2


def phone(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 for any free port.")
    ] = DEFAULT_PORT,
    size: Annotated[
        str, typer.Option(metavar="WIDTHxHEIGHT", help="The size of the screen in portrait orientation.")
    ] = "1080x2400",
    density: Annotated[int, typer.Option(min=72, max=1280, help="Dots per inch.")] = 480,
    headed: Annotated[
        bool, typer.Option("--headed", help="Show its screen in a window that you can use with the mouse.")
    ] = False,
    ask: Annotated[
        bool,
        typer.Option("--ask", help="Ask in the terminal before a computer may debug the phone, as a real phone does."),
    ] = False,
    quirk: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Answer as another phone does; repeatable, or separated by commas. `list` lists them."
        ),
    ] = None,
) -> None:
    """Start a simulated Android phone that any adb can drive. It runs until Ctrl-C and leaves nothing behind.

    It has a launcher, settings, contacts, a clock, notes, files, a browser, a keyboard and notifications. It needs no
    emulator and no SDK, only the Chromium that the browser environment also uses.

    Exit status: 0 after Ctrl-C, 2 wrong usage, or an error.

    Examples:

      handeye phone --headed

      adb connect 127.0.0.1:5600; adb shell input keyevent HOME

      handeye run "turn on airplane mode" --env android:127.0.0.1:5600 \\
        --model Qwen/Qwen2.5-VL-7B-Instruct

      handeye phone --quirk samsung-clear,foldable-closed
    """
    from handeye.environments.simulated_phone.adbd.auth import Authorize
    from handeye.environments.simulated_phone.phone import SimulatedPhone

    if ask and not (sys.stdin is not None and sys.stdin.isatty()):
        raise InvalidOption("--ask needs a terminal to ask in: leave it out")
    console = Console(highlight=False)
    quirks = [name.strip() for given in quirk or () for name in given.split(",") if name.strip()]
    if "mdns-serial" in quirks:
        raise InvalidOption("mdns-serial needs an adb server of its own: it is for SimulatedPhoneEnvironment in Python")
    if "list" in quirks:
        _list_quirks(console)
        return
    authorize = Authorize.ASK if ask else Authorize.EVERYONE
    device = SimulatedPhone(
        port=port,
        size=parse_size(size, "size"),
        density=density,
        headless=not headed,
        authorize=authorize,
        quirks=quirks,
    )
    try:
        with console.status("starting"):
            device.start()
        console.print(f"a simulated phone is listening on {device.address}", style="bold")
        console.print(f"\n  {_adb()} connect {device.address}", soft_wrap=True)
        model = "--model Qwen/Qwen2.5-VL-7B-Instruct"
        console.print(f'  handeye run "turn on airplane mode" --env android:{device.address} {model}\n', soft_wrap=True)
        console.print("press Ctrl-C to stop it", style="dim")
        _wait(device, console)
    except (KeyboardInterrupt, typer.Abort):
        return
    finally:
        device.close()


def _wait(device: "SimulatedPhone", console: Console) -> NoReturn:
    """Ask about each computer that waits for permission, until Ctrl-C."""
    denied: set[str] = set()
    while True:
        time.sleep(_LOOK)
        for key in device.waiting:
            if key.fingerprint in denied:
                continue
            console.print(f"\na computer wants to debug this phone: {printable(key.name)}\n{key.fingerprint}")
            if typer.confirm("Allow it?"):
                device.allow(key)
            else:
                denied.add(key.fingerprint)


def _list_quirks(console: Console) -> None:
    from handeye.environments.simulated_phone.quirks.catalog import QUIRKS

    for name, quirk in QUIRKS.items():
        console.print(f"{name}: {quirk.does}", markup=False, soft_wrap=True)


def _adb() -> str:
    """Return the adb command to print: the one on the PATH, otherwise the one bundled with adbutils."""
    from handeye.environments.android.adb_server import adb_program

    if shutil.which("adb") is not None:
        return "adb"
    try:
        return str(adb_program())
    except HandeyeError:
        return "adb"
