"""What runs with narrower and wider windows take in, leave out and say; what interrupted ones lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from fakes import NOW, FakeFetcher
from newsroom import Newsroom
from test_stories_over_issues import HACK, KILN

from digest import pipeline
from digest.records import Page, RunReport

ISSUE = "20261122"
WORDS = tuple(KILN.split("\n"))


class ConditionalFetcher(FakeFetcher):
    """Answers 304 where the asker names the body it has."""

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        page = await super().get(url, headers=headers, max_bytes=max_bytes, timeout_s=timeout_s)
        etag = f'"{page.sha256}"'
        if headers.get("if-none-match") == etag:
            return Page(url, url, 304, (), b"", NOW)
        return Page(url, url, page.status, (*page.headers, ("etag", etag)), page.body, NOW)


@dataclass
class Weekly(Newsroom):
    """A newsroom whose servers answer 304, with articles that are not each other's copies."""

    def _fetcher(self) -> FakeFetcher:
        return ConditionalFetcher(super()._fetcher().answers)

    def add(self, title: str, *, day: int, site: str = "tarrow") -> str:
        """Put an article of its own into a feed."""
        number = len(self.pages) + 1
        text = "\n".join(f"{line} {title} {number * 7919 + at}." for at, line in enumerate(WORDS))
        return self.write(site, title, text, day=day)

    def since(self, days: int | None, *, issue: str = ISSUE) -> RunReport:
        return self.run(issue, since=None if days is None else self.now - timedelta(days=days))


@pytest.fixture
def newsroom(tmp_path: Path) -> Weekly:
    return Weekly(tmp_path)


def news(report: RunReport) -> list[int]:
    return [feed.new_links for feed in report.feeds]


def left(report: RunReport) -> list[int]:
    return [feed.left_out for feed in report.feeds]


def statuses(report: RunReport) -> list[str]:
    return [feed.status for feed in report.feeds]


def page(newsroom: Newsroom) -> str:
    return (newsroom.output / "reports" / f"{ISSUE}.md").read_text("utf-8")


def test_what_a_narrow_run_left_out_comes_in_when_the_window_reaches_it(newsroom: Weekly) -> None:
    for number, day in enumerate((0, -3, -20, -90)):
        newsroom.add(f"Story {number}", day=day)
    first = newsroom.since(1)
    assert (news(first), left(first)) == ([1, 0, 0], [3, 0, 0])
    assert "left out by date: 3 links (The Tarrow Post 3)" in page(newsroom)
    again = newsroom.since(1)
    assert (statuses(again), news(again), left(again)) == (["unchanged"] * 3, [0, 0, 0], [3, 0, 0])
    week = newsroom.since(7)
    assert (statuses(week), news(week), left(week)) == (["unchanged"] * 3, [1, 0, 0], [2, 0, 0])
    narrow = newsroom.since(1)
    assert (news(narrow), left(narrow)) == ([0, 0, 0], [2, 0, 0])
    everything = newsroom.since(None)
    assert (news(everything), left(everything)) == ([2, 0, 0], [0, 0, 0])
    assert news(newsroom.since(None)) == [0, 0, 0]


def test_what_left_the_feed_meanwhile_comes_in_all_the_same(newsroom: Weekly) -> None:
    newsroom.add("Kept", day=0)
    newsroom.add("Old", day=-20)
    assert left(newsroom.since(7)) == [1, 0, 0]
    old = next(url for url in newsroom.pages if url.endswith("old"))
    title, text, published = newsroom.pages[old]
    feed = newsroom._feed
    newsroom._feed = lambda site: feed(site).replace(old.encode(), b"javascript:gone")  # type: ignore[method-assign]
    report = newsroom.since(None)
    assert statuses(report)[0] == "ok"
    assert news(report) == [1, 0, 0]
    assert len(report.drafts) == 2
    assert (title, published) == ("Old", NOW - timedelta(days=20))
    assert text


