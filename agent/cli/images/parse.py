"""`handeye parse`: pages of documents as HTML, Markdown or JSON, and with their boxes drawn on them."""

import re
from pathlib import Path
from typing import Annotated

import typer

from handeye.actions.errors import HandeyeError
from handeye.agent.caption import printable
from handeye.agent.cli.images.options import JsonOption, asked_model, max_tokens_option
from handeye.agent.cli.local import with_local
from handeye.agent.cli.notices import Notices
from handeye.agent.cli.options import DecidingModelOption, ServerOption
from handeye.agent.documents.document import Document, Page
from handeye.agent.documents.parse import MOST_TOKENS, parse_pages
from handeye.agent.documents.source import chosen_pages, open_pages
from handeye.agent.documents.writing.view import save_view
from handeye.agent.policies.local import LocalSettings
from handeye.environments.errors import InvalidOption


@with_local
def parse(
    document: Annotated[Path, typer.Argument(metavar="FILE", help="A PNG, JPEG or WebP file, or a PDF.")],
    save: Annotated[
        Path | None, typer.Option(help="Write the pages with their boxes, beside the text, to this HTML file.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    as_json: JsonOption = False,
    pages: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="The pages to read, such as 1-3,7.", show_default="all")
    ] = None,
    model: DecidingModelOption = None,
    server: ServerOption = None,
    *,
    local: LocalSettings,
    max_tokens: Annotated[int, max_tokens_option("the answer for a page")] = MOST_TOKENS,
) -> None:
    """Read a document: headings, text, lists, tables, pictures, charts, formulas, music, chemistry, with their boxes.

    Prints HTML without scripts and links, unless --markdown, --json or --save says otherwise. What --save writes is
    one file that needs no network. A PDF needs the extra pdf. Without --model and --server it is asked
    Qwen/Qwen2.5-VL-3B-Instruct. If a page fails, what was read before it is written all the same.

    Exit status: 0 all pages were read, 1 the answer for a page was cut off or holds nothing, 2 an error.

    Examples:

      handeye parse page.png --save page.html

      handeye parse report.pdf --pages 1-2 --markdown

      handeye parse page.png --json --server localhost:8000
    """
    if markdown and as_json:
        raise InvalidOption("--markdown does not work with --json: give one of them")
    if save is not None and save.suffix.lower() not in {".html", ".htm"}:
        raise InvalidOption(f"--save writes HTML: give {save.name!r} a name that ends in .html")
    wanted = None if pages is None else parse_numbers(pages)
    with open_pages(document) as found:  # what cannot be read is told before a model is loaded
        wanted = [*chosen_pages(found, wanted)]
    backend = asked_model(model, server, local)
    read: list[Page] = []
    failure: HandeyeError | KeyboardInterrupt | None = None
    try:
        for each in parse_pages(backend, document, pages=wanted, max_new_tokens=max_tokens, on_page=_tell):
            read.append(each.page)
            for note in each.page.notes:
                typer.echo(f"page {each.page.number}: {printable(note)}", err=True)
    except (HandeyeError, KeyboardInterrupt) as error:
        if not read:
            raise
        failure = error
    finally:
        Notices().tell(backend)
    done = Document(pages=tuple(read))
    if markdown or as_json or save is None:
        typer.echo(done.to_markdown() if markdown else done.model_dump_json(indent=2) if as_json else done.to_html())
    if save is not None:
        with open_pages(document) as found:
            save_view(save, document.name, ((page, found.image(page.number)) for page in read))
    if failure is not None:
        raise failure
    raise typer.Exit(1 if done.cut_off or not all(page.blocks for page in done.pages) else 0)


def parse_numbers(text: str) -> list[int]:
    """Parse numbers of pages such as `1-3,7`, in the order given; raise `InvalidOption` for any other text."""
    numbers: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*([1-9]\d{0,5})(?:\s*-\s*([1-9]\d{0,5}))?\s*", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last:
            raise InvalidOption(f"the pages {text!r} are not numbers: write them like 1-3,7")
        numbers += range(first, last + 1)
    return numbers


def _tell(number: int, count: int) -> None:
    if count > 1:
        typer.echo(f"reading page {number} of {count}", err=True)
