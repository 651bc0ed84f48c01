"""A workspace that an earlier state of the program made opens, loses nothing, and goes on."""

import json
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest
import time_machine
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from digest.cli.app import app
from digest.demo import content
from digest.issues.decisions import draft_path

PACKED = Path(__file__).parent / "data" / "workspaces"

LATER = datetime(2027, 1, 8, 6, 0, tzinfo=UTC)
"""Weeks after the workspace was left: what is not touched is not dated anew."""

ISSUE, NEXT = "20261120", "20270108"
SCHOOLS = "915deacb9276367bcd68fe1d2b00e420"
COURT, VOTE = "892af43239cded64bb41c5e1a4662e5a", "77c89596f7f038b15b8482aaf8c26fa7"
STATUSES = {
    SCHOOLS: "approved",
    COURT: "pending",
    VOTE: "rejected",
    "055c3ab137885d8528fd157b7d5cbeb9": "deferred",
    "46eae946601986db37927b4d5b1df010": "approved",
    "7268d239fa6fcc3174c353e7ffe6fd5d": "rejected",
}

WRITTEN = {
    SCHOOLS: (
        'note: "call the ministry"',
        "Schools close with a few months’ notice.",
        "* school buses",
        "## Why it matters\n\nThe *second* county to plan for fewer children; "
        "see [our count](https://example.org/count).\n\n> “We will not go back.”",
    ),
    COURT: ("## Summary\n\nThe court has stopped the charge for now. ",),
    "46eae946601986db37927b4d5b1df010": ("# __Insurer hires back 240 claims handlers",),
}
"""What the editor wrote into the drafts."""

PRINTED = {
    "entries": ("export", "--in", "entries", "--jsonl", "--suggested"),
    "signals": ("export", "--in", "signals", "--jsonl", "--suggested"),
    "articles": ("export", "--in", "articles", "--jsonl"),
    "trends": ("trends", "--json"),
    "stories": ("stories", "--json"),
    "drafts": ("draft", "list", "--json"),
}


@pytest.fixture(scope="module", autouse=True)
def later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=True):
        yield


