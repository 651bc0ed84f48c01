"""Dates as feeds write them: whole or not at all."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.entry_dates import FeedDate, day_comes_first, read_date
from digest.feeds.parse import parse_feed
from digest.feeds.select import far_off, select_entries
from digest.records import Feed, ParsedFeed

URL = "https://feeds.example.org/feed.xml"
DAY = datetime(2026, 11, 26, tzinfo=UTC)
EVENING = datetime(2026, 11, 26, 23, 22, tzinfo=UTC)


def each(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


class Limits:
    articles_per_feed_first_run = 50
    issues_per_roundup_first_run = 2


@pytest.mark.parametrize(
    "text",
    each(
        """2026|2026-11|2026/11|11/2026|2026-W48|Nov 2026|November 2026|26 November|26 Nov|Thu, 26 Nov
    |26/11|11-26
    |Q4 2026|Winter 2026|2025/26|Nov-Dec 2026|26-27 November 2026|05/11/2026|11-05-2026|26/11/26|2026-26-11
    |2026112623
    |31 Feb 2026|2026-13-01|late on 26 November 2026|2 hours ago|yesterday|0000-00-00 00:00:00|-1|12|23:22
    |26 Nov 2026 25:00|26 Nov 2026 13:00 pm"""
    ),
)
def test_what_is_not_understood_whole_is_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text",
    each(
        """2026-11-26|20261126|2026/11/26|2026.11.26|2026-W48-4|2026-330|26.11.2026|26.11.26|26/11/2026|11/26/2026
    |26 Nov 2026|26-Nov-2026|Nov 26, 2026|November 26th, 2026|Thursday, 26 November 2026|26 Nov 26|2026 Nov 26
    |26. November 2026|Donnerstag, 26. November 2026|jeudi 26 novembre 2026|26 de noviembre de 2026
    |2026年11月26日|26 November 2026 (updated)"""
    ),
)
def test_a_day_without_a_time_may_be_any_moment_of_it(text: str) -> None:
    assert read_date(text) == FeedDate(DAY, is_whole_day=True)


@pytest.mark.parametrize(
    "text",
    each(
        """2026/11/26 23:22|2026-11-26T23:22Z|2026-11-26 23:22:00|20261126T232200Z|20261126232200
    |26.11.2026 23:22
    |26.11.2026 23.22|Nov 26 2026 23:22 GMT|Nov 27 2026 00:22 CET|Thu Nov 26 23:22:00 2026|1795735320
    |Thu Nov 26 23:22:00 UTC 2026|Thu, 26 Nov 2026 18:22 EST|26/11/2026 23:22|11/26/2026 11:22 PM
    |November 26th, 2026 at 11:22 p.m.|23:22, 26 NOV 2026|26. November 2026, 23:22 Uhr|1795735320000
    |2026-11-26 23:22:00 +0000 UTC|2026-11-27T00:22+01:00[Europe/Paris]
    |Fri, 27 Nov 2026 00:22:00 +0100 (CET)|2026-11-27T00:22:00+01:00|2026-11-27 00:22:00 GMT+1
    |Thu,26 Nov 26 23:22 UT|1795735320.0"""
    ),
)
def test_a_date_with_a_time_is_a_moment(text: str) -> None:
    assert read_date(text) == FeedDate(EVENING)


@pytest.mark.parametrize(("text", "is_a_day"), [("2026-366", False), ("2028-366", True), ("2026-000", False)])
def test_a_year_has_its_own_number_of_days(text: str, is_a_day: bool) -> None:
    assert (read_date(text) is not None) == is_a_day


def test_a_time_in_a_zone_nobody_knows_is_no_more_exact_than_a_day() -> None:
    assert read_date("Thu, 26 Nov 2026 23:22:00 XYZT") == FeedDate(EVENING, is_whole_day=True)


@given(st.dates(date(1990, 1, 2), date(2099, 12, 30)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y"]))
def test_every_day_is_read_as_itself(day: date, form: str) -> None:
    found = read_date(day.strftime(form))
    assert found is not None
    assert found.moment.date() == day


@given(st.text(max_size=60) | st.text("0123456789 :/-.,+TZnovember", max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    read_date(text)


def test_how_a_feed_means_slashes_is_seen_from_its_other_dates() -> None:
    assert day_comes_first(["05/11/2026", "26/11/2026 08:00"]) is True
    assert day_comes_first(["05/11/2026", "11/26/2026"]) is False
    assert day_comes_first(["11/26/2026", "26/11/2026"]) is None
    assert day_comes_first(["05/11/2026"], "en-US") is False
    assert day_comes_first(["05/11/2026"], "de") is True
    items = "".join(f"<item><pubDate>{text}</pubDate></item>" for text in ("05/11/2026", "26/11/2026"))
    parsed = parse_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), url=URL)
    assert [entry.published for entry in parsed.entries] == [datetime(2026, 11, 5, tzinfo=UTC), DAY]


def rss(dates: Iterable[str], channel: str = "") -> ParsedFeed:
    items = "".join(f"<item><title>{text}</title><pubDate>{text}</pubDate></item>" for text in dates)
    return parse_feed(f"<rss version='2.0'><channel>{channel}{items}</channel></rss>".encode(), url=URL)


@pytest.mark.parametrize(
    ("others", "read"),
    [
        (("27.11.2026", "11/27/2026"), None),
        (("27-11-2026", "11/27/2026 10:00"), None),
        (("27.11.2026 08:00", "11-27-2026", "26.11.2026"), None),
        (("27 . 11 . 2026", "11/27/2026"), None),
        (("27.11.2026", "26.11.2026"), datetime(2026, 12, 11, tzinfo=UTC)),
        (("27/11/2026", "27.11.2026"), datetime(2026, 12, 11, tzinfo=UTC)),
        (("11/27/2026", "11-26-2026"), datetime(2026, 11, 12, tzinfo=UTC)),
        (("27 Nov 2026", "2026-11-27"), None),
    ],
)
@pytest.mark.parametrize("language", ["", "<language>en</language>"])
def test_an_order_of_which_both_are_seen_is_not_known(
    others: tuple[str, ...], read: datetime | None, language: str
) -> None:
    for dates in (("11/12/2026", *others), (*others, "11/12/2026")):
        parsed = rss(dates, language)
        entry = next(entry for entry in parsed.entries if entry.title == "11/12/2026")
        assert entry.published == read
        if read is None:
            chosen = select_entries(parsed, Feed(URL), since=DAY, is_first_run=False, settings=Limits())
            assert entry in chosen


def test_both_orders_count_for_more_than_the_language_and_the_feeds_own_date_counts_too() -> None:
    both = rss(("11/12/2026", "27.11.2026", "11/27/2026"), "<language>en-US</language>")
    assert both.entries[0].published is None
    own = rss(("11/12/2026",), "<pubDate>27/11/2026</pubDate>")
    assert own.entries[0].published == datetime(2026, 12, 11, tzinfo=UTC)


def test_where_one_date_is_not_understood_the_entrys_next_one_counts() -> None:
    entry = "<entry><published>2026</published><updated>2026-11-26T23:22:00Z</updated></entry>"
    parsed = parse_feed(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode(), url=URL)
    assert parsed.entries[0].published == EVENING
    items = [{"id": "1", "date_published": "2026-11"}, {"id": "2", "date_published": 1795735320}]
    parsed = parse_feed(json.dumps({"items": items}).encode(), url=URL)
    assert [entry.published for entry in parsed.entries] == [None, EVENING]


def test_an_entry_of_a_day_counts_until_the_day_is_over() -> None:
    body = b"<rss version='2.0'><channel><item><pubDate>2026-11-26</pubDate></item></channel></rss>"
    parsed = parse_feed(body, url=URL)
    chosen = [
        len(select_entries(parsed, Feed(URL), since=since, is_first_run=False, settings=Limits()))
        for since in (DAY + timedelta(hours=10), DAY + timedelta(hours=25))
    ]
    assert chosen == [1, 0]


def test_entries_of_yesterday_come_in_however_their_date_is_written(dev_data: Path) -> None:
    script = dev_data.parent / "cases" / "feed-dates" / "make_feed.py"
    body = subprocess.run([sys.executable, str(script)], capture_output=True, check=True).stdout
    parsed = parse_feed(body, url=URL)
    since = datetime.now(UTC) - timedelta(days=7)
    chosen = select_entries(parsed, Feed(URL), since=since, is_first_run=True, settings=Limits())
    assert len(chosen) == 5
    assert [bool(entry.published) for entry in chosen] == [True, True, False, True, True]


@pytest.mark.parametrize(
    ("days", "off"),
    [
        ((0, 1, 2, 3, 400), [4]),
        ((400, 0, 1, 2, 3), [0]),
        ((0, 7, 14, 21, -400), [4]),
        ((0, 1, 2, 3650, 3651, 3, 4, 5, 6), [3, 4]),
        ((0, 1, 2, 36 * 365), [3]),
        ((3000, 3001, 3002, 3003, 7000), [4]),
        # A feed that goes on after a pause, one that always takes its time, and too few to compare.
        ((0, 400, 401, 402), []),
        ((0, 365, 730, 1095), []),
        ((0, 7, 14, 90), []),
        ((0, 1, 2, 400, 401, 402), []),
        ((0, 400), []),
        ((0, None, 1, None, 2), []),
        ((), []),
    ],
)
def test_dates_far_off_the_others_are_found(days: tuple[int | None, ...], off: list[int]) -> None:
    items = "".join(
        f"<item><pubDate>{DAY - timedelta(days=day):%d %b %Y}</pubDate></item>"
        if day is not None
        else "<item/>"
        for day in days
    )
    entries = parse_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), url=URL).entries
    assert [entries.index(entry) for entry in far_off(entries, now=DAY)] == off
