"""Evidence that cannot rot: snapshots at approval, and whether sources still say what entries rest on."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from made_issues import entry
from newsroom import ISSUE, NEXT
from source_sites import LocalNewsroom, LocalSite, copied, lines_of, local_site
from typer.testing import CliRunner, Result

from digest.articles.page_words import lost_sentences
from digest.cli.app import app
from digest.cli.entries import asking
from digest.feeds.wayback import AVAILABLE
from digest.issues.decisions import draft_path
from digest.issues.pages.sources import render_sources
from digest.issues.publishing import publish
from digest.issues.source_checks import Source, SourceAnswer, Tell, check_sources, sources_of
from digest.language.addresses import entry_id
from digest.records import Page, PublishedEntry, Reference, Snapshot, SourceCheck
from digest.store import Store
from digest.workspace.config import load_config
from digest.workspace.files import write_text


@pytest.fixture(scope="module")
def week() -> Iterator[tuple[LocalSite, LocalNewsroom]]:
    """A site of two articles, and a workspace with a draft of each."""
    from tempfile import TemporaryDirectory

    with local_site() as site, TemporaryDirectory() as folder:
        site.article("/kiln", "Kiln", *lines_of("Kiln"))
        site.article("/eelgrass", "Eelgrass", *lines_of("Eelgrass"))
        room = LocalNewsroom(Path(folder), datetime.now(UTC))
        room.settle(f"{site.url}/feed")
        room.run(ISSUE)
        yield site, room


@pytest.fixture
def site(week: tuple[LocalSite, LocalNewsroom]) -> Iterator[LocalSite]:
    found = week[0]
    before = dict(found.pages), dict(found.items)
    found.asked.clear()
    yield found
    found.pages, found.items = map(dict, before)
    found.statuses.clear()


@pytest.fixture
def room(week: tuple[LocalSite, LocalNewsroom], site: LocalSite, tmp_path: Path) -> LocalNewsroom:
    return copied(week[1], tmp_path / "mine")


def id_of(site: LocalSite, path: str) -> str:
    return entry_id(f"{site.url}{path}")


def snapshots(room: LocalNewsroom, *ids: str) -> dict[str, Snapshot]:
    store = Store(room.output)
    try:
        return store.snapshots.of(ids)
    finally:
        store.close()


def check(room: LocalNewsroom, *words: str, environ: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(app, ["-C", str(room.folder), "entries", "check", *words], env=environ)


def checks(room: LocalNewsroom, *words: str, code: int = 0) -> dict[str, dict[str, object]]:
    """Check, and give what was said of each entry, by its title."""
    done = check(room, "--json", *words)
    assert done.exit_code == code, (done.output, done.exception)
    return {each["title"]: each for each in json.loads(done.stdout)}


def forget(room: LocalNewsroom) -> None:
    """Have the next check ask anew."""
    (room.output / "sent" / "sources.json").unlink()


# -- snapshots -----------------------------------------------------------------------------------------------


def test_approving_keeps_the_page_with_the_sentences_that_are_cited(
    room: LocalNewsroom, site: LocalSite
) -> None:
    kiln = id_of(site, "/kiln")
    assert snapshots(room, kiln) == {}
    room.digest("draft", "approve", kiln)
    assert site.asked == []
    taken = snapshots(room, kiln, id_of(site, "/eelgrass"))
    assert list(taken) == [kiln]
    assert set(taken[kiln].cited) <= set(lines_of("Kiln"))
    assert len(taken[kiln].cited) >= 4
    store = Store(room.output)
    try:
        page = store.snapshots.page_of(taken[kiln])
        path = store.snapshots.path_of(taken[kiln])
    finally:
        store.close()
    assert page is not None
    assert page.body == site.pages["/kiln"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("seen_by", ["publish", "run"])
def test_a_draft_approved_in_its_file_has_its_page_kept_when_that_is_seen(
    room: LocalNewsroom, site: LocalSite, seen_by: str
) -> None:
    kiln = id_of(site, "/kiln")
    path = draft_path(room.output, ISSUE, kiln)
    write_text(path, path.read_text("utf-8").replace("status: pending", "status: approved"))
    room.run(ISSUE) if seen_by == "run" else room.digest("publish", ISSUE)
    assert list(snapshots(room, kiln)) == [kiln]


def test_a_snapshot_outlives_the_kept_page_and_its_row(room: LocalNewsroom, site: LocalSite) -> None:
    kiln = id_of(site, "/kiln")
    room.digest("draft", "approve", kiln)
    shutil.rmtree(room.output / "pages")
    store = Store(room.output)
    try:
        url = f"{site.url}/kiln"
        store.pages.save(Page(url, url, 200, (), b"another", room.now))
        page = store.snapshots.page_of(store.snapshots.of([kiln])[kiln])
    finally:
        store.close()
    assert page is not None
    assert page.body == site.pages["/kiln"]


def test_what_an_editor_wrote_rests_on_the_sentence_it_was_made_of(
    room: LocalNewsroom, site: LocalSite
) -> None:
    kiln = id_of(site, "/kiln")
    path = draft_path(room.output, ISSUE, kiln)
    text = path.read_text("utf-8")
    start, end = text.index("## Summary"), text.index("## Keywords")
    own = lines_of("Kiln")[7].replace("beside the quarry", "by the quarry")
    write_text(path, f"{text[:start]}## Summary\n\n{own}\n\n{text[end:]}")
    room.digest("draft", "approve", kiln, "--anyway")
    assert lines_of("Kiln")[7] in snapshots(room, kiln)[kiln].cited


def test_publishing_again_keeps_what_the_entry_rests_on_then(room: LocalNewsroom, site: LocalSite) -> None:
    kiln = id_of(site, "/kiln")
    room.publish(ISSUE)
    before = snapshots(room, kiln)[kiln]
    path = draft_path(room.output, ISSUE, kiln)
    text = path.read_text("utf-8")
    start, end = text.index("## Summary"), text.index("## Keywords")
    rows = text.index("## Signals"), text.index("## Closest")
    kept = f"{text[:start]}## Summary\n\n{lines_of('Kiln')[3]}\n\n{text[end : rows[0]]}{text[rows[1] :]}"
    write_text(path, kept)
    room.digest("publish", ISSUE, "--anyway")
    after = snapshots(room, kiln)[kiln]
    assert after.sha256 == before.sha256
    assert after.cited == (lines_of("Kiln")[3],)


def test_the_text_that_a_feed_carried_is_the_snapshot_of_what_was_read_from_it(
    room: LocalNewsroom, site: LocalSite
) -> None:
    kiln, url = id_of(site, "/kiln"), f"{site.url}/kiln"
    text = "".join(f"<p>{line}</p>" for line in lines_of("Kiln"))
    store = Store(room.output)
    try:
        with store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE articles SET is_from_feed = 1 WHERE id = ?", (kiln,))
            connection.exec_driver_sql("UPDATE links SET body_html = ? WHERE id = ?", (text, kiln))
        store.pages.save(Page(url, url, 200, (), b"Please log in", room.now))
    finally:
        store.close()
    room.digest("draft", "approve", kiln)
    taken = snapshots(room, kiln)[kiln]
    store = Store(room.output)
    try:
        page = store.snapshots.page_of(taken)
    finally:
        store.close()
    assert taken.is_feed_text
    assert page is not None
    assert page.body == text.encode()


def test_a_snapshot_is_shown_and_written_as_it_was_received(room: LocalNewsroom, site: LocalSite) -> None:
    kiln, to = id_of(site, "/kiln"), room.folder.parent / "kiln.html"
    assert "no snapshot" in room.all_of("entries", "snapshot", kiln, code=1)
    room.digest("draft", "approve", kiln)
    told = room.digest("entries", "snapshot", kiln[:8])
    assert f": {room.output / 'snapshots'}/" in told
    told = room.digest("entries", "snapshot", kiln[:8], "--to", str(to))
    assert to.read_bytes() == site.pages["/kiln"]
    assert [line[2:] for line in told.splitlines()[1:]] == list(snapshots(room, kiln)[kiln].cited)
    (room.folder / re.findall(r"output/\S+", room.digest("entries", "snapshot", kiln))[0]).write_bytes(b"x")
    assert "gone or damaged" in room.all_of("entries", "snapshot", kiln, code=1)
    # Another approval keeps it anew.
    room.digest("draft", "defer", kiln)
    room.digest("draft", "approve", kiln)
    room.digest("entries", "snapshot", kiln)


def test_a_backup_holds_snapshots_also_without_pages(room: LocalNewsroom, site: LocalSite) -> None:
    from zipfile import ZipFile

    room.digest("draft", "approve", id_of(site, "/kiln"))
    room.digest("backup", str(room.folder.parent / "all.zip"), "--without-pages")
    with ZipFile(room.folder.parent / "all.zip") as file:
        kept = [name for name in file.namelist() if name.startswith("output/snapshots/")]
    assert len(kept) == 1


# -- whether sources still say it ----------------------------------------------------------------------------


def test_a_source_that_says_the_same_is_unchanged_in_another_dress(
    room: LocalNewsroom, site: LocalSite
) -> None:
    room.publish(ISSUE)
    shouted = "".join(f"<li>\n  {line.replace(' ', '  ')}</li>" for line in lines_of("Kiln"))
    site.pages["/kiln"] = f"<html><title>New look</title><body><ul>{shouted}</ul></body></html>".encode()
    found = checks(room)
    assert {each["state"] for each in found.values()} == {"unchanged"}
    assert "--json" not in check(room).output


def test_sentences_that_are_gone_are_quoted_with_the_snapshot_and_the_check_ends_1(
    room: LocalNewsroom, site: LocalSite
) -> None:
    room.publish(ISSUE)
    lost = snapshots(room, id_of(site, "/kiln"))[id_of(site, "/kiln")].cited[0]
    site.change("/kiln", lost, "A cement maker said nothing.")
    done = check(room)
    assert done.exit_code == 1
    assert re.search(r"^changed +Kiln +1 of \d+ sentences gone", done.stdout, re.MULTILINE)
    assert f"gone from {site.url}/kiln: “{lost}”" in done.stdout
    (file,) = re.findall(r"^as it was: (\S+)", done.stdout, re.MULTILINE)
    assert (room.folder / file).is_file()
    assert re.search(r"^unchanged +Eelgrass", done.stdout, re.MULTILINE)
    report = (room.output / "reports" / "sources" / f"{ISSUE}.md").read_text("utf-8")
    assert "## Evidence is gone" in report
    assert f"gone: “{lost}”" in report
    assert file in report
    kiln = checks(room, code=1)["Kiln"]
    assert (kiln["state"], kiln["gone"]) == ("changed", [lost])


def test_a_page_that_is_gone_is_told_from_one_that_does_not_answer(
    room: LocalNewsroom, site: LocalSite
) -> None:
    room.publish(ISSUE)
    site.statuses["/kiln"], site.statuses["/eelgrass"] = 410, 403
    found = checks(room, ISSUE, code=1)
    assert (found["Kiln"]["state"], found["Kiln"]["reason"]) == ("gone", "HTTP 410")
    assert len(found["Kiln"]["gone"]) == found["Kiln"]["cited"]  # type: ignore[arg-type]
    assert (found["Eelgrass"]["state"], found["Eelgrass"]["gone"]) == ("unclear", [])


@pytest.mark.parametrize(
    "words", ["Just a moment... Checking your browser", "Subscribe to continue reading", "Please log in"]
)
def test_a_wall_says_nothing_of_the_evidence(room: LocalNewsroom, site: LocalSite, words: str) -> None:
    room.publish(ISSUE)
    form = "<form><input type='password'>Log in to read</form>"
    site.pages["/kiln"] = f"<html><title>{words}</title><body><p>{words}</p>{form}</body></html>".encode()
    assert checks(room)["Kiln"]["state"] == "unclear"


def test_a_page_that_only_says_it_is_not_found_has_lost_the_evidence(
    room: LocalNewsroom, site: LocalSite
) -> None:
    room.publish(ISSUE)
    site.pages["/kiln"] = b"<html><title>Page not found</title><body><p>Try our front page.</p></body></html>"
    kiln = checks(room, code=1)["Kiln"]
    assert (kiln["state"], len(kiln["gone"])) == ("changed", kiln["cited"])  # type: ignore[arg-type]
    assert "error page" in str(kiln["reason"])


def test_what_is_known_is_not_asked_again_and_nobody_is_without_fetching(
    room: LocalNewsroom, site: LocalSite
) -> None:
    room.publish(ISSUE)
    assert {each["state"] for each in checks(room, "--no-fetch").values()} == {"not asked"}
    assert site.asked == []
    checks(room)
    assert {"/kiln", "/eelgrass", "/robots.txt"} == set(site.paths())
    site.asked.clear()
    assert {each["state"] for each in checks(room).values()} == {"unchanged"}
    assert checks(room, "--no-fetch", "--all")["Kiln"]["state"] == "unchanged"
    assert site.asked == []


def test_publishers_who_do_not_want_to_be_asked_are_not(room: LocalNewsroom, site: LocalSite) -> None:
    room.publish(ISSUE)
    site.pages["/robots.txt"] = b"User-agent: *\nDisallow: /kiln"
    found = checks(room)
    assert (found["Kiln"]["state"], found["Kiln"]["reason"]) == ("not asked", "forbidden by robots.txt")
    forget(room)
    site.asked.clear()
    room.settle(f"{site.url}/feed", ", opt_out: [127.0.0.1]")
    found = checks(room)
    assert {each["state"] for each in found.values()} == {"not asked"}
    assert "settings.opt_out" in str(found["Kiln"]["reason"])
    assert site.asked == []


def test_entries_published_before_there_were_snapshots_get_theirs(
    room: LocalNewsroom, site: LocalSite
) -> None:
    room.publish(ISSUE)
    kiln = id_of(site, "/kiln")
    lost = snapshots(room, kiln)[kiln].cited[0]
    store = Store(room.output)
    try:
        with store._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM snapshots")
    finally:
        store.close()
    site.change("/kiln", lost, "Nothing.")
    found = checks(room, code=1)
    assert found["Kiln"]["gone"] == [lost]
    assert found["Eelgrass"]["state"] == "unchanged"
    assert snapshots(room, kiln)[kiln].cited[0] == lost


def test_an_issue_that_is_not_published_has_nothing_to_check(room: LocalNewsroom, site: LocalSite) -> None:
    assert "nothing was published yet" in room.all_of("entries", "check", ISSUE, code=1)
    assert site.asked == []


def test_every_source_of_a_story_is_looked_at_once_and_one_without_an_address_is_named(
    tmp_path: Path,
) -> None:
    own = "https://news.example/ice"
    others = (
        Reference("Own", f"{own}?utm_source=x"),
        Reference("Ice", "https://other.example/ice"),
        Reference("PDF", "attached/x/a.pdf"),
    )
    story = replace(entry(), url=own, sources=others)
    store = Store(tmp_path / "output", in_memory=True)
    try:
        published = [PublishedEntry("0" * 32, ISSUE, story)]
        found = sources_of(store, tmp_path / "output", published, opt_out=(), open_feeds=())
    finally:
        store.close()
    assert [each.url for each in found] == [own, "https://other.example/ice", "attached/x/a.pdf"]
    assert [bool(each.not_asked) for each in found] == [False, False, True]


@pytest.mark.parametrize("lost", ["evidence", "another sentence", "nothing"])
def test_a_run_that_meets_a_changed_source_says_so(room: LocalNewsroom, site: LocalSite, lost: str) -> None:
    room.publish(ISSUE)
    kiln = id_of(site, "/kiln")
    taken = snapshots(room, kiln)[kiln]
    others = [line for line in lines_of("Kiln") if line not in taken.cited]
    gone = {"evidence": taken.cited[0], "another sentence": others[0]}.get(lost, "")
    left = [line for line in lines_of("Kiln") if line != gone]
    head = f'<link rel="canonical" href="{site.url}/kiln"><meta name="day" content="another">'
    site.article("/kiln?again", "Kiln", *left, head=head)
    room.now = datetime.now(UTC)
    notes = [each for each in room.run(NEXT).notes if "its source" in each]
    page = (room.output / "reports" / f"{NEXT}.md").read_text("utf-8")
    if lost == "evidence":
        (note,) = notes
        assert f"1 of {len(taken.cited)} sentences it rests on gone: “{gone}”" in note
        assert taken.sha256 in note
        assert gone in page
    elif lost == "another sentence":
        (note,) = notes
        assert "1 sentence gone, but none that it rests on" in note
    else:
        assert notes == []


def test_paid_sources_are_asked_with_their_own_credentials_or_not_at_all(
    site: LocalSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = LocalNewsroom(tmp_path / "paid", datetime.now(UTC))
    room.settle(f"{{url: {site.url}/feed, cookie: 'env:PAPER_COOKIE'}}")
    monkeypatch.setenv("PAPER_COOKIE", "session=0f9e8d7c6b5a")
    room.ports = {"environ": os.environ}
    room.run(ISSUE)
    room.publish(ISSUE)
    site.asked.clear()
    checks(room)
    assert ("/kiln", "session=0f9e8d7c6b5a") in site.asked
    assert not any(
        b"0f9e8d7c6b5a" in path.read_bytes() for path in (room.output / "sent").rglob("*") if path.is_file()
    )
    forget(room)
    site.asked.clear()
    monkeypatch.delenv("PAPER_COOKIE")
    found = checks(room)
    assert {each["state"] for each in found.values()} == {"not asked"}
    assert "credentials" in str(found["Kiln"]["reason"])
    assert site.asked == []


# -- copies --------------------------------------------------------------------------------------------------


class Archive:
    """Answers 404 for every page, and as the Wayback Machine's interface does."""

    def __init__(self, url: str) -> None:
        closest = {
            "available": True,
            "status": "200",
            "url": f"http://web.archive.org/web/20261102030405/{url}",
        }
        self._answers = {
            AVAILABLE.format(quote(url, safe="")): json.dumps({"archived_snapshots": {"closest": closest}})
        }

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        found = self._answers.get(url)
        return Page(url, url, 200 if found else 404, (), (found or "").encode(), datetime.now(UTC))

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("wayback", [True, False])
def test_of_a_page_that_is_gone_the_wayback_copy_is_named_where_that_is_wanted(
    room: LocalNewsroom, site: LocalSite, wayback: bool
) -> None:
    room.settle(f"{site.url}/feed", f", wayback: {str(wayback).lower()}")
    config, url = load_config(room.folder), "https://harbour.example/kiln"
    ask = asking(config, {}, lambda _: Archive(url))
    source = Source(_entry(room, site), url, cited=("A kiln was shut.",))
    (found,) = asyncio.run(check_sources(room.output, [source], ask, now=room.now))
    assert (found.state, found.gone) == ("gone", ("A kiln was shut.",))
    copy = f"https://web.archive.org/web/20261102030405id_/{url}"
    assert (found.copy, found.copied_at) == ((copy, "2026-11-02") if wayback else ("", ""))