def test_what_is_left_out_comes_in_though_the_feed_is_broken_now(newsroom: Weekly) -> None:
    newsroom.add("Kept", day=0)
    newsroom.add("Old", day=-20)
    newsroom.since(7)
    newsroom._feed = lambda site: b"<html>gone</html>" if site == "tarrow" else FEED  # type: ignore[method-assign]
    report = newsroom.since(None)
    assert (statuses(report)[0], news(report)) == ("broken", [1, 0, 0])


FEED = b"<rss version='2.0'><channel><title>Empty</title></channel></rss>"


def test_a_dry_run_names_what_a_wider_window_would_bring(newsroom: Weekly) -> None:
    from digest.feeds.keeping import would_fetch
    from digest.feeds.reading import FeedReading
    from digest.records import Feed
    from digest.store import Store

    newsroom.add("Kept", day=0)
    newsroom.add("Old", day=-20)
    newsroom.since(7)
    store = Store(newsroom.output)
    feed = Feed("https://tarrow.example/feed")
    asked = [
        would_fetch([FeedReading(feed, store.links.state(feed.url), None, since=since)], store, now=NOW)
        for since in (NOW - timedelta(days=7), None)
    ]
    store.close()
    assert asked == [[], ["https://tarrow.example/old"]]


def test_a_feeds_own_limit_holds_for_what_was_left_out_too(newsroom: Weekly) -> None:
    path = newsroom.folder / "feeds.yaml"
    path.write_text(
        "newsletter: {title: Week}\nfeeds:\n  - url: https://tarrow.example/feed\n    limit: 2\n", "utf-8"
    )
    for number in range(5):
        newsroom.add(f"Story {number}", day=-20 - number)
    assert news(newsroom.since(7)) == [0]
    assert (news(newsroom.since(None)), news(newsroom.since(None)), news(newsroom.since(None))) == (
        [2],
        [2],
        [1],
    )


def test_an_entry_that_comes_late_with_an_old_date_is_said_once(newsroom: Weekly) -> None:
    for day in range(0, -30, -3):
        newsroom.add(f"Story {-day}", day=day)
    assert not [note for note in newsroom.since(7).notes if "first time" in note]
    newsroom.add("Found in a drawer", day=-10)
    (note,) = [note for note in newsroom.since(7).notes if "first time" in note]
    assert "The Tarrow Post" in note
    assert "'Found in a drawer' (2026-11-12)" in note
    assert "Story" not in note
    assert note.partition("'")[0].strip() in page(newsroom)
    newsroom.add("Today", day=0)
    assert not [note for note in newsroom.since(7).notes if "first time" in note]


def test_a_new_entry_that_a_narrow_window_misses_has_no_old_date(newsroom: Weekly) -> None:
    newsroom.add("First", day=0)
    newsroom.since(7)
    newsroom.later(7)
    newsroom.add("Three days ago", day=-3)
    report = newsroom.since(1)
    assert left(report)[0] == 1
    assert not [note for note in report.notes if "first time" in note]
    newsroom.add("Found in a drawer", day=-60)
    (note,) = [note for note in newsroom.since(None).notes if "first time" in note]
    assert "'Found in a drawer'" in note


@pytest.mark.parametrize("day", [-366, -4000, 3650])
def test_a_date_far_off_the_feeds_others_is_said_once(newsroom: Weekly, day: int) -> None:
    for each in range(5):
        newsroom.add(f"Story {each}", day=-each)
    newsroom.add("A year wrong", day=day)
    report = newsroom.since(7)
    (note,) = [note for note in report.notes if "dated far from" in note]
    assert f"'A year wrong' ({NOW + timedelta(days=day):%Y-%m-%d})" in note
    assert "A year wrong" in page(newsroom)
    newsroom.add("Today", day=0)
    assert not [note for note in newsroom.since(7).notes if "dated far from" in note]


def test_a_feed_whose_dates_are_all_old_is_left_out_whole_and_counted(newsroom: Weekly) -> None:
    for each in range(4):
        newsroom.add(f"Story {each}", day=-3000 - each)
    report = newsroom.since(7)
    assert (news(report), left(report)) == ([0, 0, 0], [4, 0, 0])
    assert news(newsroom.since(4000)) == [4, 0, 0]


