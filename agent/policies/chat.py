"""The policy of a model behind a server that speaks OpenAI's chat API."""

from collections.abc import Callable

from handeye.actions.geometry import Size
from handeye.agent.policies.backend import limited
from handeye.agent.policies.prompted import PromptedPolicy, profile_of
from handeye.agent.prompts.catalog import choose_profile
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.agent.servers.scale import USUAL
from handeye.agent.servers.server import ChatServer


class ChatPolicy(PromptedPolicy):
    """Prompts a model behind a server, by the profile of its checkpoint.

    Before it sends a screenshot of a size for the first time, the server is asked whether it shows the model images of
    that size as they are sent: otherwise every point would be off.
    """

    def __init__(
        self,
        server: ChatServer | str,
        model: str | None = None,
        *,
        profile: CheckpointProfile | str | None = None,
        max_pixels: int | None = None,
        max_new_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> None:
        """`server` is a server, or its address; `model` the name of its model, None for the only one that it has.

        `profile` says how it is prompted and read: a profile, the name of one, or None for the one that the model's
        name asks for. Images have the profile's limits, or those of `server`, and at most `max_pixels`. The other
        options are those of `QwenPolicy`.

        Without `model`, the server is asked for it. Raises what that raises, `InvalidServer`, `KeyRefused`,
        `UnknownProfile`, `UnsupportedCheckpoint`, and `NotAnAgent` if the profile only points.
        """
        found = ChatServer(server, model) if isinstance(server, str) else server
        chosen = profile_of(profile, found.name, found.origins)
        self.server = limited(found, chosen, max_pixels)
        super().__init__(
            self.server,
            chosen,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            seed=seed,
            on_text=on_text,
        )
        if profile is None and (notice := choose_profile(found.name).notice):
            self.server.endpoint.notice(notice)

    @property
    def name(self) -> str:
        """The name of the model, and the host that it runs on."""
        return self.server.label

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about the server, as far as it is known by now."""
        return self.server.notices

    def ready(self, size: Size = USUAL) -> tuple[str, ...]:
        """Make sure that the server is there, has the model, and shows it a screenshot of a size in pixels as it is.

        Returns `notices`. Raises `ImagesRescaled`, and what `ChatServer.generate` raises.
        """
        self.server.endpoint.require()
        self.server.scale.require([self.server.image_size(size)])
        return self.notices
