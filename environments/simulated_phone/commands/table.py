"""The commands of the phone's shell, by name."""

from collections.abc import Mapping
from typing import Final

from handeye.environments.simulated_phone.commands.am import am
from handeye.environments.simulated_phone.commands.cmd import cmd, monkey
from handeye.environments.simulated_phone.commands.dumpsys import dumpsys
from handeye.environments.simulated_phone.commands.ime import ime
from handeye.environments.simulated_phone.commands.input import input_
from handeye.environments.simulated_phone.commands.pm import pm
from handeye.environments.simulated_phone.commands.screencap import screencap
from handeye.environments.simulated_phone.commands.services import service
from handeye.environments.simulated_phone.commands.settings import settings
from handeye.environments.simulated_phone.commands.toybox import files, lines, network, processes, system, text, tree
from handeye.environments.simulated_phone.commands.uiautomator import uiautomator
from handeye.environments.simulated_phone.commands.wm import wm
from handeye.environments.simulated_phone.shell.call import Command

COMMANDS: Final[Mapping[str, Command]] = {
    ":": system.true,
    "[": system.test,
    "am": am,
    "base64": text.base64_,
    "basename": lines.basename,
    "cat": files.cat,
    "chgrp": tree.change,
    "chmod": tree.change,
    "chown": tree.change,
    "cmd": cmd,
    "cp": files.cp,
    "cut": lines.cut,
    "date": system.date,
    "df": system.df,
    "dirname": lines.dirname,
    "du": tree.du,
    "dumpsys": dumpsys,
    "echo": text.echo,
    "env": system.env,
    "false": system.false,
    "find": tree.find,
    "getevent": system.getevent,
    "getprop": system.getprop,
    "grep": text.grep,
    "gunzip": text.gzip,
    "gzip": text.gzip,
    "head": text.head,
    "id": system.id_,
    "ifconfig": network.ifconfig,
    "ime": ime,
    "input": input_,
    "ip": network.ip,
    "kill": processes.kill,
    "logcat": system.logcat,
    "ls": files.ls,
    "md5sum": text.md5sum,
    "mkdir": files.mkdir,
    "monkey": monkey,
    "mv": files.mv,
    "netstat": network.netstat,
    "nproc": processes.nproc,
    "pgrep": processes.pgrep,
    "pidof": processes.pidof,
    "ping": network.ping,
    "pm": pm,
    "printf": text.printf,
    "ps": processes.ps,
    "pwd": system.pwd,
    "reboot": system.reboot,
    "restorecon": tree.change,
    "rm": files.rm,
    "screencap": screencap,
    "seq": lines.seq,
    "service": service,
    "setprop": system.setprop,
    "settings": settings,
    "sha1sum": text.md5sum,
    "sha256sum": text.md5sum,
    "sleep": system.sleep,
    "sort": text.sort,
    "stat": files.stat,
    "svc": system.svc,
    "tail": text.tail,
    "tee": lines.tee,
    "test": system.test,
    "timeout": processes.timeout,
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
    "xargs": lines.xargs,
    "zcat": text.gzip,
}
"""Each is a program in /system/bin."""


def find_command(name: str) -> Command | None:
    """Return the command with a name, or None."""
    return COMMANDS.get(name)
