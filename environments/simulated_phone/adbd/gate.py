"""The phone's answer to a computer that wants to debug it."""

from collections.abc import Callable, Iterable

from handeye.environments.simulated_phone.adbd.auth import Authorize, PublicKey


class Gate:
    """Knows the keys that are allowed, and the computers that wait for somebody to allow theirs."""

    def __init__(self, authorize: Authorize, known: Iterable[PublicKey] = ()) -> None:
        self.authorize = authorize
        self._known = list(known)
        self._waiting: dict[PublicKey, list[Callable[[], None]]] = {}

    @property
    def waiting(self) -> tuple[PublicKey, ...]:
        """The keys that somebody may now allow, in the order in which they came."""
        return tuple(self._waiting)

    def signed(self, token: bytes, signature: bytes) -> bool:
        """Return whether the signature of the token was made with an allowed key."""
        return any(key.signed(token, signature) for key in self._known)

    def ask(self, key: PublicKey, let_in: Callable[[], None]) -> None:
        """Let the computer wait until its key is allowed; `let_in` is called then."""
        if self.authorize is Authorize.ASK:
            self._waiting.setdefault(key, []).append(let_in)

    def allow(self, key: PublicKey | None = None) -> None:
        """Let in the computers that wait with this key, or all that wait; now and when they come again."""
        for allowed in self.waiting if key is None else (key,):
            self._known.append(allowed)
            for let_in in self._waiting.pop(allowed, ()):
                let_in()

    def forget(self, let_in: Callable[[], None]) -> None:
        """Note that a waiting computer has gone away."""
        for key, callbacks in list(self._waiting.items()):
            if let_in in callbacks:
                callbacks.remove(let_in)
            if not callbacks:
                del self._waiting[key]
