"""The page of runs, its tables elsewhere, and what leaderboards take."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from handeye.actions.geometry import Box, Point
from handeye.agent.page.layout import digest
from handeye.environments.browser.chromium import require_chromium
from handeye.evals.report.costs import Price, spent_by
from handeye.evals.report.document import report_page, write_page
from handeye.evals.report.drawings.marks import around, free_corner, nearest
from handeye.evals.report.gallery import chosen, failures
from handeye.evals.report.published import PUBLISHED, published_for
from handeye.evals.report.sheet import sheet
from handeye.evals.report.submissions.errors import NoSubmission
from handeye.evals.report.submissions.screenspot_pro import SAMPLES
from handeye.evals.report.submissions.submit import submission
from handeye.evals.report.text import markdown
from handeye.evals.results.answer import Answer, Item
from handeye.evals.results.find import open_results
from handeye.evals.results.run import Results
from handeye.evals.samples.region import Region, Spot
from handeye.evals.samples.sample import Sample
from tests.evals.results.folders import know_squares, off, right, unread, write_episodes, write_samples

EVIL = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'


def index_of(sample: Sample) -> int:
    return int(sample.id.split("-")[1])


def answer(sample: Sample, repeat: int) -> dict[str, Any]:
    """Every third misses, by more each time; one is unreadable, one is lost."""
    index = index_of(sample)
    if index in (4, 5):
        return {**unread(), "text": EVIL} if index == 4 else {"error": "the server is gone <b>"}
    return off(sample, 2 + index) if index % 3 == 0 else right(sample)


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Results:
    know_squares(monkeypatch)
    return open_results(write_samples(tmp_path / "run", answer, prompt=EVIL)).results


def test_text_from_outside_is_escaped_and_nothing_is_loaded(results: Results, tmp_path: Path) -> None:
    html = report_page([results], tmp_path / "report.html")
    assert "<script>alert" not in html and "&lt;script&gt;alert" in html
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    (code,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert f"style-src {digest(style)}; script-src {digest(code)}" in html
    assert " style=" not in html
    sources = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert sources and all(source.startswith("data:image/webp;") for source in sources)
    assert str(tmp_path) not in html


def test_it_says_how_good_how_sure_and_how_measured(results: Results, tmp_path: Path) -> None:
    html = report_page([results], tmp_path / "report.html", price=Price(1.0, 2.0))
    assert "<b>58.3</b>" in html and "24 samples" in html
    assert "<b>8</b> wrong" in html and "<b>1</b> wrong format" in html and "<b>1</b> machine failed" in html
    assert "By size" in html and "By row" in html and "By every judge" in html
    assert "the point is in the square" in html
    assert "&quot;profile&quot;: &quot;qwen2.5-vl&quot;" in html


def test_the_nearest_misses_come_first(results: Results) -> None:
    cases = failures([results])
    assert [case.answer.fate for case in cases] == ["miss"] * 8 + ["format", "error"]
    distances = [case.answer.distance for case in cases[:8]]
    assert distances == sorted(distances, key=float)  # type: ignore[arg-type]
    few = chosen(cases, 4)
    assert {case.answer.fate for case in few} == {"miss", "format", "error"}, "no kind is left out"
    assert few[0] == cases[0] and len(few) <= 4


def test_the_gallery_is_bounded_and_says_so(results: Results, tmp_path: Path) -> None:
    html = report_page([results], tmp_path / "report.html", most=4)
    shown = html.count('class="case"')
    assert shown <= 4 and f"{shown} of 10" in html
    assert "10, of which none is shown" in report_page([results], tmp_path / "report.html", most=0)


def test_a_missing_screenshot_is_said(results: Results, tmp_path: Path) -> None:
    (tmp_path / "squares" / "0.png").unlink()
    assert "no screenshot" in report_page([results], tmp_path / "report.html")


def test_several_runs_share_the_tables(results: Results, tmp_path: Path) -> None:
    other = open_results(write_samples(tmp_path / "other", lambda s, r: right(s), model="perfect")).results
    html = report_page([results, other], tmp_path / "report.html")
    assert html.count('class="card ') == 2
    assert "every run" in html
    assert "perfect" in html


def test_episodes_link_their_pages(tmp_path: Path) -> None:
    folder = write_episodes(tmp_path / "deep" / "run 1", lambda task, seed: seed > 0, journals=True)
    html = report_page([open_results(folder).results], tmp_path / "report.html")
    assert 'href="deep/run%201/journals/click-tab-0/index.html"' in html
    assert 'href="deep/run%201/journals/index.html"' in html
    assert "<img" not in html, "its last screen is not kept"
    (folder / "journals/click-tab-0/thumbnail.jpg").write_bytes(b"a picture")
    html = report_page([open_results(folder).results], tmp_path / "report.html")
    assert '<img src="data:image/jpeg;base64,YSBwaWN0dXJl"' in html
    assert "By task" in html and "reward -1, step limit after 10 steps" in html


def test_published_numbers_have_a_source_and_say_what_is_disputed(results: Results, tmp_path: Path) -> None:
    assert all(each.source and 0 < each.score < 100 for each in PUBLISHED)
    there = replace(results, title="ScreenSpot-v2", model="Qwen/Qwen2.5-VL-7B-Instruct-AWQ")
    found = published_for(there)
    assert [each.model for each in found[:3]] == ["Qwen2.5-VL-7B"] * 3
    assert {each.score for each in found[:3]} == {88.8, 87.66, 26.9}
    html = report_page([there], tmp_path / "report.html")
    assert "ClawGUI-Eval README" in html and "disputed" in html and "outside the interval of this run" in html
    assert not published_for(replace(results, title="ScreenSpot-v3"))
    assert published_for(replace(results, benchmark="screenspot-v1", title="x"))[0].score == 84.7


def test_time_and_money(results: Results) -> None:
    spent = spent_by(results, Price(1.0, 2.0))
    assert (spent.median_seconds, spent.prompt_tokens, spent.generated_tokens) == (0.5, 100, 10)
    assert spent.cost == pytest.approx(23 * (100 * 1.0 + 10 * 2.0) / 1e6)
    assert spent_by(results, None).cost is None


def test_markdown(results: Results) -> None:
    text = markdown([replace(results, title="Squares | <b>")])
    assert text.startswith("# Squares \\| \\<b\\>\n")
    row = next(line for line in text.splitlines() if line.startswith("| large"))
    assert row.split("|")[2].strip().startswith("58.3 (")


def test_the_sheet_has_every_answer_and_no_formula(results: Results) -> None:
    rows = list(csv.DictReader(io.StringIO(sheet([results]))))
    assert len(rows) == 24
    assert (rows[4]["result"], rows[4]["reply"]) == ("format", f"'{EVIL}")
    assert (rows[0]["size"], rows[0]["x"], rows[0]["distance_px"]) == ("large", "68", "2.0")
    assert rows[5]["error"] == "the server is gone <b>"


def test_the_place_and_what_is_around_it() -> None:
    region = Region.box(100, 100, 140, 120)
    assert nearest(region, 150, 110) == Spot(140, 110)
    whole = Box(0, 0, 1920, 1080)
    part = around(region, [Point(160, 110)], whole)
    assert whole.left <= part.left < 100 and part.right > 160 and part.right <= whole.right
    assert part.size.width >= 1920 // 7 and part.size.height >= 1080 // 7
    assert around(None, [], whole) == whole
    assert around(region, [], Box(0, 0, 120, 110)) == Box(0, 0, 120, 110), "never larger than the screenshot"
    assert free_corner(Box(0, 0, 100, 100), Region.box(70, 70, 95, 95), [Point(10, 90)]) == "n e"


def pro(count: int) -> Results:
    item = Item(
        id="x",
        instruction="open the menu",
        cluster="a.png",
        image=Path("/somewhere/photoshop_windows/a.png"),
        target=Region.box(10, 20, 30, 40),
        groups={"application": "photoshop", "platform": "windows", "group": "Creative", "ui_type": "icon"},
        answers=(Answer(repeat=0, right=True, point=Spot(12.5, 22), text="(12, 22)"),),
    )
    wrong = replace(item, answers=(Answer(repeat=0, right=False, wrong_format=True, text="no"),))
    items = [replace(each, id=str(n)) for n, each in enumerate([item] * (count - 500) + [wrong] * 500)]
    return Results(
        folder=Path("run"),
        kind="samples",
        benchmark="screenspot-pro",
        title="ScreenSpot-Pro",
        model="m",
        judge="official",
        protocol="",
        items=items,
        manifest={},
    )


def test_the_file_of_screenspot_pro() -> None:
    text = submission(pro(SAMPLES))
    assert isinstance(text, str)
    found = json.loads(text)
    overall = found["metrics"]["overall"]
    assert (overall["num_total"], overall["num_correct_action"], overall["wrong_format_num"]) == (1581, 1081, 500)
    assert found["metrics"]["leaderboard_simple_style"]["group:Creative"]["icon_acc"] == overall["action_acc"]
    assert found["metrics"]["leaderboard_detailed_style"].keys() == {"app:photoshop"}
    first = found["details"][0]
    assert (first["img_path"], first["pred"], first["bbox"]) == (
        "photoshop_windows/a.png",
        [12.5, 22],
        [10, 20, 30, 40],
    )
    with pytest.raises(NoSubmission, match="all 1581 samples"):
        submission(pro(1000))


def test_the_folder_of_osworld(tmp_path: Path) -> None:
    folder = write_episodes(tmp_path / "run", lambda task, seed: True)
    results = open_results(folder).results
    tasks = ("chrome/06fe7178-4491-4589-810f-2e2bc9502122", "multi_apps/2b9493d7")
    items = [
        replace(results.items[0], groups={"task": task}, answers=(replace(results.items[0].answers[0], reward=0.5),))
        for task in tasks
    ]
    content = submission(replace(results, benchmark="osworld", items=items, model="a/b:c"))
    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [f"pyautogui/screenshot/b-c/{task}/result.txt" for task in tasks]
        assert archive.read(archive.namelist()[0]) == b"0.5\n"
    with pytest.raises(NoSubmission, match="DOMAIN/ID"):
        submission(replace(results, benchmark="osworld"))


def test_a_benchmark_without_a_leaderboards_file_says_so(results: Results) -> None:
    with pytest.raises(NoSubmission, match="spreadsheet"):
        submission(replace(results, benchmark="androidworld", title="AndroidWorld"))
    with pytest.raises(NoSubmission, match="Squares"):
        submission(results)


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser page that fails the test on an error, or a request for anything but the file itself."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=require_chromium())
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text))
        page.on(
            "request", lambda request: None if request.url.startswith(("file:", "data:")) else wrong.append(request.url)
        )
        yield page
        chromium.close()
    assert wrong == []


@pytest.mark.slow
def test_failures_can_be_filtered_and_enlarged(results: Results, tmp_path: Path, page: Page) -> None:
    path = tmp_path / "report.html"
    write_page(report_page([results], path), path)
    page.goto(path.as_uri())
    cases = page.locator(".cases > li:visible")
    assert cases.count() == 10
    page.select_option("select[name=fate]", "format")
    assert cases.count() == 1 and page.inner_text("#shown") == "1 of 10 shown"
    page.select_option("select[name=fate]", "")
    page.keyboard.press("/")
    page.keyboard.type("square 12")
    assert cases.count() == 1
    cases.locator("button.close").click()
    assert page.locator("dialog svg").is_visible()
    page.locator("dialog").click()
    assert not page.locator("dialog").is_visible()
    for width in (420, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
