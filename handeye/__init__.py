"""handeye: Qwen2.5-VL drives browsers, desktops and Android phones from pixels.

The public names. Each is imported when it is first used, so `import handeye` costs nothing and needs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handeye.actions.errors import HandeyeError
    from handeye.actions.geometry import Box, Point, Size
    from handeye.actions.schema import Action
    from handeye.agent.approval import allow_all, ask, deny_all
    from handeye.agent.decision import Decision
    from handeye.agent.history import History
    from handeye.agent.journal.trajectory import Trajectory
    from handeye.agent.limits import Limits
    from handeye.agent.loop import run_episode
    from handeye.agent.outcome import Outcome, StopReason
    from handeye.agent.page.document import write_page
    from handeye.agent.policies.qwen import QwenPolicy
    from handeye.agent.policies.scripted import ScriptedPolicy
    from handeye.agent.policy import Policy
    from handeye.agent.step import Step
    from handeye.environments.android.environment import AndroidEnvironment
    from handeye.environments.browser.environment import BrowserEnvironment
    from handeye.environments.contract.check import check_environment
    from handeye.environments.desktop.environment import DesktopEnvironment
    from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
    from handeye.environments.environment import Environment
    from handeye.environments.marks.environment import MarkedEnvironment
    from handeye.environments.observation import Observation
    from handeye.environments.scripted import ScriptedEnvironment
    from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
    from handeye.model.messages import Message
    from handeye.model.runtime import Generation, Model, load

__all__ = [
    "Action",
    "AndroidEnvironment",
    "Box",
    "BrowserEnvironment",
    "Decision",
    "DesktopEnvironment",
    "Environment",
    "Generation",
    "HandeyeError",
    "History",
    "IsolatedDesktopEnvironment",
    "Limits",
    "MarkedEnvironment",
    "Message",
    "Model",
    "Observation",
    "Outcome",
    "Point",
    "Policy",
    "QwenPolicy",
    "ScriptedEnvironment",
    "ScriptedPolicy",
    "SimulatedPhoneEnvironment",
    "Size",
    "Step",
    "StopReason",
    "Trajectory",
    "allow_all",
    "ask",
    "check_environment",
    "deny_all",
    "load",
    "run_episode",
    "write_page",
]

_HOMES = {
    "Action": "actions.schema",
    "AndroidEnvironment": "environments.android.environment",
    "Box": "actions.geometry",
    "BrowserEnvironment": "environments.browser.environment",
    "Decision": "agent.decision",
    "DesktopEnvironment": "environments.desktop.environment",
    "Environment": "environments.environment",
    "Generation": "model.runtime",
    "HandeyeError": "actions.errors",
    "History": "agent.history",
    "IsolatedDesktopEnvironment": "environments.desktop.isolated.environment",
    "Limits": "agent.limits",
    "MarkedEnvironment": "environments.marks.environment",
    "Message": "model.messages",
    "Model": "model.runtime",
    "Observation": "environments.observation",
    "Outcome": "agent.outcome",
    "Point": "actions.geometry",
    "Policy": "agent.policy",
    "QwenPolicy": "agent.policies.qwen",
    "ScriptedEnvironment": "environments.scripted",
    "ScriptedPolicy": "agent.policies.scripted",
    "SimulatedPhoneEnvironment": "environments.simulated_phone.environment",
    "Size": "actions.geometry",
    "Step": "agent.step",
    "StopReason": "agent.outcome",
    "Trajectory": "agent.journal.trajectory",
    "allow_all": "agent.approval",
    "ask": "agent.approval",
    "check_environment": "environments.contract.check",
    "deny_all": "agent.approval",
    "load": "model.runtime",
    "run_episode": "agent.loop",
    "write_page": "agent.page.document",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "__version__":
        from importlib.metadata import version

        return version("handeye")
    if name not in _HOMES:
        raise AttributeError(f"module 'handeye' has no attribute {name!r}")
    value: object = getattr(import_module(f"handeye.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
