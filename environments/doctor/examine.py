"""What is installed for each environment, what is missing, and what to do about it."""

from collections.abc import Iterator
from enum import StrEnum

from handeye.environments.doctor.android import android, simulated
from handeye.environments.doctor.browser import browser
from handeye.environments.doctor.desktop import desktop, isolated, vnc
from handeye.environments.doctor.finding import Finding
from handeye.environments.doctor.machine import machine


class Topic(StrEnum):
    """What can be checked; the environments by the names that `--env` takes."""

    MACHINE = "machine"
    BROWSER = "browser"
    DESKTOP = "desktop"
    ISOLATED = "desktop:xvfb"
    VNC = "vnc"
    ANDROID = "android"
    SIMULATED = "android:simulated"


def examine(topic: Topic) -> Iterator[Finding]:
    """Check one topic. Takes a second or two, at most the time limit for a hung display or program.

    Only programs that print their version are started, and nothing is installed or changed.
    """
    match topic:
        case Topic.MACHINE:
            return machine()
        case Topic.BROWSER:
            return browser()
        case Topic.DESKTOP:
            return desktop()
        case Topic.ISOLATED:
            return isolated()
        case Topic.VNC:
            return vnc()
        case Topic.ANDROID:
            return android()
        case Topic.SIMULATED:
            return simulated()
