"""The issue's mail in a real browser: as wide as programs show it, both schemes."""

from pathlib import Path

import pytest
from browsers import SCHEMES, browser, is_too_wide, keep_picture, opened, violations
from playwright.sync_api import Browser

from digest.issues.forms import issue_mail
from digest.records import Entry, Issue, IssueEntry, Origin, Reference, SignalRow

__all__ = ["browser"]


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    rows = (
        SignalRow("Ferries replace the ice road from 2028", "From ice road to ferry", "–", "Warm autumns"),
        SignalRow("Forty crews are trained", "A word-of-hundredletters" * 6, "–", "–", suggested=("change",)),
    )
    entries = tuple(
        IssueEntry(
            f"{number:032x}",
            Entry(
                title=f"Ferries for bay {number}",
                origin=Origin("The Harbour Gazette", "https://gazette.example/"),
                url=f"https://gazette.example/{number}",
                summary="The town voted for ferries. Crews are trained while the ice road is shut. " * 3,
                keywords=("ferries", "ice roads"),
                themes=("Shipping",),
                signals=rows,
                closest=(Reference("Another", f"{1:032x}"),),
            ),
            "Shipping",
        )
        for number in range(3)
    )
    path = tmp_path / "mail.html"
    path.write_text(issue_mail(Issue("20261122", "The Week", "", "en", entries)).html, "utf-8")
    return path


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [640, 390])
def test_a_mail_fits_every_screen(browser: Browser, mail: Path, width: int, scheme: str) -> None:
    with opened(browser, mail, width=width, scheme=scheme) as shown:
        assert not is_too_wide(shown)
        # A mail has no landmarks: programs show it within a page of theirs.
        assert violations(shown, rules=("wcag2a", "wcag2aa", "wcag21aa")) == []
        assert keep_picture(shown, f"mail-{width}-{scheme}", mail.parent).stat().st_size > 5_000


def test_a_suggestion_looks_different(browser: Browser, mail: Path) -> None:
    with opened(browser, mail, width=640, scheme="light") as shown:
        words = shown.locator("em >> nth=0")
        assert words.evaluate("e => getComputedStyle(e).fontStyle") == "italic"
