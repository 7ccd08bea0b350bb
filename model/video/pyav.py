"""PyAV, an optional package that brings FFmpeg's decoders and encoders."""

from handeye.actions.errors import MissingDependency


def require_av() -> None:
    """Raise `MissingDependency` if PyAV is not installed."""
    try:
        import av  # noqa: F401
    except ImportError:
        raise MissingDependency("PyAV", "video") from None