def test_what_two_feeds_left_out_comes_in_once(newsroom: Weekly) -> None:
    newsroom.add("Old", day=-20)
    url, found = next(iter(newsroom.pages.items()))
    feed = newsroom._feed
    item = f"<item><title>Old</title><link>{url}</link><pubDate>{format_datetime(found[2])}</pubDate></item>"
    newsroom._feed = lambda site: feed(site).replace(  # type: ignore[method-assign]
        b"</channel>", f"{item if site == 'harbour' else ''}</channel>".encode()
    )
    assert left(newsroom.since(7)) == [1, 0, 1]
    report = newsroom.since(None)
    assert (news(report), left(report)) == ([1, 0, 0], [0, 0, 0])


# -- interrupted runs ----------------------------------------------------------------------------------------


GERMAN = """Die Gemeinde am Fluss baut einen neuen Deich, weil der alte das Hochwasser nicht mehr hält.
Im Winter war das Wasser bis an die Türen der Schule gestiegen, und die Feuerwehr hatte Säcke gefüllt.
Der Bürgermeister sagt, dass die Arbeiten im Frühling beginnen und zwei Jahre dauern werden.
Die Bauern geben einen Teil ihrer Wiesen her und bekommen dafür anderes Land hinter der Straße.
Das Geld kommt zur Hälfte vom Land, die andere Hälfte zahlt die Gemeinde selbst aus ihren Rücklagen.
Fachleute haben berechnet, dass der Deich auch ein Hochwasser aushält, wie es alle hundert Jahre kommt.
Einige Bewohner fürchten um den Blick auf den Fluss, doch die meisten haben dem Plan zugestimmt.
Hinter dem Deich entsteht ein Weg, auf dem Kinder mit dem Rad zur Schule fahren können.
Die alte Mühle bleibt stehen und wird von einer eigenen Mauer geschützt.
Im Herbst will der Rat noch einmal über die Kosten sprechen, die seit dem Sommer gestiegen sind."""


def interrupt(newsroom: Weekly, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, place, stop)
        with pytest.raises(KeyboardInterrupt):
            newsroom.since(None)


