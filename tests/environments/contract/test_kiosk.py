"""A browser that fills a monitor ends with all that it made."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from handeye.environments.contract.kiosk import Kiosk
from handeye.environments.contract.targets import TargetServer
from handeye.environments.desktop.isolated.environment import IsolatedDesktop


@pytest.mark.slow
def test_no_file_is_left(needs: Callable[..., None], short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("Xvfb", "openbox", "chromium")
    with IsolatedDesktop() as desktop, TargetServer() as server:
        monkeypatch.setattr(tempfile, "tempdir", str(short_folder))
        with Kiosk(server.url, environ={**desktop.environ, "TMPDIR": str(short_folder)}):
            assert server.wait(lambda: bool(server.events("layout")), 60)
            assert list(short_folder.iterdir())
        assert not list(short_folder.iterdir())
