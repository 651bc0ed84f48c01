"""The issue, the index and the report."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from digest.issues.pages import issue_date, issue_json, render_index, render_issue, render_report
from digest.issues.pages.issue import MOST_LINES
from digest.issues.shown_issues import shown_issue
from digest.records import (
    Dropped,
    Entry,
    FeedHealth,
    Issue,
    IssueEntry,
    Origin,
    PublishedEntry,
    Reference,
    RunReport,
    SignalRow,
    StageTime,
)

MOMENT = datetime(2026, 11, 22, 5, 4, tzinfo=UTC)
HOSTILE = "*a* | `b` <script>alert(1)</script> [c](javascript:d) &amp; #"


def entry(title: str = "Rivers Freeze Late") -> Entry:
    return Entry(
        title=title,
        origin=Origin("20261119", "https://letters.example/p/20261119"),
        url="https://news.example/a_b",
        summary="Rivers freeze 12 days later.",
        keywords=("ice",),
        themes=("Climate",),
        signals=(
            SignalRow("Ice comes 12 days later", "From fixed to moving", "No ice roads", "Warm autumns"),
        ),
        closest=(Reference("Lakes Follow", "0" * 32),),
        sources=(Reference("Ice Comes Late", "https://other.example/ice"),),
    )


def issue(*entries: IssueEntry, name: str = "20261122", title: str = "Weak Signals") -> Issue:
    return Issue(name, title, "https://letters.example/", "en", entries)


def html(page: str) -> str:
    return MarkdownIt("js-default").render(page)


def test_an_issue_opens_with_a_line_a_theme_and_has_its_stories_by_theme() -> None:
    quiet = replace(entry("Nothing New"), signals=())
    page = render_issue(
        issue(
            IssueEntry("b" * 32, entry("Banks Close"), "Money"),
            IssueEntry("a" * 32, entry(), "Climate"),
            IssueEntry("d" * 32, quiet, "Climate"),
            IssueEntry("c" * 32, entry("Ice Roads End"), "Climate"),
        )
    )
    assert page.startswith(
        "# Weak Signals\n\n**Issue of 22 November 2026** · 4 stories · 2 themes\n\n"
        f"* **Climate**: Ice comes 12 days later ([Rivers Freeze Late](../entries/{'a' * 32}.md), 20261119)\n"
        "* **Money**: "
    )
    overview = page.split("## ")[0]
    assert overview.count("* **") == 2
    places = [
        page.index(each)
        for each in ("## Climate", "[Ice Roads End](http", "## More", "[Banks Close](http", "## Also read")
    ]
    assert places == sorted(places)
    assert page.index("## Also read") < page.index("[Nothing New](http")
    assert (
        "### [Banks Close](https://news.example/a_b)\n\nFrom [20261119](https://letters.example/p/20261119)"
        in page
    )
    assert f"* [Lakes Follow](../entries/{'0' * 32}.md)" in page
    assert "* [Ice Comes Late](https://other.example/ice)" in page
    assert page.endswith("[Weak Signals](https://letters.example/)\n")


def test_an_issue_counts_the_themes_it_opens_with() -> None:
    quiet = replace(entry("Nothing New"), signals=())
    of_change, without = IssueEntry("a" * 32, entry(), "Climate"), IssueEntry("b" * 32, quiet, "Money")
    assert "** · 2 stories · 1 theme\n" in render_issue(issue(of_change, without))
    assert "** · 1 story\n" in render_issue(issue(without))


def test_an_overview_is_read_in_a_minute_and_has_the_order_of_the_stories() -> None:
    of_one = [IssueEntry(f"{at:032x}", entry(f"Story {at}"), f"Theme {at}") for at in range(20)]
    late = [IssueEntry(f"{at:032x}", entry(f"Story {at}"), "Ferries") for at in (30, 31)]
    page = render_issue(issue(*of_one, *late))
    overview, *sections = page.split("\n\n## ")
    lines = [line for line in overview.splitlines() if line.startswith("* ")]
    assert [line.split("**")[1] for line in lines] == [
        *("Ferries", *(f"Theme {at}" for at in range(MOST_LINES - 1))),
        "Further themes",
    ]
    named = re.findall(r"\[(Theme \d+)\]\(\.\./entries/(\w+)\.md\)", lines[-1])
    assert named == [(f"Theme {at}", f"{at:032x}") for at in range(MOST_LINES - 1, 20)]
    assert [each.split("\n")[0] for each in sections] == ["Ferries", "More"]
    # One theme more than there are lines has its own.
    page = render_issue(issue(*of_one[: MOST_LINES + 1]))
    assert "Further themes" not in page
    assert page.count("\n* **Theme") == MOST_LINES + 1


def test_an_issue_leads_to_what_it_leaves_out() -> None:
    made = issue(IssueEntry("a" * 32, entry(), "Climate"))
    page = render_issue(made, left_out="20261122.blind-spots.md")
    assert "[What this issue leaves out, and why](20261122.blind-spots.md)" in page.rpartition("---")[2]
    assert "blind-spots" not in render_issue(made)


def test_one_story_is_counted_as_one() -> None:
    assert "· 1 story · 1 theme\n" in render_issue(issue(IssueEntry("a", entry(), "")))


def test_an_issue_without_entries_says_so() -> None:
    assert "There are no stories in this issue." in render_issue(issue())


def test_hostile_words_stay_words_everywhere() -> None:
    each = IssueEntry("a" * 32, entry(HOSTILE), HOSTILE)
    edition = issue(each, title=HOSTILE)
    report = RunReport(
        issue="20261122",
        started=MOMENT,
        feeds=(
            FeedHealth("javascript:alert(1)", HOSTILE, "broken", 0, HOSTILE, MOMENT, "https://e.org/<b>|"),
        ),
        stages=(StageTime(HOSTILE, 1, 1, 0, 0.1),),
        dropped=(Dropped("https://e.org/<b>*|\n", HOSTILE, HOSTILE), Dropped("", "", "")),
        stories=((HOSTILE, (HOSTILE,)),),
        drafts=(("a" * 32, HOSTILE),),
        notes=(HOSTILE, "two\nlines"),
    )
    for page in (render_issue(edition), render_index([edition]), render_report(report)):
        assert "<script" not in html(page)
        assert "<em>" not in html(page)
        assert 'href="javascript' not in html(page)
        assert HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html(page)


def test_an_issue_as_json_has_every_field() -> None:
    plain = issue_json(issue(IssueEntry("a" * 32, entry(), "Climate")))
    assert json.loads(json.dumps(plain)) == plain
    assert plain["issue"] == "20261122"
    row = plain["entries"][0]
    assert (row["id"], row["theme"], row["origin"]["title"]) == ("a" * 32, "Climate", "20261119")
    assert set(row["signals"][0]) == {"signal", "change", "horizon_10y", "driving_force"}
    assert row["closest"] == [{"id": "0" * 32, "title": "Lakes Follow"}]


def test_the_index_and_the_json_list_stories_as_their_issue_prints_them() -> None:
    quiet = replace(entry("Nothing New"), signals=())
    of_money = replace(entry("Banks Close"), themes=("Money",))
    told = {"b": of_money, "d": quiet, "a": entry(), "c": entry("Lakes Follow")}
    edition = issue(*(IssueEntry(at * 32, each, each.themes[0]) for at, each in told.items()))
    shown = shown_issue("20261122", [PublishedEntry(at * 32, "20261122", each) for at, each in told.items()])
    printed = re.findall(r"^#{3,} \[([^]]*)", render_issue(edition), re.MULTILINE)
    assert printed == ["Rivers Freeze Late", "Lakes Follow", "Banks Close", "Nothing New"]
    assert [each["title"] for each in issue_json(edition)["entries"]] == printed
    for each in (edition, shown):
        assert re.findall(r"^\* \[([^]]*)", render_index([each]), re.MULTILINE) == printed


def test_the_index_lists_the_newest_issue_first() -> None:
    page = render_index([issue(IssueEntry("a" * 32, entry(), "")), issue(name="20261129", title="Newer")])
    assert page.startswith(
        "# Newer\n\n2 issues · 1 entry\n\n## [29 November 2026](issues/20261129.md)\n\nNo entries."
    )
    assert f"* [Rivers Freeze Late](entries/{'a' * 32}.md)\n" in page
    assert render_index([], title="Weak Signals") == "# Weak Signals\n\n0 issues · 0 entries\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("20261122", "22 November 2026"),
        ("20250511d", "11 May 2025 (d)"),
        ("special", "special"),
        ("20269999", "20269999"),
    ],
)
def test_an_issue_is_dated_by_its_name(name: str, said: str) -> None:
    assert issue_date(name) == said


def test_the_report_says_what_came_in_and_what_was_lost() -> None:
    report = RunReport(
        issue="20261122",
        started=MOMENT,
        feeds=(
            FeedHealth("https://a.example/feed", "Alpha", "ok", 3),
            FeedHealth(
                "https://b.example/feed", "Beta", "broken", 0, "HTTP 410", MOMENT, "https://c.example/feed"
            ),
        ),
        stages=(StageTime("fetch", 1200, 1198, 2, 3.21),),
        dropped=(
            Dropped("https://x.example/1", "fetch", "timed out", True),
            Dropped("https://x.example/2", "fetch", "HTTP 404"),
            Dropped("https://x.example/3", "fetch", "HTTP 404"),
            Dropped("https://x.example/4", "extract", "38 words of main text"),
        ),
        stories=(("Lead", ("Other (x.example)",)),),
        drafts=(("a" * 32, "Lead"),),
        notes=("the model was not reached",),
    )
    page = render_report(report)
    assert "Run of 2026-11-22 05:04 UTC · 2 feeds, 1 broken · 4 dropped · 1 draft\n" in page
    assert page.index("| Beta") < page.index("| Alpha")
    assert "2026-11-22 05:04 UTC" in page
    assert "<https://c.example/feed>" in page
    assert "| fetch   | 1,200 | 1,198  | 2         | 3.2       |" in page
    assert "### fetch: 3\n\nHTTP 404: 2\n\n* <https://x.example/2>\n* <https://x.example/3>\n\n" in page
    assert "timed out: 1 (the next run tries again)\n\n* <https://x.example/1>\n" in page
    assert "* Lead\n  * Other (x.example)\n" in page
    assert f"* [Lead](../drafts/20261122/{'a' * 32}.md)" in page


def test_a_report_of_nothing_is_short() -> None:
    page = render_report(RunReport("20261122", MOMENT, (), (), ()))
    assert page == (
        "# Report on the issue of 22 November 2026\n\n"
        "Run of 2026-11-22 05:04 UTC · 0 feeds · 0 dropped · 0 drafts\n"
    )
