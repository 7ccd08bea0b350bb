"""The commands of the phone's shell, by name."""

from collections.abc import Mapping
from typing import Final

from handeye.environments.simulated_phone.commands import files, system, text
from handeye.environments.simulated_phone.commands.am import am
from handeye.environments.simulated_phone.commands.cmd import cmd, monkey
from handeye.environments.simulated_phone.commands.dumpsys import dumpsys
from handeye.environments.simulated_phone.commands.ime import ime
from handeye.environments.simulated_phone.commands.input import input_
from handeye.environments.simulated_phone.commands.pm import pm
from handeye.environments.simulated_phone.commands.screencap import screencap
from handeye.environments.simulated_phone.commands.settings import settings
from handeye.environments.simulated_phone.commands.uiautomator import uiautomator
from handeye.environments.simulated_phone.commands.wm import wm
from handeye.environments.simulated_phone.shell.call import Command

COMMANDS: Final[Mapping[str, Command]] = {
    ":": system.true,
    "[": system.test,
    "am": am,
    "base64": text.base64_,
    "cat": files.cat,
    "cmd": cmd,
    "cp": files.cp,
    "date": system.date,
    "df": system.df,
    "dumpsys": dumpsys,
    "echo": text.echo,
    "env": system.env,
    "false": system.false,
    "getevent": system.getevent,
    "getprop": system.getprop,
    "grep": text.grep,
    "gunzip": text.gzip,
    "gzip": text.gzip,
    "head": text.head,
    "id": system.id_,
    "ime": ime,
    "input": input_,
    "logcat": system.logcat,
    "ls": files.ls,
    "md5sum": text.md5sum,
    "mkdir": files.mkdir,
    "monkey": monkey,
    "mv": files.mv,
    "pidof": system.pidof,
    "pm": pm,
    "printf": text.printf,
    "ps": system.ps,
    "pwd": system.pwd,
    "reboot": system.reboot,
    "rm": files.rm,
    "screencap": screencap,
    "setprop": system.setprop,
    "settings": settings,
    "sha1sum": text.md5sum,
    "sha256sum": text.md5sum,
    "sleep": system.sleep,
    "sort": text.sort,
    "stat": files.stat,
    "svc": system.svc,
    "tail": text.tail,
    "test": system.test,
    "touch": files.touch,
    "tr": text.tr,
    "true": system.true,
    "uiautomator": uiautomator,
    "uname": system.uname,
    "uptime": system.uptime,
    "wc": text.wc,
    "which": system.which,
    "whoami": system.whoami,
    "wm": wm,
    "zcat": text.gzip,
}
"""Each is a program in /system/bin."""


def find_command(name: str) -> Command | None:
    """Return the command with a name, or None."""
    return COMMANDS.get(name)
