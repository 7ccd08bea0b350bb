"""The policy that the options of a command ask for."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from handeye.agent.cli.keys import grounder_variable, require_named
from handeye.agent.policies.acting import ActingSettings
from handeye.agent.policies.backend import Backend
from handeye.agent.policies.engine import Engine
from handeye.agent.policies.grounder import Grounder
from handeye.agent.policies.local import LocalSettings
from handeye.agent.policies.prompted import PromptedPolicy, profile_of
from handeye.agent.policy import Policy
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, grounder_prompt
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.agent.servers.address import parse_address
from handeye.agent.servers.key import GROUNDER_VARIABLE, VARIABLE
from handeye.environments.errors import InvalidOption
from handeye.model.files.origins import folder_origins

HINT = (
    "name the model that decides: --model Qwen/Qwen2.5-VL-7B-Instruct (a GPU of 20 GB), "
    "--model Qwen/Qwen2.5-VL-3B-Instruct (10 GB), --server http://localhost:8000/v1, or --model handeye-tiny, which "
    "knows only a few pages of MiniWoB++; handeye models lists all"
)

_PLAIN = LocalSettings()


class PolicySettings(ActingSettings):
    """What decides, as the options of a command name it, and as a journal stores it.

    The adapters are those of a model without a server.
    """

    model: str | None = None
    """A hub id or a folder; with a server, the name of its model."""
    server: str | None = None
    """The address of a server."""
    profile: str | None = None
    grounder: str | None = None
    """A hub id or a folder; with a server of its own, the name of its model."""
    grounder_server: str | None = None
    grounder_profile: str | None = None
    zoom: bool = False

    @property
    def plans(self) -> bool:
        """Whether the model says in words what to point at, and a grounder finds it."""
        return self.grounder is not None or self.grounder_server is not None

    def changed(self, local: Mapping[str, object] | None = None, **given: str | None) -> Self:
        """Return the settings with what is given. Another model or server has its own profile and adapters.

        A model without a server is one of this machine; a server without a model has one of its own. `local` are
        fields of `ActingSettings`.
        """
        changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
        changes |= local or {}
        if changes.get("grounder_server") not in (None, self.grounder_server):
            changes |= {"grounder": None, "grounder_profile": None}
        if "model" not in changes and "server" not in changes:
            return self.model_copy(update=changes)
        server = given.get("server")
        own = {"model": named_model(given.get("model"), server), "server": server, "profile": given.get("profile")}
        fresh: dict[str, object] = {"adapters": ()}
        if server is not None:
            fresh |= {"backend": Engine.HANDEYE, "constrain": False}
        return self.model_copy(update={**fresh, **changes, **own})

    def require_servers_named(self, server: str | None, grounder_server: str | None) -> None:
        """Refuse to send a key to a server that the journal alone names, and the user does not give.

        Raises `KeyWithheld`.
        """
        if self.server is not None:
            require_named(self.server, server, "--server", VARIABLE)
        if self.grounder_server is not None:
            variable = grounder_variable(self.grounder_server, self.server)
            if variable == GROUNDER_VARIABLE:  # otherwise it is the server's, which was looked at
                require_named(self.grounder_server, grounder_server, "--grounder-server", variable)

    @property
    def label(self) -> str:
        """What is loaded, for people."""
        named = _label(self.model, self.server) + "".join(f" + {adapter}" for adapter in self.adapters)
        return f"{named} and {_label(self.grounder, self.grounder_server)}" if self.plans else named

    @property
    def notice(self) -> str:
        """What the user should know about the choice before anything is loaded; empty if there is nothing."""
        if self.model == "handeye-tiny" and self.server is None:
            return "handeye-tiny only knows a few MiniWoB++ pages; see handeye models"
        own = self.backend is Engine.HANDEYE  # otherwise an unknown model is refused
        if own and self.profile is None and not self.plans and self.server is None and self.model is not None:
            return choose_profile(*_names(self.model)).notice
        return ""

    def require(self) -> None:
        """Refuse what can be refused without loading anything.

        Raises `InvalidOption`, `InvalidServer`, `UnknownProfile`, `UnsupportedCheckpoint`, `NotAnAgent` and
        `NotAGrounder`.
        """
        for name, value in self:
            if isinstance(value, str) and not value.strip():
                raise InvalidOption(f"--{name.replace('_', '-')} is empty: leave it out, or give a name")
        if self.model is None and self.server is None:
            raise InvalidOption(HINT)
        self._require_acting()
        for address in (self.server, self.grounder_server):
            if address is not None:
                parse_address(address)
        if self.plans:
            self._require_grounder()
        elif self.grounder_profile is not None:
            raise InvalidOption("--grounder-profile works only with --grounder")
        elif self.profile is not None or self.model is not None:
            profile = _known(self.profile, self.model)
            agent_prompt(profile)
            if self.zoom:
                grounder_prompt(profile)

    def _require_acting(self) -> None:
        here = self.server is None
        grounds = self.grounder is not None and self.grounder_server is None
        if self.constrain and self.plans:
            raise InvalidOption(
                "--constrain does not work with --grounder, whose planner writes free words: leave one of them out"
            )
        self.require_acting(adapted=here, here=here or grounds)

    def _require_grounder(self) -> None:
        if self.profile is not None:
            raise InvalidOption(
                "--profile does not work with --grounder: the model plans in words, as profile planner says"
            )
        if self.grounder_profile is not None or self.grounder is not None:
            grounder_prompt(_known(self.grounder_profile, self.grounder))

    def make(self, on_text: Callable[[str], None] | None = None) -> Policy:
        """Load the models, and make sure that servers are there. Raises what that raises."""
        self.require()
        if self.plans:
            return self._planner(on_text)
        policy = self._prompted(on_text)
        if not self.zoom:
            return policy
        from handeye.agent.policies.zooming import ZoomingPolicy

        return ZoomingPolicy(policy, Grounder(policy.backend, policy.profile))

    def _prompted(self, on_text: Callable[[str], None] | None) -> PromptedPolicy:
        if self.server is not None:
            from handeye.agent.policies.chat import ChatPolicy

            policy = ChatPolicy(self.server, self.model, profile=self.profile, on_text=on_text)
            policy.server.endpoint.require()
            return policy
        if self.backend is not Engine.HANDEYE:
            from handeye.agent.policies.transformers import TransformersPolicy

            return TransformersPolicy(
                self.model or "",
                profile=self.profile,
                device=self.device,
                dtype=self.dtype,
                attention=self.backend.attention,
                on_text=on_text,
            )
        from handeye.agent.policies.qwen import QwenPolicy

        return QwenPolicy(
            self.model or "",
            profile=self.profile,
            device=self.device,
            dtype=self.dtype,
            adapters=self.parsed(),
            on_text=on_text,
            constrained=self.constrain,
        )

    def _planner(self, on_text: Callable[[str], None] | None) -> Policy:
        from handeye.agent.policies.planner import PlannerPolicy

        planner = load_backend(self.model, self.server, self)
        return PlannerPolicy(planner, self.make_grounder(), on_text=on_text)

    def make_grounder(self, adapters: Sequence[str] = ()) -> Grounder:
        """Load the grounder, with its own adapters, `NAME=WEIGHT`. Raises what that raises."""
        local = self.plain(adapters)
        local.require_local(adapted=self.grounder_server is None, here=None in (self.server, self.grounder_server))
        server = self.grounder_server
        variable = VARIABLE if server is None else grounder_variable(server, self.server)
        backend = load_backend(self.grounder, server, local if server is None else LocalSettings(), variable)
        profile = (self.backend if server is None else Engine.HANDEYE).profile(backend, self.grounder_profile)
        return Grounder(backend, profile, zoom=self.zoom)


def load_backend(
    model: str | None,
    server: str | None = None,
    local: LocalSettings = _PLAIN,
    key_variable: str = VARIABLE,
) -> Backend:
    """Load a model, or make sure that a server is there and has one; `model` may be None for its only one.

    `local` says how a model without a server is run; `key_variable` is the environment variable with the server's key.
    Raises what that raises.
    """
    if server is None:
        return local.load(model or "")
    from handeye.agent.servers.server import ChatServer

    found = ChatServer(server, model, key_variable=key_variable)
    found.endpoint.require()
    return found


def named_model(model: str | None, server: str | None = None) -> str | None:
    """Return a folder or a GGUF file as an absolute path, so that it is found from any folder; other names unchanged.

    With a server it is the name of one of its models, whatever folders there are here.
    """
    if model is None or server is not None:
        return model
    try:
        # Not resolved: a link may be called after the checkpoint, and its target after anything.
        path = Path(model)
        given = path.is_dir() or (path.suffix.lower() == ".gguf" and path.is_file())
        return str(path.absolute()) if given else model
    except OSError:  # too long for the name of a folder
        return model


def _label(model: str | None, server: str | None) -> str:
    if server is None:
        return model or ""
    return f"the model at {server}" if model is None else f"{model} at {server}"


def _known(profile: str | None, model: str | None) -> CheckpointProfile:
    """Return the profile of a model as far as it is known before it is loaded."""
    name, *origins = _names(model or "")
    return profile_of(profile, name, origins)


def _names(model: str) -> tuple[str, ...]:
    """Return what a checkpoint is called: as it is given, and in its files."""
    return model, *folder_origins(Path(model))
