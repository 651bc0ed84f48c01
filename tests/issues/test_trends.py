"""Themes and keywords over time: counts, growth and standing as worked out by hand."""

from dataclasses import replace

import pytest
from archive_pages import MadeArchive, Wave, entry_of_wave

from digest.issues.trends import trends
from digest.issues.trends.emergence import degrees, mean_growth
from digest.issues.trends.theme_counts import folded
from digest.language.addresses import entry_id
from digest.records import Entry, Origin, PublishedEntry, Reference, SignalRow, TrendLine

# Entries an issue of four keywords over three issues; the archive has 10, 10 and 10.
GOLDEN = MadeArchive(
    [
        Wave("rising often", "A", (2, 4, 6), ("a.example", "b.example")),
        Wave("rising rarely", "B", (0, 1, 2), ("a.example",)),
        Wave("steady often", "C", (6, 4, 1)),
        Wave("steady rarely", "D", (2, 1, 1)),
    ]
).entries


def line(entries: list[PublishedEntry], name: str, **options: object) -> TrendLine:
    found = trends(entries, **options)  # type: ignore[arg-type]
    return next(each for each in found.lines if each.name == name)


def entry(issue: str, number: int, **fields: object) -> PublishedEntry:
    url = f"https://a.example/{issue}/{number}"
    made = Entry("T", Origin(issue, "https://l.example/"), url, "S.", (), (), (), ())
    return PublishedEntry(entry_id(url), issue, replace(made, **fields))  # type: ignore[arg-type]


def test_the_golden_case_has_the_numbers_worked_out_by_hand() -> None:
    found = trends(GOLDEN)
    assert [(each.entries, each.issues) for each in found.periods] == [(10, 1), (10, 1), (10, 1)]
    assert found.growth == 0
    assert found.note == ""
    keywords = {each.name: each for each in found.lines if each.kind == "keyword"}
    rising = keywords["rising often"]
    assert rising.entries == rising.articles == rising.mentions == (2, 4, 6)
    assert (rising.first_issue, rising.last_issue, rising.issues) == ("20250115", "20250316", 3)
    # (6.5 / 2.5) ** (1 / 2) - 1, and the same against an archive that does not grow.
    assert rising.growth == pytest.approx(0.612452)
    assert rising.relative_growth == pytest.approx(0.612452)
    # Degrees of diffusion: 2.5 / 10 x .9, 4.5 / 10 x .95, 6.5 / 10 x 1.
    assert degrees((2, 4, 6), (10, 10, 10)) == pytest.approx([0.225, 0.4275, 0.65])
    assert rising.diffusion is not None
    assert rising.diffusion.growth == pytest.approx((0.65 / 0.225) ** 0.5 - 1)
    assert rising.diffusion.frequency == 4
    # Means 4, 1, 11/3, 4/3: median 2.5. Growth 70, 136, -49 and -18 percent: median 26.
    assert {name: each.diffusion.standing for name, each in keywords.items() if each.diffusion} == {
        "rising often": "strong signal",
        "rising rarely": "weak signal",
        "steady often": "well-known",
        "steady rarely": "latent",
    }
    assert [each.name for each in found.lines if each.kind == "keyword"] == list(keywords)


def test_spread_is_the_chance_that_two_articles_have_different_publishers() -> None:
    assert (line(GOLDEN, "rising rarely").publishers, line(GOLDEN, "rising rarely").spread) == (1, 0)
    # 6 of a.example and 6 of b.example.
    assert (line(GOLDEN, "rising often").publishers, line(GOLDEN, "rising often").spread) == (2, 0.5)


def test_growth_is_told_against_the_archives() -> None:
    made = MadeArchive([Wave("same pace", "A", (1, 2, 4)), Wave("other", "B", (9, 18, 36))]).entries
    found = trends(made)
    assert found.growth == pytest.approx(mean_growth((10, 20, 40)))
    same = line(made, "same pace")
    assert same.growth == pytest.approx((4.5 / 1.5) ** 0.5 - 1)
    assert same.relative_growth == pytest.approx((1 + (4.5 / 1.5) ** 0.5 - 1) / (40.5 / 10.5) ** 0.5 - 1)