def _entry(room: LocalNewsroom, site: LocalSite) -> PublishedEntry:
    draft = room.draft(ISSUE, id_of(site, "/kiln"))
    return PublishedEntry(draft.id, ISSUE, draft.entry)


def test_what_was_gone_at_approval_is_no_loss(room: LocalNewsroom, site: LocalSite) -> None:
    room.digest("draft", "approve", id_of(site, "/kiln"))
    taken = snapshots(room, id_of(site, "/kiln"))[id_of(site, "/kiln")]
    page = replace(taken.page, headers=(("digest-copied-at", "2026-11-02"),))
    source = Source(
        _entry(room, site), "https://e.org/a", cited=taken.cited, snapshot=replace(taken, page=page)
    )

    async def ask(asked: object, tell: Tell) -> None:
        tell("https://e.org/a", SourceAnswer("gone", "HTTP 404", taken.cited))

    (found,) = asyncio.run(check_sources(room.output, [source], ask, now=room.now))
    assert (found.state, found.has_lost_evidence) == ("gone", False)
    assert "the copy of 2026-11-02" in found.reason
    carried = replace(source, snapshot=replace(taken, is_feed_text=True))
    (found,) = asyncio.run(check_sources(room.output, [carried], None, now=room.now))
    assert (found.state, found.has_lost_evidence) == ("gone", False)
    assert found.reason.startswith("HTTP 404; the entry was taken from the text that the feed carried")


