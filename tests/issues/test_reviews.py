"""Reviews of a theme or a year, and what an issue leaves out: from published entries and what runs lost."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import html5lib
import numpy as np
import pytest
from newsroom import ISSUE, NEXT, Newsroom, newsroom_of
from typer.testing import CliRunner

from digest.cli.app import app
from digest.cli.run import summary_of
from digest.errors import DigestError
from digest.issues.blind_spots import blind_spots, in_words
from digest.issues.pages.blind_spots import render_blind_spots
from digest.issues.pages.review import render_review, render_review_html
from digest.issues.reviews import make_review, review_name, reviews_naming
from digest.issues.shown_issues import shown_of
from digest.records import Dropped, Entry, Feed, Origin, PublishedEntry, SignalRow, Vectors
from digest.store import Store

LINK = re.compile(r"\(\.\./entries/([0-9a-f]+)\.md\)")


def page_of(room: Newsroom, entry_id: str) -> str:
    return (room.output / "entries" / f"{entry_id}.md").read_text("utf-8")


def published(
    number: int, issue: str, signal: str, *, theme: str = "Housing", host: str = "a"
) -> PublishedEntry:
    entry = Entry(
        title=f"Title {number}",
        origin=Origin("Post", "https://post.example/"),
        url=f"https://{host}.example/{number}",
        summary="Something was decided.",
        keywords=("rents",),
        themes=(theme,),
        signals=(SignalRow(signal, "–", "–", "–"),),
        closest=(),
    )
    return PublishedEntry(f"{number:032x}", issue, entry)


def encode(texts: list[str]) -> Vectors:
    """A vector a first word: signals that begin alike mean the same."""
    words = sorted({text.split()[0] for text in texts})
    return np.asarray([[text.split()[0] == word for word in words] for text in texts], dtype=np.float32)


BILL = "Landlords in Lisse may not set rents with shared software"
ENTRIES = [
    published(1, "20251102", f"{BILL} from 2027"),
    published(2, "20261101", "Ferries replace the ice road at Orrmouth", theme="Shipping"),
    published(3, "20261108", f"{BILL} from 2027", host="b"),
    published(4, "20261108", "Tenants in Tarrow elect a board of their own"),
]


def test_a_signal_is_followed_over_the_issues() -> None:
    review = make_review(ENTRIES, encode, theme="housings")
    assert [each.id for each in review.entries] == [ENTRIES[n].id for n in (0, 2, 3)]
    assert [[seen.issue for seen in each.line.signals] for each in review.lines] == [["20251102", "20261108"]]
    assert review.lines[0].publishers == (1, 2)
    text = render_review(review)
    assert text.startswith("# Housing: a review\n\n2 November 2025 to 8 November 2026 · 3 entries · 2 issues")
    assert "*grown, from 1 to 2 publishers*" in text
    assert re.search(r"\* First seen 2 November 2025: .*\n\* Again 8 November 2026: ", text)


def test_every_statement_names_its_entry() -> None:
    text = render_review(make_review(ENTRIES, encode, theme="Housing"))
    said = [line for line in text.splitlines() if line.startswith("* ")]
    assert said
    assert all(LINK.search(line) for line in said)
    assert {found for line in said for found in LINK.findall(line)} == {ENTRIES[n].id for n in (0, 2, 3)}


def test_entries_come_by_date_and_in_the_order_of_their_issue() -> None:
    found = [published(9, "20261101", "Thing 9")]
    found += [published(n, "20261108", f"Thing {n}") for n in (5, 1, 7)]
    review = make_review(found, encode, theme="Housing")
    text = render_review(review)
    assert re.findall(r"\[Title (\d)\]", text.rpartition("## All entries")[2]) == ["5", "1", "7", "9"]
    assert [each.entry.title for each in review.best] == [f"Title {n}" for n in (5, 1, 7, 9)]
    assert "Standing" not in text
    assert "| Keyword" in text


def test_themes_of_no_words_are_told_apart() -> None:
    odd = [
        published(5, "20261108", "Boats come", theme="😀"),
        published(6, "20261108", "Trams go", theme=".."),
    ]
    reviews = [make_review([*ENTRIES, *odd], encode, theme=theme) for theme in ("😀", "..")]
    assert [[each.id for each in review.entries] for review in reviews] == [[odd[0].id], [odd[1].id]]
    assert reviews[0].name != reviews[1].name


def test_a_year_has_its_themes() -> None:
    review = make_review(ENTRIES, encode, year="2026")
    assert len(review.entries) == 3
    assert dict(review.themes) == {"Housing": 2, "Shipping": 1}
    assert "| Shipping" in render_review(review)
    assert "site/entries/" in render_review_html(review, language="en")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"theme": "Public housing"}, "themes like it: Housing"),
        ({"theme": "Zeppelins"}, "themes: Housing, Shipping"),
        ({"year": "1999"}, "there are entries of 2025, 2026"),
        ({"theme": "Shipping", "year": "2025"}, "nothing was published on Shipping in 2025"),
    ],
)
def test_what_has_no_entries_says_what_has(asked: dict[str, str], said: str) -> None:
    with pytest.raises(DigestError, match=said):
        make_review(ENTRIES, encode, **asked)


def test_the_command_writes_both_forms(tmp_path: Path) -> None:
    room = newsroom_of(tmp_path / "room", "Kiln", "Eelgrass")
    room.publish(ISSUE)
    assert "give a theme, --year, or both" in room.all_of("review-of", code=2)
    assert "expected four digits" in room.all_of("review-of", "--year", "26", code=2)
    said = room.digest("review-of", "--year", ISSUE[:4])
    assert said.split() == [str(room.output / "reviews" / f"{ISSUE[:4]}.{end}") for end in ("md", "html")]
    assert "Kiln" in (room.output / "reviews" / f"{ISSUE[:4]}.md").read_text("utf-8")
    site = room.output / "site"
    assert "Kiln" in (site / "reviews" / f"{ISSUE[:4]}.html").read_text("utf-8")
    assert f"reviews/{ISSUE[:4]}.html" in (site / "reviews.html").read_text("utf-8")
    assert "reviews.html" in (site / "index.html").read_text("utf-8")
    # Made anew, what an editor made of it is kept beside.
    page = room.output / "reviews" / f"{ISSUE[:4]}.md"
    page.write_text(page.read_text("utf-8") + "\nOur own words of the year.\n", "utf-8")
    said = room.all_of("review-of", "--year", ISSUE[:4])
    assert f"{page}: was changed by hand; what it held is now in {page.name}.orig" in said
    assert "Our own words" not in page.read_text("utf-8")
    assert "Our own words" in page.with_name(f"{page.name}.orig").read_text("utf-8")


def test_reviews_of_two_themes_are_two_files_whatever_their_names_share(tmp_path: Path) -> None:
    themes = (
        "Soil 土",
        "Soil 水",
        "*A* <b>b</b> & `c`",
        "C++",
        "C#",
        "1. One\\_two",
        "a\u200bb [x](y) \u202e",
    )
    known = [published(number, ISSUE, BILL, theme=name) for number, name in enumerate(themes)]
    (tmp_path / "reviews").mkdir()
    for _ in range(2):
        for theme in themes:
            review = make_review(known, encode, theme=theme)
            (tmp_path / "reviews" / f"{review_name(tmp_path, review)}.md").write_text(
                render_review(review), "utf-8"
            )
    assert len(list((tmp_path / "reviews").iterdir())) == len(themes)


def test_what_is_withdrawn_leaves_the_reviews_of_before(tmp_path: Path) -> None:
    room = newsroom_of(tmp_path / "room", "Kiln", "Eelgrass")
    kiln = next(each for each in room.publish(ISSUE) if "kiln" in page_of(room, each).casefold())
    room.digest("review-of", "--year", ISSUE[:4])
    page = room.output / "site" / "reviews" / f"{ISSUE[:4]}.html"
    before = page.read_text("utf-8")
    assert "withdrawn" not in before
    said = CliRunner().invoke(app, ["-C", str(room.folder), "draft", "reject", kiln]).stderr
    assert f"reviews/{ISSUE[:4]}.md: still tells what was withdrawn" in said
    assert f"make it anew: digest review-of --year {ISSUE[:4]}\n" in said
    after = page.read_text("utf-8")
    link = f'<a href="../entries/{kiln}.html">Kiln</a>'
    assert f"Since this was written, an entry was withdrawn: {link}." in after
    assert after.count(kiln) == 1
    assert "shut coal kiln" in before
    assert "shut coal kiln" not in after
    room.digest("undo")
    assert page.read_text("utf-8") == before


def test_a_page_that_was_withdrawn_stays_on_the_site_and_says_when(tmp_path: Path) -> None:
    room = newsroom_of(tmp_path / "room", "Kiln", "Eelgrass")
    kiln = next(each for each in room.publish(ISSUE) if "kiln" in page_of(room, each).casefold())
    room.digest("draft", "reject", kiln, "--reason", "wrong")
    page = (room.output / "site" / "entries" / f"{kiln}.html").read_text("utf-8")
    assert re.search(r"Withdrawn on \d+ \w+ \d{4}\.", page)
    # That is between editors.
    assert "The draft says" not in page
    assert f'href="../issues/{ISSUE}.html"' in page
    assert "<h1>Kiln</h1>" in page
    assert 'href="https://harbour.example/kiln"' in page
    assert "shut coal kiln" not in page
    room.digest("publish", ISSUE)
    assert (room.output / "site" / "entries" / f"{kiln}.html").read_text("utf-8") == page
    room.digest("draft", "approve", kiln, "--anyway")
    room.digest("publish", ISSUE, "--anyway")
    again = (room.output / "site" / "entries" / f"{kiln}.html").read_text("utf-8")
    assert "Withdrawn" not in again
    assert "shut coal kiln" in again


@pytest.mark.parametrize(
    ("title", "command"),
    [
        ("Housing", "digest review-of Housing"),
        ("2026", "digest review-of --year 2026"),
        ("Housing 2026", "digest review-of --year 2026 Housing"),
        ("Soil & water's 2025", "digest review-of --year 2025 'Soil & water'\"'\"'s'"),
        ("Agenda 2030", "digest review-of 'Agenda 2030'"),
        ("Zeppelins", ""),
        ("Housing 2019", ""),
    ],
)
def test_the_command_that_makes_a_review_anew_is_whole(tmp_path: Path, title: str, command: str) -> None:
    (tmp_path / "reviews").mkdir()
    gone = f"{9:032x}"
    text = f"# {title}: a review\n\n* Gone ([Gone](../entries/{gone}.md))\n"
    (tmp_path / "reviews" / "some.md").write_text(text, "utf-8")
    known = [*ENTRIES, published(7, "20251102", BILL, theme="Soil & water's")]
    known.append(published(8, "20251102", BILL, theme="Agenda 2030"))
    assert reviews_naming(tmp_path, {gone}, known) == [(tmp_path / "reviews" / "some.md", command)]
    assert reviews_naming(tmp_path, {known[0].id}, known) == []


def test_an_issue_says_what_it_leaves_out(tmp_path: Path) -> None:
    room = newsroom_of(tmp_path / "room", "Kiln", "Eelgrass", "Mayor")
    room.publish(ISSUE)
    text = (room.output / "reports" / "blind-spots" / f"{ISSUE}.md").read_text("utf-8")
    assert not (room.output / "issues" / f"{ISSUE}.blind-spots.md").exists()
    for quiet in ("tarrow", "meridian"):
        assert re.search(rf"{quiet}.*: no article yet", text, re.IGNORECASE)
    assert not re.search("harbour.*no article yet", text, re.IGNORECASE)
    room.digest("publish", ISSUE, "--blind-spots")
    told = (room.output / "issues" / f"{ISSUE}.blind-spots.md").read_text("utf-8")
    assert told == f"{text}\n[To the issue of 22 November 2026]({ISSUE}.md)\n"
    beside = (room.output / "issues" / f"{ISSUE}.blind-spots.html").read_text("utf-8")
    assert "no article yet" in beside
    assert f'href="{ISSUE}.html"' in beside
    html5lib.HTMLParser(strict=True).parse(beside)
    for end in ("md", "html"):
        issue = (room.output / "issues" / f"{ISSUE}.{end}").read_text("utf-8")
        assert f"{ISSUE}.blind-spots.{end}" in issue
    left_out = (room.output / "site" / "left-out" / f"{ISSUE}.html").read_text("utf-8")
    assert left_out.count(f'href="../issues/{ISSUE}.html"') == 1
    page = f"left-out/{ISSUE}.html"
    assert "no article yet" in (room.output / "site" / page).read_text("utf-8")
    assert page in (room.output / "site" / "issues" / f"{ISSUE}.html").read_text("utf-8")
    room.digest("publish", ISSUE, "--no-blind-spots")
    assert not list((room.output / "issues").glob("*blind-spots*"))
    assert "blind-spots" not in (room.output / "issues" / f"{ISSUE}.html").read_text("utf-8")
    assert not (room.output / "site" / page).exists()
    assert page not in (room.output / "site" / "issues" / f"{ISSUE}.html").read_text("utf-8")
    room.digest("publish", ISSUE, "--blind-spots")
    room.later(60)
    room.run(NEXT)
    room.digest("publish", ISSUE)
    later = (room.output / "reports" / "blind-spots" / f"{ISSUE}.md").read_text("utf-8")
    assert "no article yet" in later
    # It is about its own week, whenever it is published.
    assert later == text


def test_the_settings_say_whether_readers_are_told_what_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = newsroom_of(tmp_path / "room", "Kiln")
    told = room.output / "issues" / f"{ISSUE}.blind-spots.md"
    monkeypatch.setenv("DIGEST_PUBLISH_BLIND_SPOTS", "true")
    room.digest("draft", "approve", "--all", "--issue", ISSUE)
    room.digest("publish", ISSUE, "--no-blind-spots")
    assert not told.exists()
    room.digest("publish", ISSUE)
    # As of every published file, what an editor made of it is kept, also where it goes.
    for number, way in enumerate(("--blind-spots", "--no-blind-spots"), 1):
        told.write_text(f"{told.read_text('utf-8')}\nOur words {number}.\n", "utf-8")
        assert f"{told}: was changed by hand" in room.all_of("publish", ISSUE, way)
    assert not told.exists()
    kept = sorted(told.parent.glob("*blind-spots.md.orig*"))
    assert [f"Our words {number}." in kept[number - 1].read_text("utf-8") for number in (1, 2)] == [
        True,
        True,
    ]


def test_a_theme_that_one_publisher_tells_names_it_by_its_feed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    entries = [published(n, "20261101", BILL, host="a") for n in (1, 2)]
    entries += [published(n, "20261101", BILL, theme="Shipping", host="c") for n in (3, 4)]
    feeds = [
        Feed("https://a.example/feed.xml"),
        Feed("https://c.example/1.xml"),
        Feed("https://c.example/2.xml"),
    ]
    with closing(sqlite3.connect(tmp_path / "archive.db")) as raw:
        row = "INSERT INTO feeds VALUES (?, ?, '', '', NULL, NULL, '', '', 0)"
        raw.executemany(row, [(each.url, f"The <i>Paper</i> {n}") for n, each in enumerate(feeds)])
        raw.commit()
    # What was published since tells nothing of this issue.
    entries.append(published(9, "20261108", BILL, host="d"))
    found = blind_spots(store, "20261101", feeds, shown_of(entries), now=datetime(2026, 11, 22, tzinfo=UTC))
    # Two feeds of one host have two titles: it is neither of them.
    assert found.alone == (("Housing", "The <i>Paper</i> 0", 2), ("Shipping", "c.example", 2))
    page = render_blind_spots(found)
    assert "Every article of this issue reports one." in page
    both = replace(found, without_change=(("Ice Came", "published"), ("Bus Left", "rejected")))
    assert "* Ice Came (published)\n* Bus Left (rejected)" in render_blind_spots(both)
    # What the issue has it does not leave out.
    to_readers = render_blind_spots(both, back="20261101.md")
    assert "Ice Came" not in to_readers
    assert "* Bus Left (rejected)" in to_readers
    alone = replace(found, without_change=both.without_change[:1])
    assert "report no change\n\nNone was left out." in render_blind_spots(alone, back="20261101.md")
    assert "Paper" in page
    assert not re.search(r"(?<!\\)<i>", page)


def test_what_a_run_dropped_stands_there_with_its_reason(tmp_path: Path) -> None:
    room = Newsroom(tmp_path / "room")
    text = "A cement maker at Brekke shut its kiln and fired an electric one beside the quarry. " * 12
    room.write("harbour", "Kiln", text)
    room.write("tarrow", "Kiln again", text)
    room.run(ISSUE)
    room.publish(ISSUE)
    said = (room.output / "reports" / "blind-spots" / f"{ISSUE}.md").read_text("utf-8")
    assert re.search(r"\*\*Copy of .*\*\* · 1 link\n\n\* https://harbour\.example/kiln\n", said)


@pytest.mark.parametrize(
    ("stage", "reason", "said"),
    [
        ("fetch", "HTTP 404", "The page could not be fetched: HTTP 404"),
        ("extract", "38 words of main text", "No article could be read from the page: 38 words of main text"),
        ("dedupe", "in another language (de); archived, no draft", "In another language (de)"),
        ("dedupe", "copy of 'A; b' (Post)", "Copy of 'A; b' (Post)"),
        ("draft", "reports no change; settings.drafts_without_change: skip", "Reports no change"),
    ],
)
def test_why_something_was_dropped_is_said_in_plain_words(stage: str, reason: str, said: str) -> None:
    assert in_words(Dropped("https://a.example/", stage, reason)) == said


def test_a_run_ends_with_what_to_do_next(tmp_path: Path) -> None:
    room = Newsroom(tmp_path / "room")
    room.write("harbour", "Kiln", "A cement maker at Brekke shut its kiln. " * 12)
    last = summary_of(room.run(ISSUE), room.output).splitlines()[-1]
    assert last.startswith("next: ")
    assert f"digest publish {ISSUE}" in last
    assert "digest draft list" in summary_of(room.run(ISSUE), room.output).splitlines()[-1]


def test_publishing_can_show_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("typer.launch", lambda url: shown.append(url))
    room = newsroom_of(tmp_path / "room", "Kiln")
    room.digest("draft", "approve", "--all", "--issue", ISSUE)
    room.digest("publish", ISSUE, "--open")
    assert shown == [str(room.output / "issues" / f"{ISSUE}.html")]
