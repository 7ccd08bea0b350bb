"""Installing in a session, as `adb install-multiple` does: create it, write the APKs, then commit or abandon it."""

from handeye.environments.simulated_phone.shell.call import Arguments, Call, CommandFailed

_WITH_VALUE = ("-i", "-p", "--user", "--abi", "--install-location", "--originating-uri", "--referrer", "--pkg")


async def create(call: Call, words: Arguments) -> int:
    """`pm install-create [-r] [-t] [-S BYTES]`."""
    while (option := words.option()) is not None:
        if option == "-S" or option in _WITH_VALUE:
            words.required()
    await call.print(f"Success: created install session [{call.device.sessions.create()}]\n")
    return 0


async def write(call: Call, words: Arguments) -> int:
    """`pm install-write [-S BYTES] SESSION NAME [PATH|-]`."""
    size = None
    while (option := words.option()) is not None:
        if option == "-S":
            size = _bytes(words.required())
    number = _session(call, words)
    name, path = words.required(), words.next() or "-"
    if path == "-":
        if size is None:
            raise CommandFailed("Error: must specify an APK size", 255)
        data = b""
        while len(data) < size and (part := await call.stdin.read(size - len(data))):
            data += part
        if len(data) < size:
            raise CommandFailed(f"Error: failed to write; {len(data)} of {size} bytes arrived", 255)
    else:
        entry = await call.device.files.stat(call.path(path))
        if entry is None or entry.directory:
            raise CommandFailed(f"Error: Unable to open file: {path}\nError: Can't open file: {path}", 255)
        data = await call.device.files.read(call.path(path))
    call.device.sessions.apks[number][name] = data
    await call.print(f"Success: streamed {len(data)} bytes\n")
    return 0


async def abandon(call: Call, words: Arguments) -> int:
    """`pm install-abandon SESSION`."""
    del call.device.sessions.apks[_session(call, words)]
    await call.print("Success\n")
    return 0


def committed(call: Call, words: Arguments) -> tuple[bytes, ...]:
    """Close a session and return its APKs; raise `CommandFailed` if it has none."""
    apks = call.device.sessions.apks.pop(_session(call, words))
    if not apks:
        raise CommandFailed("Failure [INSTALL_FAILED_INVALID_APK: Session contains no files]")
    return tuple(apks.values())


def _session(call: Call, words: Arguments) -> int:
    """Take the number of an open session; raise `CommandFailed`."""
    word = words.required()
    number = int(word) if word.isdecimal() else -1
    if number not in call.device.sessions.apks:
        raise CommandFailed(f"Error: java.lang.SecurityException: Caller has no access to session {word}", 255)
    return number


def _bytes(word: str) -> int:
    if not word.isdecimal():
        raise CommandFailed(f"Error: bad size {word}", 255)
    return int(word)