def test_what_was_told_before_a_check_was_stopped_is_kept(room: LocalNewsroom, site: LocalSite) -> None:
    asked_for: list[str] = []

    async def ask(asked: list[tuple[Source, tuple[str, ...]]], tell: Tell) -> None:
        for source, _ in asked:
            if source.url == "https://e.org/b" and not asked_for:
                raise KeyboardInterrupt
            tell(source.url, SourceAnswer("unchanged"))
        asked_for.extend(source.url for source, _ in asked)

    sources = [Source(_entry(room, site), f"https://e.org/{name}") for name in "ab"]
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(check_sources(room.output, sources, ask, now=room.now))  # type: ignore[arg-type]
    found = asyncio.run(check_sources(room.output, sources, None, now=room.now))
    assert [each.state for each in found] == ["unchanged", "not asked"]
    asked_for.append("")
    asyncio.run(check_sources(room.output, sources, ask, now=room.now))  # type: ignore[arg-type]
    assert asked_for == ["", "https://e.org/b"]


def test_the_report_says_when_sources_were_asked_not_when_it_was_written(
    room: LocalNewsroom, site: LocalSite
) -> None:
    async def ask(asked: object, tell: Tell) -> None:
        tell("https://e.org/a", SourceAnswer("unchanged"))

    source, later = Source(_entry(room, site), "https://e.org/a"), room.now + timedelta(days=2)
    unasked = asyncio.run(check_sources(room.output, [source], None, now=room.now))
    assert "UTC · none was asked · 1 source" in render_sources(ISSUE, unasked, now=room.now)
    asyncio.run(check_sources(room.output, [source], ask, now=room.now))
    checks = asyncio.run(check_sources(room.output, [source], ask, now=later))
    page = render_sources(ISSUE, checks, now=later)
    assert f"Written {later:%Y-%m-%d %H:%M} UTC · asked {room.now:%Y-%m-%d %H:%M} UTC" in page


