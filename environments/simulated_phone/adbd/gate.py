"""The phone's decision about computers that want to debug it."""

from collections.abc import Callable, Iterable

from handeye.environments.simulated_phone.adbd.auth import Authorize, PublicKey


class Gate:
    """Keeps the allowed keys, and the computers waiting for theirs to be allowed."""

    def __init__(self, authorize: Authorize, known: Iterable[PublicKey] = ()) -> None:
        self.authorize = authorize
        self._known = list(known)
        self._waiting: dict[PublicKey, list[Callable[[], None]]] = {}

    @property
    def waiting(self) -> tuple[PublicKey, ...]:
        """The keys waiting to be allowed, in order of arrival."""
        return tuple(self._waiting)

    def signed(self, token: bytes, signature: bytes) -> bool:
        """Return whether the token was signed with an allowed key."""
        return any(key.signed(token, signature) for key in self._known)

    def ask(self, key: PublicKey, let_in: Callable[[], None]) -> None:
        """Let the computer wait until its key is allowed; then `let_in` is called."""
        if self.authorize is Authorize.ASK:
            self._waiting.setdefault(key, []).append(let_in)

    def allow(self, key: PublicKey | None = None) -> None:
        """Allow the waiting computers with this key, or all waiting ones, now and when they reconnect."""
        for allowed in self.waiting if key is None else (key,):
            self._known.append(allowed)
            for let_in in self._waiting.pop(allowed, ()):
                let_in()

    def forget(self, let_in: Callable[[], None]) -> None:
        """Note that a waiting computer has disconnected."""
        for key, callbacks in list(self._waiting.items()):
            if let_in in callbacks:
                callbacks.remove(let_in)
            if not callbacks:
                del self._waiting[key]