@pytest.fixture(params=sorted(path.name for path in PACKED.glob("*.tar.xz")))
def unpacked(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with tarfile.open(PACKED / request.param) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path


@pytest.fixture
def week(unpacked: Path) -> Path:
    return unpacked / "week"


def digest(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["-C", str(folder), *words])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def contents(folder: Path, *kinds: str) -> dict[str, bytes]:
    """Every file below some folders of an output."""
    paths = (path for kind in kinds for path in (folder / "output" / kind).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Name the files of an output that differ, less the archive's own, which keep what was done."""
    names = {each for each in {**before, **after} if before.get(each) != after.get(each)}
    return {each for each in names if not Path(each).name.startswith(("archive.db", "."))}


def draft_text(folder: Path, draft_id: str) -> str:
    (path,) = (folder / "output" / "drafts").rglob(f"*{draft_id}.md")
    return path.read_text("utf-8")


def drafts_of(folder: Path) -> dict[str, tuple[str, str]]:
    """Issue and status of each draft."""
    listed = (digest(folder, "draft", "list", "--json", "--issue", issue) for issue in (ISSUE, NEXT))
    return {row["id"]: (row["issue"], row["status"]) for rows in listed for row in json.loads(rows)}


def values(printed: str) -> object:
    """Read what a command printed, one JSON value or one a line."""
    try:
        return json.loads(printed)
    except json.JSONDecodeError:
        return [json.loads(line) for line in printed.splitlines()]


def has_all_of(now: object, then: object) -> bool:
    """Whether nothing of `then` is gone or another; records may have got more fields."""
    if isinstance(then, dict) and isinstance(now, dict):
        return all(name in now and has_all_of(now[name], value) for name, value in then.items())
    if isinstance(then, list) and isinstance(now, list):
        return len(now) == len(then) and all(map(has_all_of, now, then))
    return now == then


def test_it_is_whole_and_every_record_is_as_it_was(unpacked: Path, week: Path) -> None:
    drafts = contents(week, "drafts")
    assert "6 articles, 6 drafts" in digest(week, "doctor")
    for name, words in PRINTED.items():
        then = (unpacked / "expected" / f"{name}.json").read_text("utf-8")
        assert has_all_of(values(digest(week, *words)), values(then)), name
    assert contents(week, "drafts") == drafts


def test_what_was_filled_from_the_library_then_counts_for_nothing_and_stays_in_print(week: Path) -> None:
    old, own = "Landlords supply the connection, as they supply water", "To pay for buses and conversions"

    def found(words: str) -> list[str]:
        said = digest(week, "search", "--in", "signals", "--mode", "words", "--json", words)
        return [each["id"] for each in json.loads(said)["results"]]

    def check() -> None:
        assert found("landlords connection water") == []
        assert found("buses conversions") == [SCHOOLS]
        plain = digest(week, "export", "--in", "signals", "--jsonl")
        rows = [row for row in map(json.loads, plain.splitlines()) if row["id"] == SCHOOLS]
        assert own in plain
        assert {row["horizon_10y"] for row in rows} == {"–"}
        assert rows[0]["basis"]["horizon_10y"] == "none"
        entries = map(json.loads, digest(week, "export", "--in", "entries", "--jsonl").splitlines())
        (entry,) = (each for each in entries if each["id"] == SCHOOLS)
        assert old not in str(entry["signals"])

    check()
    digest(week, "publish", ISSUE)
    check()
    page = (week / "output" / "entries" / f"{SCHOOLS}.md").read_text("utf-8")
    assert f"| {old} " in page


def test_publishing_again_gives_the_same_pages_to_the_byte(week: Path) -> None:
    kinds = ("drafts", "entries", "reports")
    published = contents(week, *kinds)
    index = (week / "output" / "index.md").read_text("utf-8")
    assert len(published) == 9
    digest(week, "publish", ISSUE)
    now = contents(week, *kinds)
    # What is blind is told in a page of its own, which was not made then.
    assert now.keys() - published.keys() == {f"output/reports/blind-spots/{ISSUE}.md"}
    assert {name: now[name] for name in published} == published
    assert (week / "output" / "index.md").read_text("utf-8") == index
    # The issue has another shape now, and keeps it.
    everything = contents(week, "")
    digest(week, "publish", ISSUE)
    assert not changed(everything, contents(week, ""))


def test_a_correction_is_told_beside_the_one_made_then(week: Path) -> None:
    path = draft_path(week / "output", ISSUE, SCHOOLS)
    path.write_text(draft_text(week, SCHOOLS).replace("We will not go back", "We cannot go back"), "utf-8")
    digest(week, "publish", ISSUE)
    issue = (week / "output" / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert "“We cannot go back.”" in issue
    assert issue.count("Corrected on 28 November 2026.") == 1
    assert issue.count("Corrected on 8 January 2027: “Why it matters”.") == 1


def test_it_comes_back_whole_from_a_backup(week: Path, tmp_path: Path) -> None:
    digest(week, "backup", str(tmp_path / "kept.tar"))
    digest(tmp_path / "back", "restore", str(tmp_path / "kept.tar"))
    assert contents(tmp_path / "back", "drafts", "issues", "pages") == contents(
        week, "drafts", "issues", "pages"
    )
    assert digest(tmp_path / "back", *PRINTED["entries"]) == digest(week, *PRINTED["entries"])


@pytest.mark.model
def test_another_week_is_made_published_and_found_beside_what_is_there(
    week: Path, httpserver: HTTPServer
) -> None:
    published, feeds = contents(week, "entries", "issues"), week / "feeds.yaml"
    known, bus, peat = (
        content.articles()[slug]
        for slug in (
            "port-ansel-weight-charge",
            "night-bus-without-driver",
            "peat-ban-lifts-substrate-prices",
        )
    )
    served = [(known.title, known.paragraphs), *((new.title, new.paragraphs[:5]) for new in (bus, peat))]
    head, address = feeds.read_text("utf-8").partition("settings:\n")[0], serve_feed(httpserver, served)
    # Where the links that the old run left lead to, a demo may be running: none of them is asked.
    feeds.write_text(
        f"{head}settings: {{allow_hosts: [localhost], delay_s: 0}}\nfeeds:\n  - {address}\n",
        "utf-8",
    )

    digest(week, "run", "--issue", NEXT, "--since", "all")

    # What was left undecided waits in the next issue, as then.
    decided = {
        draft_id: (ISSUE, status) if status in ("approved", "rejected") else (NEXT, "pending")
        for draft_id, status in STATUSES.items()
    }
    drafts = drafts_of(week)
    assert {draft_id: drafts.pop(draft_id) for draft_id in decided} == decided
    # Of the three articles one is a copy of an old one; one that waited had brought its text in the feed.
    assert {draft_text(week, draft_id).partition("\n# __")[2].partition("__")[0] for draft_id in drafts} == {
        bus.title,
        peat.title,
        content.articles()["journal-asks-authors-to-appear"].title,
    }
    for draft_id, texts in WRITTEN.items():
        for text in texts:
            assert text in draft_text(week, draft_id)

    digest(week, "draft", "approve", *drafts)
    digest(week, "publish", NEXT)
    now = contents(week, "entries", "issues")
    assert {name: now[name] for name in published} == published
    assert f"output/issues/{NEXT}.md" in now
    stories = {row["id"]: row["story"] for row in json.loads(digest(week, "stories", "--json"))}
    assert stories[VOTE] == stories[COURT] == COURT

    found = json.loads(digest(week, "search", "schools closing for want of children", "--json"))
    assert found["results"][0]["id"] == SCHOOLS
    headline = week / "headline.txt"
    headline.write_text("Hauliers fight the weight charge of Port Ansel", "utf-8")
    near = json.loads(digest(week, "similar", str(headline), "--json"))
    assert near[0]["id"] in (COURT, VOTE)
    assert [each["name"] for each in json.loads(digest(week, "trends", "--json"))["periods"]] == [ISSUE, NEXT]
    assert "10 articles, 9 drafts" in digest(week, "doctor")


def serve_feed(server: HTTPServer, articles: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Serve pages of titles and paragraphs, and a feed of them; returns its address."""
    items = ""
    for place, (title, paragraphs) in enumerate(articles):
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
        page = f"<html><body><article><h1>{escape(title)}</h1>{body}</article></body></html>"
        server.expect_request(f"/{place}").respond_with_data(page, content_type="text/html")
        items += (
            f"<item><title>{escape(title)}</title><link>{server.url_for(f'/{place}')}</link>"
            f"<pubDate>{format_datetime(LATER - timedelta(days=2))}</pubDate></item>"
        )
    feed = f'<rss version="2.0"><channel><title>The Quay</title>{items}</channel></rss>'
    server.expect_request("/feed").respond_with_data(feed, content_type="application/rss+xml")
    server.expect_request("/robots.txt").respond_with_data("", status=404)
    return server.url_for("/feed")