def test_entries_that_cite_one_page_are_asked_for_once_and_told_apart(
    room: LocalNewsroom, site: LocalSite
) -> None:
    asked_for: list[tuple[str, ...]] = []

    async def ask(asked: list[tuple[Source, tuple[str, ...]]], tell: Tell) -> None:
        asked_for.extend(cited for _, cited in asked)
        for source, _ in asked:
            tell(source.url, SourceAnswer("changed", "", ("b",)))

    told = _entry(room, site)
    sources = [Source(told, "https://e.org/a", cited=cited) for cited in (("a",), ("a", "b"))]
    found: list[SourceCheck] = asyncio.run(
        check_sources(room.output, sources, ask, now=room.now)  # type: ignore[arg-type]
    )
    assert asked_for == [("a", "b")]
    assert [(each.state, each.gone) for each in found] == [("unchanged", ()), ("changed", ("b",))]
    later = room.now + timedelta(hours=2)
    asyncio.run(check_sources(room.output, sources, ask, now=later))  # type: ignore[arg-type]
    assert len(asked_for) == 2


def test_an_episode_is_held_against_its_transcript(site: LocalSite, tmp_path: Path) -> None:
    captions = "".join(
        f"00:{at:02}:00.000 --> 00:{at + 1:02}:00.000\n{line}\n\n" for at, line in enumerate(lines_of("Kiln"))
    )
    site.pages["/kiln.vtt"] = f"WEBVTT\n\n{captions}".encode()
    site.pages["/pod"] = (
        '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Pod</title>'
        f"<item><title>On kilns</title><link>{site.url}/episode</link>"
        f'<podcast:transcript url="{site.url}/kiln.vtt" type="text/vtt"/></item></channel></rss>'
    ).encode()
    room = LocalNewsroom(tmp_path / "pod", datetime.now(UTC))
    room.settle(f"{site.url}/pod")
    room.run(ISSUE)
    room.publish(ISSUE)
    assert checks(room)["On kilns"]["state"] == "unchanged"
    assert "/episode" not in site.paths()
    forget(room)
    lost = snapshots(room, id_of(site, "/episode"))[id_of(site, "/episode")].cited[0]
    site.change("/kiln.vtt", lost, "Nothing was said.")
    assert checks(room, code=1)["On kilns"]["gone"] == [lost]


