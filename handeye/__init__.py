"""handeye: Qwen2.5-VL drives browsers, desktops and Android phones from pixels.

The public names. Each is imported on first use, so `import handeye` is fast and loads no dependency.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handeye.actions.errors import HandeyeError, MissingDependency
    from handeye.actions.geometry import Box, OutOfFrame, Point, Size
    from handeye.actions.schema import Action, InvalidAction
    from handeye.agent.approval import allow_all, ask, deny_all
    from handeye.agent.decision import Decision
    from handeye.agent.documents.document import Document
    from handeye.agent.documents.errors import DocumentNotSaved, EncryptedDocument, InvalidDocument, TooManyPages
    from handeye.agent.documents.parse import parse_document, parse_pages
    from handeye.agent.documents.writing.view import save_view
    from handeye.agent.errors import (
        InvalidLimits,
        InvalidTask,
        InvalidTrajectory,
        JournalError,
        NothingToResume,
        ScriptEnded,
    )
    from handeye.agent.extraction.errors import ExtractionFailed, InvalidSchema
    from handeye.agent.extraction.extract import extract
    from handeye.agent.history import History
    from handeye.agent.journal.trajectory import Trajectory, read_trajectory
    from handeye.agent.limits import Limits
    from handeye.agent.loop import run_episode
    from handeye.agent.objects.count import count
    from handeye.agent.objects.detect import detect
    from handeye.agent.objects.errors import AnswerCutOff
    from handeye.agent.objects.found import Count, Detection, LabelledPoint
    from handeye.agent.objects.points import points
    from handeye.agent.outcome import Outcome, StopReason
    from handeye.agent.page.document import PageNotWritten, write_page
    from handeye.agent.policies.chat import ChatPolicy
    from handeye.agent.policies.qwen import QwenPolicy
    from handeye.agent.policies.scripted import ScriptedPolicy
    from handeye.agent.policies.transformers import TransformersPolicy, UnknownScale
    from handeye.agent.policy import Policy
    from handeye.agent.resume import resume_episode
    from handeye.agent.servers.errors import (
        BrokenReply,
        ImagesRefused,
        ImagesRescaled,
        InvalidServer,
        KeyRefused,
        NotAChatServer,
        PrefixRefused,
        ReplyRefused,
        RequestRefused,
        ServerFailed,
        ServerNotFound,
        ServerTimeout,
        UnknownServerModel,
    )
    from handeye.agent.servers.server import ChatServer
    from handeye.agent.step import Step
    from handeye.environments.android.environment import AndroidEnvironment
    from handeye.environments.browser.environment import BrowserEnvironment
    from handeye.environments.contract.check import check_environment
    from handeye.environments.desktop.environment import DesktopEnvironment
    from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
    from handeye.environments.elements import ElementsUnknown
    from handeye.environments.environment import Environment
    from handeye.environments.errors import (
        ActionPartial,
        ActionRejected,
        AdbFailed,
        BrowserFailed,
        ChromiumNotFound,
        ContractBroken,
        DesktopFailed,
        DialogOpened,
        DisplayNotFound,
        DisplayRefused,
        EnvironmentLost,
        InvalidOption,
        KillSwitch,
        MissingProgram,
        NavigationFailed,
        PhoneNotFound,
        PhoneOffline,
        PhoneUnauthorized,
        ScriptFailed,
        SeveralPhones,
        WaylandSession,
    )
    from handeye.environments.marks.environment import MarkedEnvironment
    from handeye.environments.observation import Observation
    from handeye.environments.scripted import ScriptedEnvironment
    from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
    from handeye.model.conversation.messages import Message
    from handeye.model.errors import (
        CannotListen,
        ContextTooLong,
        DamagedVideo,
        EmptyVideo,
        InvalidCheckpoint,
        InvalidImage,
        InvalidPlacement,
        InvalidVideo,
        NonFiniteOutput,
        NoVideoTrack,
        OutOfMemory,
        TemplateRefused,
        UnknownDevice,
        UnknownModel,
        UnreadableAnswer,
        UnsupportedAttention,
        UnsupportedDtype,
    )
    from handeye.model.others.load import load_transformers
    from handeye.model.others.model import TransformersModel
    from handeye.model.runtime import Generation, Model, load_model
    from handeye.model.video.open import open_video
    from handeye.model.video.source import Video
    from handeye.model.video.spans import TimeSpan
    from handeye.model.video.stills import Stills

__all__ = [
    "Action",
    "ActionPartial",
    "ActionRejected",
    "AdbFailed",
    "AndroidEnvironment",
    "AnswerCutOff",
    "Box",
    "BrokenReply",
    "BrowserEnvironment",
    "BrowserFailed",
    "CannotListen",
    "ChatPolicy",
    "ChatServer",
    "ChromiumNotFound",
    "ContextTooLong",
    "ContractBroken",
    "Count",
    "DamagedVideo",
    "Decision",
    "DesktopEnvironment",
    "DesktopFailed",
    "Detection",
    "DialogOpened",
    "DisplayNotFound",
    "DisplayRefused",
    "Document",
    "DocumentNotSaved",
    "ElementsUnknown",
    "EmptyVideo",
    "EncryptedDocument",
    "Environment",
    "EnvironmentLost",
    "ExtractionFailed",
    "Generation",
    "HandeyeError",
    "History",
    "ImagesRefused",
    "ImagesRescaled",
    "InvalidAction",
    "InvalidCheckpoint",
    "InvalidDocument",
    "InvalidImage",
    "InvalidLimits",
    "InvalidOption",
    "InvalidPlacement",
    "InvalidSchema",
    "InvalidServer",
    "InvalidTask",
    "InvalidTrajectory",
    "InvalidVideo",
    "IsolatedDesktopEnvironment",
    "JournalError",
    "KeyRefused",
    "KillSwitch",
    "LabelledPoint",
    "Limits",
    "MarkedEnvironment",
    "Message",
    "MissingDependency",
    "MissingProgram",
    "Model",
    "NavigationFailed",
    "NoVideoTrack",
    "NonFiniteOutput",
    "NotAChatServer",
    "NothingToResume",
    "Observation",
    "OutOfFrame",
    "OutOfMemory",
    "Outcome",
    "PageNotWritten",
    "PhoneNotFound",
    "PhoneOffline",
    "PhoneUnauthorized",
    "Point",
    "Policy",
    "PrefixRefused",
    "QwenPolicy",
    "ReplyRefused",
    "RequestRefused",
    "ScriptEnded",
    "ScriptFailed",
    "ScriptedEnvironment",
    "ScriptedPolicy",
    "ServerFailed",
    "ServerNotFound",
    "ServerTimeout",
    "SeveralPhones",
    "SimulatedPhoneEnvironment",
    "Size",
    "Step",
    "Stills",
    "StopReason",
    "TemplateRefused",
    "TimeSpan",
    "TooManyPages",
    "Trajectory",
    "TransformersModel",
    "TransformersPolicy",
    "UnknownDevice",
    "UnknownModel",
    "UnknownScale",
    "UnknownServerModel",
    "UnreadableAnswer",
    "UnsupportedAttention",
    "UnsupportedDtype",
    "Video",
    "WaylandSession",
    "allow_all",
    "ask",
    "check_environment",
    "count",
    "deny_all",
    "detect",
    "extract",
    "load_model",
    "load_transformers",
    "open_video",
    "parse_document",
    "parse_pages",
    "points",
    "read_trajectory",
    "resume_episode",
    "run_episode",
    "save_view",
    "write_page",
]

_HOMES = {
    "Action": "actions.schema",
    "ActionPartial": "environments.errors",
    "ActionRejected": "environments.errors",
    "AdbFailed": "environments.errors",
    "AndroidEnvironment": "environments.android.environment",
    "AnswerCutOff": "agent.objects.errors",
    "Box": "actions.geometry",
    "BrokenReply": "agent.servers.errors",
    "BrowserEnvironment": "environments.browser.environment",
    "BrowserFailed": "environments.errors",
    "CannotListen": "model.errors",
    "ChatPolicy": "agent.policies.chat",
    "ChatServer": "agent.servers.server",
    "ChromiumNotFound": "environments.errors",
    "ContextTooLong": "model.errors",
    "ContractBroken": "environments.errors",
    "Count": "agent.objects.found",
    "DamagedVideo": "model.errors",
    "Decision": "agent.decision",
    "DesktopEnvironment": "environments.desktop.environment",
    "DesktopFailed": "environments.errors",
    "Detection": "agent.objects.found",
    "DialogOpened": "environments.errors",
    "DisplayNotFound": "environments.errors",
    "DisplayRefused": "environments.errors",
    "Document": "agent.documents.document",
    "DocumentNotSaved": "agent.documents.errors",
    "ElementsUnknown": "environments.elements",
    "EmptyVideo": "model.errors",
    "EncryptedDocument": "agent.documents.errors",
    "Environment": "environments.environment",
    "EnvironmentLost": "environments.errors",
    "ExtractionFailed": "agent.extraction.errors",
    "Generation": "model.runtime",
    "HandeyeError": "actions.errors",
    "History": "agent.history",
    "ImagesRefused": "agent.servers.errors",
    "ImagesRescaled": "agent.servers.errors",
    "InvalidAction": "actions.schema",
    "InvalidCheckpoint": "model.errors",
    "InvalidDocument": "agent.documents.errors",
    "InvalidImage": "model.errors",
    "InvalidLimits": "agent.errors",
    "InvalidOption": "environments.errors",
    "InvalidPlacement": "model.errors",
    "InvalidSchema": "agent.extraction.errors",
    "InvalidServer": "agent.servers.errors",
    "InvalidTask": "agent.errors",
    "InvalidTrajectory": "agent.errors",
    "InvalidVideo": "model.errors",
    "IsolatedDesktopEnvironment": "environments.desktop.isolated.environment",
    "JournalError": "agent.errors",
    "KeyRefused": "agent.servers.errors",
    "KillSwitch": "environments.errors",
    "LabelledPoint": "agent.objects.found",
    "Limits": "agent.limits",
    "MarkedEnvironment": "environments.marks.environment",
    "Message": "model.conversation.messages",
    "MissingDependency": "actions.errors",
    "MissingProgram": "environments.errors",
    "Model": "model.runtime",
    "NavigationFailed": "environments.errors",
    "NoVideoTrack": "model.errors",
    "NonFiniteOutput": "model.errors",
    "NotAChatServer": "agent.servers.errors",
    "NothingToResume": "agent.errors",
    "Observation": "environments.observation",
    "OutOfFrame": "actions.geometry",
    "OutOfMemory": "model.errors",
    "Outcome": "agent.outcome",
    "PageNotWritten": "agent.page.document",
    "PhoneNotFound": "environments.errors",
    "PhoneOffline": "environments.errors",
    "PhoneUnauthorized": "environments.errors",
    "Point": "actions.geometry",
    "Policy": "agent.policy",
    "PrefixRefused": "agent.servers.errors",
    "QwenPolicy": "agent.policies.qwen",
    "ReplyRefused": "agent.servers.errors",
    "RequestRefused": "agent.servers.errors",
    "ScriptEnded": "agent.errors",
    "ScriptFailed": "environments.errors",
    "ScriptedEnvironment": "environments.scripted",
    "ScriptedPolicy": "agent.policies.scripted",
    "ServerFailed": "agent.servers.errors",
    "ServerNotFound": "agent.servers.errors",
    "ServerTimeout": "agent.servers.errors",
    "SeveralPhones": "environments.errors",
    "SimulatedPhoneEnvironment": "environments.simulated_phone.environment",
    "Size": "actions.geometry",
    "Step": "agent.step",
    "Stills": "model.video.stills",
    "StopReason": "agent.outcome",
    "TemplateRefused": "model.errors",
    "TimeSpan": "model.video.spans",
    "TooManyPages": "agent.documents.errors",
    "Trajectory": "agent.journal.trajectory",
    "TransformersModel": "model.others.model",
    "TransformersPolicy": "agent.policies.transformers",
    "UnknownDevice": "model.errors",
    "UnknownModel": "model.errors",
    "UnknownScale": "agent.policies.transformers",
    "UnknownServerModel": "agent.servers.errors",
    "UnreadableAnswer": "model.errors",
    "UnsupportedAttention": "model.errors",
    "UnsupportedDtype": "model.errors",
    "Video": "model.video.source",
    "WaylandSession": "environments.errors",
    "allow_all": "agent.approval",
    "ask": "agent.approval",
    "check_environment": "environments.contract.check",
    "count": "agent.objects.count",
    "deny_all": "agent.approval",
    "detect": "agent.objects.detect",
    "extract": "agent.extraction.extract",
    "load_model": "model.runtime",
    "load_transformers": "model.others.load",
    "open_video": "model.video.open",
    "parse_document": "agent.documents.parse",
    "parse_pages": "agent.documents.parse",
    "points": "agent.objects.points",
    "read_trajectory": "agent.journal.trajectory",
    "resume_episode": "agent.resume",
    "run_episode": "agent.loop",
    "save_view": "agent.documents.writing.view",
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
