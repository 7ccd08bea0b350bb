"""The app that shows one web page, as apps do that consist of a WebView."""

import time
from typing import Any

import pytest

from handeye.environments.errors import ScriptFailed
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment

APP = "org.handeye.webview"


def start(environment: SimulatedPhoneEnvironment, *words: str) -> None:
    environment.shell(["am", "start", "-W", "-n", f"{APP}/.WebViewActivity", *words])


@pytest.mark.slow
def test_a_page_is_shown_at_its_scale_and_read_by_a_harness(site: Any) -> None:
    url = site.page("<p id=text>hello</p><script>document.title = innerWidth</script>")
    with SimulatedPhoneEnvironment() as environment:
        environment.reset()
        with pytest.raises(ScriptFailed, match=f"{APP} shows no web page"):
            environment.phone.evaluate("() => 1", within=APP)

        start(environment, "-d", url, "--ei", "scale", "500")
        until_shown(environment, url)
        assert environment.phone.evaluate("() => innerWidth", within=APP) == 216
        assert environment.observe().app == APP
        assert "hello" in [element.text for element in environment.elements()]

        start(environment, "-d", url)
        until_shown(environment, url)
        assert environment.phone.evaluate("() => innerWidth", within=APP) == 360

        start(environment, "-d", "file:///etc/hostname")
        assert environment.phone.evaluate("() => location.href", within=APP) == url
        assert "Web view" not in [app.label for app in environment.apps()]


def until_shown(environment: SimulatedPhoneEnvironment, url: str) -> None:
    """Wait until a page has loaded; `url` is shown with a fresh document each time."""
    ready = "url => location.href === url && document.readyState === 'complete' && !window.seen && (window.seen = true)"
    for _ in range(2000):
        try:
            if environment.phone.evaluate(ready, url, within=APP):
                return
        except ScriptFailed:
            pass  # it is being replaced
        time.sleep(0.02)
    pytest.fail(f"{url} was not shown")
