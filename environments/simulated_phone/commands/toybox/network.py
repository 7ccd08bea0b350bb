"""The network, which a simulated phone only describes: `ip`, `ifconfig`, `netstat`, `ping`."""

from typing import Final

from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

ADDRESS: Final = "192.168.1.77"
"""The address that the phone says it has."""
_LOOPBACK = """1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
"""
_WIFI = f"""2: wlan0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 3000
    link/ether 02:00:00:44:55:66 brd ff:ff:ff:ff:ff:ff
    inet {ADDRESS}/24 brd 192.168.1.255 scope global wlan0
       valid_lft forever preferred_lft forever
"""
_ROUTE = f"192.168.1.0/24 dev wlan0 proto kernel scope link src {ADDRESS}\n"


async def ip(call: Call) -> int:
    """Describe the addresses or the routes: `ip addr`, `ip addr show wlan0`, `ip route`, `ip link`."""
    given = list(call.words)
    if "-f" in given[:-1]:
        del given[given.index("-f") : given.index("-f") + 2]  # the family: all addresses here are of inet
    words = [word for word in given if not word.startswith("-")]
    what, rest = words[0] if words else "", words[1:]
    wifi = await _has_wifi(call)
    if what and "address".startswith(what):
        name = next((word for word in rest if word not in ("show", "list", "dev")), None)
        if name not in (None, "lo", "wlan0"):
            raise CommandFailed(f'Device "{name}" does not exist.')
        shown = (_LOOPBACK if name in (None, "lo") else "") + (_WIFI if wifi and name in (None, "wlan0") else "")
        await call.print(shown)
        return 0
    if what and "route".startswith(what):
        if rest[:1] == ["get"] and wifi:
            to = rest[1] if len(rest) > 1 else ""
            await call.print(f"{to} via 192.168.1.1 dev wlan0 src {ADDRESS} uid 2000\n    cache\n")
        else:
            await call.print(_ROUTE if wifi else "")
        return 0
    if what and "link".startswith(what):
        lines = (_LOOPBACK + (_WIFI if wifi else "")).splitlines(keepends=True)
        await call.print("".join(line for line in lines if not line.startswith(("    inet", "       "))))
        return 0
    raise CommandFailed(f'Object "{what}" is unknown, try "ip help".' if what else "ip: Needs 1 argument")


async def ifconfig(call: Call) -> int:
    """Describe the interfaces."""
    lines = "lo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0\n\n"
    if await _has_wifi(call):
        lines = (
            "wlan0     Link encap:UNSPEC\n"
            f"          inet addr:{ADDRESS}  Bcast:192.168.1.255  Mask:255.255.255.0\n\n{lines}"
        )
    await call.print(lines)
    return 0


async def netstat(call: Call) -> int:
    """List connections: there are none."""
    await call.print(
        "Active Internet connections (w/o servers)\nProto Recv-Q Send-Q Local Address  Foreign Address  State\n"
    )
    return 0


async def ping(call: Call) -> int:
    """Fail, as without a network."""
    names = [word for word in call.words if not word.startswith("-") and not word.isdecimal()]
    raise CommandFailed(
        f"ping: unknown host {names[-1]}" if names else "ping: usage error: Destination address required", 2
    )


async def _has_wifi(call: Call) -> bool:
    device = call.device
    return (
        await device.setting("global", "wifi_on") != "0" and await device.setting("global", "airplane_mode_on") != "1"
    )
