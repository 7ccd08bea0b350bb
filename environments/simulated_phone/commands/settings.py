"""`settings`: the phone's settings. The screen follows immediately."""

from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_NAMESPACES = ("system", "secure", "global")
_HELP = """Settings provider (settings) commands:
  help
      Print this help text.
  get [--user <USER_ID> | current] NAMESPACE KEY
      Retrieve the current value of KEY.
  put [--user <USER_ID> | current] NAMESPACE KEY VALUE [TAG] [default]
      Change the contents of KEY to VALUE.
  delete [--user <USER_ID> | current] NAMESPACE KEY
      Delete the entry for KEY.
  list [--user <USER_ID> | current] NAMESPACE
      Print all defined keys.
      NAMESPACE is one of {system, secure, global}
"""


async def settings(call: Call) -> int:
    """Carry out one `settings` command."""
    words = list(call.words)
    if "--user" in words:
        del words[words.index("--user") : words.index("--user") + 2]
    if not words or words[0] in ("help", "-h"):
        await call.print(_HELP)
        return 0
    verb, rest = words[0], words[1:]
    if verb not in ("get", "put", "delete", "list", "reset"):
        raise CommandFailed("Invalid command: " + verb, 255)
    if not rest or rest[0].lower() not in _NAMESPACES:
        raise CommandFailed(f"Invalid namespace '{rest[0]}'" if rest else "Bad arguments", 255)
    namespace, rest = rest[0].lower(), rest[1:]
    match verb, rest:
        case "get", [key]:
            value = await call.device.setting(namespace, key)
            await call.print(f"{'null' if value is None else value}\n")
        case "put", [key, value, *_]:
            await call.device.put_setting(namespace, key, value)
        case "delete", [key]:
            there = await call.device.setting(namespace, key) is not None
            await call.device.put_setting(namespace, key, None)
            await call.print(f"Deleted {int(there)} rows\n")
        case "reset", [_, *_]:
            pass  # nothing here has a default that another package has set
        case "list", []:
            found = await call.device.ask("space => phone.listSettings(space)", namespace)
            await call.print("".join(f"{key}={value}\n" for key, value in sorted(found.items())))
        case _:
            raise CommandFailed("Bad arguments", 255)
    return 0