def test_a_keyword_is_found_in_the_text_too_and_said_as_often_as_it_stands_there() -> None:
    rows = (SignalRow("A Sand-Battery was lit", "", "", ""),)
    entries = [
        entry("20250101", 1, keywords=("sand batteries",)),
        entry("20250201", 1, summary="Sand batteries sell. A sand battery is cheap.", signals=rows),
        entry("20250301", 1, summary="The sand. Battery makers agree."),
        entry("20250401", 1, keywords=("Sand battery",), title="Heat"),
        entry("20250501", 1, keywords=("sand batteries", "Sand Batteries")),
    ]
    found = line(entries, "sand batteries", min_entries=1)
    assert found.entries == (1, 1, 0, 1, 1)
    assert found.mentions == (1, 3, 0, 1, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sand-Batteries", "sand battery"),
        ("Heat pumps", "HEAT PUMP"),
        ("glasses", "glass"),
        ("Café", "CAFÉ"),
        ("Café", "Cafe\u0301"),
        ("women’s shelters", "Women's shelter"),
        ("Disney+", "disney+"),
        ("gas", "gas"),
        ("crisis", "crisis"),
    ],
)
def test_writings_of_one_name_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("C++", "C#"), ("C++", "C"), ("Disney+", "Disney"), ("Wi-Fi 6", "Wi-Fi 7")]
)
def test_names_that_a_sign_tells_apart_are_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_all_sources_of_a_story_count_as_articles_and_publishers() -> None:
    sources = (Reference("x", "https://b.example/1"), Reference("y", "https://www.c.example/2"))
    entries = [entry(f"2025010{day}", 1, themes=("Energy",), sources=sources) for day in (1, 2, 3)]
    found = line(entries, "Energy")
    assert (found.entries, found.articles, found.publishers) == ((1, 1, 1), (2, 2, 2), 2)


def test_what_is_first_seen_is_listed_by_issue_newest_first_without_the_oldest() -> None:
    made = MadeArchive(
        [Wave("old", "A", (1, 1, 1)), Wave("new", "B", (0, 2, 1)), Wave("newest", "A", (0, 0, 1))]
    )
    found = trends(made.entries)
    assert [(each.name, each.kind, each.issue, each.entries) for each in found.first_seen] == [
        ("newest", "keyword", "20250316", 1),
        ("new", "keyword", "20250214", 3),
        ("B", "theme", "20250214", 3),
    ]


def test_without_enough_history_nothing_is_said_about_growth() -> None:
    two = [each for each in GOLDEN if each.issue < "20250301"]
    found = trends(two)
    assert found.note.startswith("2 published issues in 2 periods: growth and emergence need at least 3")
    assert found.growth is None
    assert {(each.growth, each.diffusion) for each in found.lines} == {(None, None)}
    assert [each.name for each in found.lines][:4] == ["C", "steady often", "A", "rising often"]
    assert trends([]).lines == ()


def test_periods_are_the_shortest_that_are_not_too_many() -> None:
    wave = Wave("k", "T", ())
    issues = [f"{2020 + number // 12}{number % 12 + 1:02}15" for number in range(36)]
    entries = [entry_of_wave(wave, issue, 0) for issue in issues]
    assert [each.name for each in trends(entries).periods][:2] == ["2020-Q1", "2020-Q2"]
    assert [each.name for each in trends(entries, by="year").periods] == ["2020", "2021", "2022"]
    assert [each.issues for each in trends(entries, by="year").periods] == [12, 12, 12]
    assert trends(entries, by="month").periods[35].name == "2022-12"
    assert len(trends(entries, by="issue").periods) == 36


def test_the_oldest_of_many_periods_keep_some_weight() -> None:
    assert min(degrees([1] * 100, [1] * 100)) > 0


def test_the_order_of_the_entries_does_not_matter() -> None:
    assert trends(list(reversed(GOLDEN))) == trends(GOLDEN)
