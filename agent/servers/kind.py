"""The kinds of servers, and what each takes beyond OpenAI's chat API.

Read from: vllm-project/vllm `vllm/entrypoints/openai/chat_completion/protocol.py`; sgl-project/sglang
`python/sglang/srt/entrypoints/openai/protocol.py`; ggml-org/llama.cpp `tools/server/README.md`; ollama/ollama
`openai/openai.go`; docs/servers.md says which versions.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import JsonValue


class Kind(StrEnum):
    """Which program a server is."""

    HANDEYE = "handeye"
    VLLM = "vLLM"
    SGLANG = "SGLang"
    LLAMA_CPP = "llama.cpp"
    OLLAMA = "Ollama"
    LM_STUDIO = "LM Studio"
    OTHER = "another server"


_OWNERS = {
    "handeye": Kind.HANDEYE,
    "vllm": Kind.VLLM,
    "sglang": Kind.SGLANG,
    "llamacpp": Kind.LLAMA_CPP,
    "library": Kind.OLLAMA,
    "organization_owner": Kind.LM_STUDIO,
}
"""What `/models` says to own a model, by which servers can be told apart."""


def kind_of(owners: Iterable[str]) -> Kind:
    """Return the kind of a server by what it says to own its models."""
    return next((_OWNERS[owner] for owner in owners if owner in _OWNERS), Kind.OTHER)


_WHOLE = 2**17
"""Tokens: more than a prompt of Qwen2.5-VL's kind has."""


def sampling_fields(kind: Kind, repetition_penalty: float, frequency_penalty: float) -> dict[str, JsonValue]:
    """Return the fields that leave nothing of how tokens are chosen to a server's own defaults.

    vLLM and SGLang take the defaults of fields that are not sent from the checkpoint's generation_config.json, where
    Qwen2.5-VL's has a repetition penalty of 1.05 and top_k 1; llama.cpp has its own: top_k 40, min_p 0.05.

    llama.cpp applies both penalties to the same tokens, the last of prompt and reply, 64 by default. The repetition
    penalty is meant for all of them; the frequency penalty for those of the reply, so with it the window stays short.
    """
    match kind:
        case Kind.HANDEYE:
            return {"repetition_penalty": repetition_penalty}
        case Kind.VLLM | Kind.SGLANG:
            return {"repetition_penalty": repetition_penalty, "top_k": -1, "min_p": 0.0}
        case Kind.LLAMA_CPP:
            fields: dict[str, JsonValue] = {"repeat_penalty": repetition_penalty, "top_k": 0, "min_p": 0.0}
            return fields if repetition_penalty == 1 or frequency_penalty else {**fields, "repeat_last_n": _WHOLE}
    if repetition_penalty == 1:
        return {}
    return {"repetition_penalty": repetition_penalty, "repeat_penalty": repetition_penalty}


def template_fields(kind: Kind, options: Mapping[str, bool]) -> dict[str, JsonValue]:
    """Return the fields that tell a model's chat template options; none for a server that is not known to pass them."""
    return {"chat_template_kwargs": dict(options)} if kind in (Kind.VLLM, Kind.SGLANG, Kind.LLAMA_CPP) else {}


def sampling_notice(kind: Kind, frequency_penalty: float) -> str:
    """Return what a server does otherwise than it is asked to; empty if that is nothing."""
    if kind is Kind.LLAMA_CPP and frequency_penalty:
        return (
            "llama.cpp applies the frequency penalty to the end of the prompt too, and to the last 64 tokens only: "
            "replies may differ from the makers' own runs"
        )
    return ""


def continuing_fields(kind: Kind) -> dict[str, JsonValue] | None:
    """Return the fields that make a server continue the last message; None if it is not known to be able to."""
    match kind:
        case Kind.HANDEYE | Kind.VLLM:
            return {"add_generation_prompt": False, "continue_final_message": True}
        case Kind.SGLANG:
            return {"continue_final_message": True}
        case Kind.LLAMA_CPP:
            return {}  # it does so for every conversation that ends with the assistant
    return None


def area_advice(kind: Kind, pixels: int) -> str:
    """Return how a server is made to leave images of up to so many pixels as they are."""
    match kind:
        case Kind.HANDEYE:
            return f"start it with --max-pixels {pixels}"
        case Kind.VLLM:
            return f"""start it with --mm-processor-kwargs '{{"max_pixels": {pixels}}}'"""
        case Kind.SGLANG:
            return f"start it with SGLANG_IMAGE_MAX_PIXELS={pixels} in its environment"
        case Kind.LLAMA_CPP:
            return f"start it with --image-max-tokens {-(-pixels // 28**2)}"
        case Kind.LM_STUDIO:
            return "raise the limit of images in its settings"
    return "raise the limit of images in its settings, if it has one"


def sight_advice(kind: Kind) -> str:
    """Return what to do about a server whose model does not see the images that are sent to it."""
    match kind:
        case Kind.VLLM:
            return "serve a vision model, without --language-model-only and without a limit of 0 images a prompt"
        case Kind.SGLANG:
            return "serve a vision model, with --enable-multimodal and without a chat template of a text model"
        case Kind.LLAMA_CPP:
            return "start it with --mmproj and the projector file of the same model, not of a relative"
        case Kind.OLLAMA:
            return "take a model for which `ollama show` lists vision: one without a projector drops images"
        case Kind.LM_STUDIO:
            return "put the mmproj file of the same model beside its weights, and load it again"
    return "serve a vision model that the server supports, and make sure that nothing on the way drops images"


def least_advice(kind: Kind, pixels: int) -> str:
    """Return how a server is made to leave images of so few pixels as they are."""
    match kind:
        case Kind.VLLM:
            return f"""start it with --mm-processor-kwargs '{{"min_pixels": {pixels}}}'"""
        case Kind.LLAMA_CPP:
            return f"start it without --image-min-tokens, or with at most {pixels // 28**2}"
    return "lower the least size of images in its settings, if it has one"