# -- sentences on a page -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "shown", "is_there"),
    [
        ("He said “no” to it.", "He said &quot;no&quot; to  it.", True),
        ("He said 'no' to it.", "He said <em>‘no’</em>\n to it.", True),
        ("The firm’s plan costs 5 million.", "The firm's plan costs 5\u00a0million.", True),
        ("The firm’s plan costs 5 million.", "The firm's plan costs 6 million.", False),
        ("It costs 5 million.", "It costs 5&shy; million.", True),
    ],
)
def test_white_space_and_quotes_do_not_count(sentence: str, shown: str, is_there: bool) -> None:
    rest = "".join(f"<p>{line}</p>" for line in lines_of("Mayor"))
    body = f"<html><body><article><p>{shown}</p>{rest}</article></body></html>".encode()
    page = Page("https://e.org/a", "https://e.org/a", 200, (), body, datetime.now(UTC))
    assert lost_sentences([sentence], page)[0] == (() if is_there else (sentence,))


def test_publishing_takes_snapshots_of_what_was_approved_without(
    room: LocalNewsroom, site: LocalSite
) -> None:
    room.digest("draft", "approve", "--all")
    store = Store(room.output)
    try:
        with store._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM snapshots")
        config = load_config(room.folder)
        publish(store, room.output, ISSUE, config.newsletter, now=room.now)
        assert len(store.snapshots.of([id_of(site, "/kiln"), id_of(site, "/eelgrass")])) == 2
    finally:
        store.close()
