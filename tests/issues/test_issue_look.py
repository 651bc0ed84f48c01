"""The issue's page in a real browser: every width, both schemes, on paper."""

from pathlib import Path

import html5lib
import pytest
from browsers import SCHEMES, WIDTHS, browser, is_too_wide, keep_picture, opened, violations
from playwright.sync_api import Browser

from digest.issues.pages import render_issue_html
from digest.issues.pages.html import minutes
from digest.records import Entry, Issue, IssueEntry, Origin, Part, SignalRow

__all__ = ["browser"]

IDS = ("a" * 32, "b" * 32, "c" * 32)
WIDE = "| " + " | ".join(f"Column of figures {n}" for n in range(12)) + " |\n" + "|:--" * 12 + "|\n"
WIDE += "| " + " | ".join(["1,234,567"] * 12) + " |"


def entry(title: str, theme: str, *rows: SignalRow, parts: tuple[Part, ...] = ()) -> Entry:
    return Entry(
        title=title,
        origin=Origin("The Harbour Gazette", "https://gazette.example/"),
        url=f"https://gazette.example/{title.lower().replace(' ', '-')}",
        summary="The town voted for ferries. " + "Crews are trained while the ice road is shut. " * 6,
        keywords=("ferries", "ice roads", "supercalifragilisticexpialidociousness" * 3),
        themes=(theme,),
        signals=rows,
        closest=(),
        parts=parts,
    )


@pytest.fixture
def page(tmp_path: Path) -> Path:
    rows = (
        SignalRow("Ferries replace the ice road from 2028", "From ice road to ferry", "–", "Warm autumns"),
        SignalRow("Forty crews are trained this winter", "–", "–", "–"),
    )
    own = (Part("", "## What we think", WIDE), Part("Summary"), Part("Signals"), Part("Keywords"))
    entries = (
        IssueEntry(IDS[0], entry("Ferries for the bay", "Shipping", *rows), "Shipping"),
        IssueEntry(IDS[1], entry("A table of tables", "Shipping", *rows, parts=own), "Shipping"),
        IssueEntry(IDS[2], entry("Nothing new & <odd>", "Schools"), "Schools", note="Corrected on 3 May."),
    )
    path = tmp_path / "issue.html"
    path.write_text(render_issue_html(Issue("20261122", "The Week", "", "en", entries)), "utf-8")
    return path


def test_the_page_is_sound_html(page: Path) -> None:
    html5lib.HTMLParser(strict=True).parse(page.read_text("utf-8"))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_an_issue_fits_every_screen(browser: Browser, page: Path, width: int, scheme: str) -> None:
    with opened(browser, page, width=width, scheme=scheme) as shown:
        assert not is_too_wide(shown)
        assert violations(shown) == []
        assert keep_picture(shown, f"issue-{width}-{scheme}", page.parent).stat().st_size > 10_000


def test_a_row_is_a_card_with_its_columns_names_on_a_telephone(browser: Browser, page: Path) -> None:
    with opened(browser, page, width=390, scheme="light") as shown:
        cells = shown.locator(".story >> nth=0").locator("td")
        name = "e => getComputedStyle(e, '::before').content"
        assert [cells.nth(n).evaluate(name) for n in (0, 1, 2)] == ['"Signal"', '"Change"', '"Driving force"']
        tops = [cells.nth(n).bounding_box() for n in (0, 1, 2)]
        assert tops[0]["y"] < tops[1]["y"] < tops[2]["y"]  # type: ignore[index]
        assert not cells.nth(4).is_visible()
    with opened(browser, page, width=1280, scheme="light") as shown:
        cells = shown.locator(".story >> nth=0").locator("td")
        assert cells.nth(0).bounding_box()["y"] == cells.nth(2).bounding_box()["y"]  # type: ignore[index]


def test_the_contents_lead_to_every_story(browser: Browser, page: Path) -> None:
    with opened(browser, page, width=800, scheme="light") as shown:
        links = shown.locator("nav.contents li li a")
        assert links.all_inner_texts() == ["Ferries for the bay", "A table of tables", "Nothing new & <odd>"]
        for place, entry_id in enumerate(IDS):
            assert links.nth(place).get_attribute("href") == f"#{entry_id}"
            assert shown.locator(f"[id='{entry_id}'] h3").count() == 1


def test_the_page_says_how_long_it_takes(page: Path) -> None:
    said = page.read_text("utf-8")
    assert "3 stories · 1 theme · 2 minutes" in said or "3 stories · 1 theme · 1 minute" in said
    assert minutes("<p>" + "word " * 690 + "</p>") == 3


def test_on_paper_every_link_of_a_title_is_printed(browser: Browser, page: Path) -> None:
    with opened(browser, page, width=800, scheme="dark") as shown:
        shown.emulate_media(media="print")
        link = shown.locator(".story h3 a >> nth=0")
        assert "https://gazette.example/ferries-for-the-bay" in link.evaluate(
            "e => getComputedStyle(e, '::after').content"
        )
        assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert len(shown.pdf()) > 10_000