@pytest.mark.parametrize(
    "place", ["place_new", "group_new", "already_carried", "write_drafts", "keep_report"]
)
def test_the_report_keeps_what_an_interrupted_run_lost(
    newsroom: Weekly, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    first = newsroom.write("tarrow", "Hack", HACK)
    newsroom.write("meridian", "Hack", HACK)
    newsroom.write("harbour", "Short", "Only a few words.")
    newsroom.write("harbour", "Deich", GERMAN)
    undisturbed = Weekly(newsroom.folder / "undisturbed")
    undisturbed.pages = dict(newsroom.pages)
    wanted = {(lost.url, lost.stage, lost.reason) for lost in undisturbed.since(None).dropped}
    assert {stage for _, stage, _ in wanted} == {"extract", "dedupe"}

    interrupt(newsroom, monkeypatch, place)
    newsroom.now += timedelta(hours=1)
    report = newsroom.since(None)
    assert len(report.dropped) == len(wanted)
    assert {(lost.url, lost.stage, lost.reason) for lost in report.dropped} == wanted
    assert any("interrupted" in note for note in report.notes)
    assert "### extract: 1" in page(newsroom)
    assert [draft for draft, _ in report.drafts] in ([first], [])
    newsroom.now += timedelta(hours=1)
    assert newsroom.since(None).dropped == ()


def test_of_several_interrupted_runs_every_loss_is_kept_but_what_came_in_since(
    newsroom: Weekly, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write("harbour", "Short", "Only a few words.")
    interrupt(newsroom, monkeypatch, "group_new")
    newsroom.now += timedelta(hours=1)
    newsroom.write("tarrow", "Shorter", "Fewer words.")
    interrupt(newsroom, monkeypatch, "group_new")
    newsroom.now += timedelta(hours=1)
    report = newsroom.since(None)
    assert sorted(lost.url for lost in report.dropped) == [
        "https://harbour.example/short",
        "https://tarrow.example/shorter",
    ]
    assert isinstance(report.started, datetime)


# -- what another feed adds ----------------------------------------------------------------------------------

ADDED = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "podcast": "https://podcastindex.org/namespace/1.0",
}


def feed_of(inner: str) -> bytes:
    names = " ".join(f'xmlns:{name}="{space}"' for name, space in ADDED.items())
    item = f"<item><title>Kiln</title><link>https://tarrow.example/kiln</link>{inner}</item>"
    return f'<rss version="2.0" {names}><channel><title>T</title>{item}</channel></rss>'.encode()


def test_a_page_that_was_walled_comes_in_with_the_text_of_another_feed(newsroom: Weekly) -> None:
    wall = b"<html><body><article><p>This article is for subscribers only.</p></article></body></html>"
    newsroom.bodies["https://tarrow.example/kiln"] = wall
    newsroom.bodies["https://tarrow.example/feed"] = feed_of("")
    (lost,) = newsroom.since(7).dropped
    assert "paywall" in lost.reason
    text = "".join(f"<p>{line}</p>" for line in WORDS)
    newsroom.bodies["https://harbour.example/feed"] = feed_of(
        f"<content:encoded><![CDATA[{text}]]></content:encoded>"
    )
    newsroom.later(1)
    (made,) = newsroom.since(7).drafts
    assert made[1] == "Kiln"
    assert newsroom.since(7).dropped == ()


def test_a_feed_that_names_no_transcript_takes_none_away(newsroom: Weekly) -> None:
    spoken = "\n\n".join(f"00:{at:02}:00.000 --> 00:{at:02}:30.000\n{line}" for at, line in enumerate(WORDS))
    newsroom.bodies["https://tarrow.example/kiln"] = b"<html><body><p>Listen now.</p></body></html>"
    newsroom.bodies["https://tarrow.example/kiln.vtt"] = f"WEBVTT\n\n{spoken}".encode()
    told = '<podcast:transcript url="https://tarrow.example/kiln.vtt" type="text/vtt"/>'
    newsroom.bodies["https://tarrow.example/feed"] = feed_of(told)
    newsroom.bodies["https://meridian.example/feed"] = feed_of("")
    assert len(newsroom.since(7).drafts) == 1


def test_a_feed_whose_settings_were_changed_is_read_again_though_it_did_not_change(newsroom: Weekly) -> None:
    newsroom.add("Old story", day=-1, site="harbour")
    url = "https://harbour.example/old-story"
    newsroom.bodies["https://harbour.example/feed"] = FEED
    issue = f"<item><link>https://tarrow.example/1</link><description>&lt;a href='{url}'&gt;A story"
    newsroom.bodies["https://tarrow.example/feed"] = (
        f"<rss version='2.0'><channel><title>T</title>{issue}&lt;/a&gt;</description></item></channel></rss>"
    ).encode()
    assert newsroom.since(7).drafts == ()
    settings = newsroom.folder / "feeds.yaml"
    said = settings.read_text("utf-8").replace(
        "- https://tarrow.example/feed", "- {url: https://tarrow.example/feed, kind: roundup}"
    )
    settings.write_text(said, "utf-8")
    report = newsroom.since(7)
    assert (statuses(report)[0], len(report.drafts)) == ("ok", 1)


def test_what_was_lost_while_the_clock_was_wrong_is_tried_again(newsroom: Weekly) -> None:
    newsroom.add("Kept", day=0)
    (url,) = newsroom.pages
    feed = newsroom._feed("tarrow")
    kept = newsroom.pages.pop(url)
    newsroom.bodies["https://tarrow.example/feed"] = feed
    newsroom.later(400)
    assert "connection refused" in newsroom.since(None).dropped[0].reason
    newsroom.later(-400)
    newsroom.pages[url] = kept
    assert len(newsroom.since(None).drafts) == 1
