"""The HTML around a page: its head, its bar, its style and script, and what it may load."""

import base64
import hashlib
from html import escape
from importlib.resources import files

from handeye.agent.page.private import without_addresses, without_folders

PACKAGE = "handeye.agent.page"
LOGO = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" fill="none" stroke="#ff2d6f" '
    'stroke-width="2.6"/><circle cx="12" cy="12" r="3.4" fill="#ff2d6f"/></svg>'
)


def page_html(
    name: str,
    body: str,
    *,
    script: str,
    images: str,
    link: str = "",
    foot: str = "",
    style: str = "",
    package: str = PACKAGE,
) -> str:
    """Return a whole page.

    name: its title, not escaped yet. images: the sources that its images may have. link, foot: HTML in the bar at the
    top, and at the bottom. script: the file with its script, and style: one with more rules, both of `package`.
    """
    rules = resource("style.css") + (resource(style, package) if style else "")
    code = resource("theme.js") + resource(script, package)
    policy = (
        f"default-src 'none'; img-src {images}; style-src {digest(rules)}; script-src {digest(code)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="generator" content="handeye"><meta name="referrer" content="no-referrer">'
        f"<title>{said_text(name)} · handeye</title><style>{rules}</style></head><body>"
        f'<div class="bar"><span class="name">{LOGO}handeye</span>{link}<button id="theme">light / dark</button></div>'
        f"<main>{body}</main>"
        f'<footer class="foot">{foot}</footer><script>{code}</script></body></html>\n'
    )


def said_text(text: str) -> str:
    """Return what a person or a model wrote, escaped, with only the names of local files."""
    return escape(without_addresses(text))


def told_text(text: str) -> str:
    """Return what handeye or the environment reported, escaped, with only the names of local files."""
    return escape(without_folders(text))


def resource(name: str, package: str = PACKAGE) -> str:
    """Return a text file of a package."""
    return files(package).joinpath(name).read_text("utf-8")


def digest(content: str) -> str:
    """Return the source expression that allows only `content` in a content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
