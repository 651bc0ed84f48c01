"""The newsletter as a folder of linked pages."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from browsers import SCHEMES, browser, is_too_wide, keep_picture, opened, violations
from playwright.sync_api import Browser, expect

from digest.issues.shown_issues import shown_of
from digest.issues.site import Site, told_left_out, write_site, written_reviews
from digest.issues.site.maps import year_ahead
from digest.issues.site.tree import MOST_AHEAD
from digest.issues.site.writing import MADE
from digest.issues.trends import trends
from digest.issues.trends.trending import map_of
from digest.records import (
    Entry,
    Issue,
    IssueEntry,
    Origin,
    PublishedEntry,
    Reference,
    SignalRow,
)

__all__ = ["browser"]

NAMES = ("20261101", "20261108", "20261115")
LINK = re.compile(r'(?:href|src)="([^"]*)"')
ENTRY_PAGE = "../entries/{:032x}.md"
"""How a review leads to an entry."""


def entry(number: int, theme: str, *, closest: tuple[str, ...] = (), title: str = "") -> IssueEntry:
    made = Entry(
        title=title or f"Ferries replace ice road {number}",
        origin=Origin("The Harbour Gazette", "https://gazette.example/"),
        url=f"https://gazette.example/{number}",
        summary="The town voted for ferries.",
        keywords=("ferries", "ice roads", f"word {number}"),
        themes=(theme, "Shipping"),
        signals=(SignalRow("Ferries start at Orrmouth", "–", "by 2031", "Warm autumns"),),
        closest=tuple(Reference("Another", each) for each in closest),
    )
    return IssueEntry(f"{number:032x}", made, theme)


def issues() -> list[Issue]:
    return [
        Issue(
            name,
            "The Week",
            "",
            "en",
            tuple(entry(10 * at + n, theme) for n, theme in enumerate(("Schools", "Soil & <water>", "土壌"))),
        )
        for at, name in enumerate(NAMES)
    ]


def write(found: list[Issue], output: Path) -> int:
    published = [PublishedEntry(each.id, issue.name, each.entry) for issue in found for each in issue.entries]
    whole = {issue.name: issue for issue in found}.__getitem__
    shown = shown_of(published).issues
    found_trends = trends(published)
    site = Site(
        shown,
        found_trends,
        whole,
        title="The Week",
        language="en",
        map_svg=map_of(found_trends),
        reviews=written_reviews(output),
        left_out=told_left_out(output),
    )
    return write_site(site, output)


def pages(output: Path) -> dict[str, str]:
    folder = output / "site"
    files = [each for each in folder.rglob("*") if each.is_file()]
    return {each.relative_to(folder).as_posix(): each.read_text("utf-8") for each in files}


def write_beside(output: Path) -> None:
    """A review, and what an issue leaves out, as files beside the site; both name what is not there."""
    (output / "reviews").mkdir(parents=True)
    (output / "issues").mkdir()
    rows = "\n".join(
        f"| keyword {n} | {n} | 1 November 2026 | well-known and growing ever since |" for n in range(3)
    )
    (output / "reviews" / "schools-2026.md").write_text(
        "# Schools 2026: a review\n\n1 November 2026 · 3 entries\n\n"
        f"* Ferries start ([Ferries]({ENTRY_PAGE.format(1)}))\n* Gone ([Trams]({ENTRY_PAGE.format(777)}))\n"
        "* By hand: [notes](../notes.md), [more](https://gazette.example/more)\n\n"
        "## Keywords over time\n\n| Keyword | Entries | First seen | Standing |\n|:--|--:|:--|:--|\n"
        f"{rows}\n",
        "utf-8",
    )
    (output / "reviews" / "My own notes.md").write_text("# Mine", "utf-8")
    (output / "issues" / f"{NAMES[1]}.blind-spots.md").write_text(
        "# What the issue of 8 November 2026 leaves out\n\n## Dropped, and why\n\n"
        f"**fetch: HTTP 404** · 1 link\n\n* https://gone.example/{'long' * 40}\n",
        "utf-8",
    )


def test_no_link_is_dead_and_all_are_relative(tmp_path: Path) -> None:
    write_beside(tmp_path)
    write(issues(), tmp_path)
    found = pages(tmp_path)
    made = [name for name in found if name.endswith(".html")]
    assert {"index.html", "themes.html", "keywords.html", "trends.html", "search.html"} <= set(made)
    assert {"reviews.html", "reviews/schools-2026.html", f"left-out/{NAMES[1]}.html"} <= set(made)
    assert len(made) == 5 + 3 + 9 + 4 + 3
    for name in made:
        html5lib.HTMLParser(strict=True).parse(found[name])
        for link in LINK.findall(found[name]):
            parts = urlsplit(link)
            if parts.netloc == "gazette.example":
                continue
            assert not parts.scheme, (name, link)
            target = (tmp_path / "site" / name).parent / unquote(parts.path) if parts.path else None
            assert target is None or target.resolve().is_file(), (name, link)
            if not parts.path and parts.fragment:
                assert f'id="{parts.fragment}"' in found[name], (name, link)


def test_reviews_and_what_is_left_out_are_pages_of_the_site(tmp_path: Path) -> None:
    write(issues(), tmp_path)
    before = pages(tmp_path)
    assert "reviews.html" not in before["index.html"]
    assert not [name for name, text in before.items() if "left-out/" in text]
    write_beside(tmp_path)
    write(issues(), tmp_path)
    found = pages(tmp_path)
    assert {name for name in found if found[name] != before.get(name)} == {
        *("index.html", "reviews.html", "reviews/schools-2026.html"),
        *(f"issues/{NAMES[1]}.html", f"left-out/{NAMES[1]}.html", MADE),
    }
    assert 'href="reviews.html"' in found["index.html"]
    assert "Schools 2026: a review" in found["reviews.html"]
    assert "1 November 2026 · 3 entries" in found["reviews.html"]
    review = found["reviews/schools-2026.html"]
    assert LINK.findall(review.partition("<main>")[2]) == [
        f"../entries/{1:032x}.html",
        "https://gazette.example/more",
        "../reviews.html",
    ]
    assert "Gone (Trams)" in review
    assert f'href="../left-out/{NAMES[1]}.html"' in found[f"issues/{NAMES[1]}.html"]
    assert "fetch: HTTP 404" in found[f"left-out/{NAMES[1]}.html"]
    assert write(issues(), tmp_path) == 0
    withdrawn = [
        replace(each, entries=each.entries[2:] if at == 0 else each.entries)
        for at, each in enumerate(issues())
    ]
    write(withdrawn, tmp_path)
    assert f"{1:032x}" not in pages(tmp_path)["reviews/schools-2026.html"]
    (tmp_path / "reviews" / "schools-2026.md").unlink()
    (tmp_path / "issues" / f"{NAMES[1]}.blind-spots.md").unlink()
    write(issues(), tmp_path)
    assert pages(tmp_path) == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    found = issues()
    assert write(found, tmp_path) == len(pages(tmp_path)) - 1
    before = pages(tmp_path)
    assert write(found, tmp_path) == 0
    first = found[0].entries[0]
    changed = replace(first, entry=replace(first.entry, summary="The town voted against them."))
    found[0] = replace(found[0], entries=(changed, *found[0].entries[1:]))
    write(found, tmp_path)
    after = pages(tmp_path)
    assert {name for name in after if after[name] != before.get(name)} == {
        MADE,
        f"entries/{first.id}.html",
        f"issues/{NAMES[0]}.html",
    }


def test_what_is_withdrawn_goes_and_nothing_leads_to_it(tmp_path: Path) -> None:
    found = issues()
    gone = found[0].entries[0].id
    linking = entry(99, "Schools", closest=(gone,))
    found[2] = replace(found[2], entries=(*found[2].entries, linking))
    write(found, tmp_path)
    assert f"../entries/{gone}.html" in pages(tmp_path)[f"entries/{linking.id}.html"]
    found[0] = replace(found[0], entries=found[0].entries[1:])
    write(found, tmp_path)
    assert not (tmp_path / "site" / "entries" / f"{gone}.html").exists()
    assert [name for name, text in pages(tmp_path).items() if f"{gone}.html" in text] == []


def test_titles_and_lists_of_themes_are_spaced_as_words_are(tmp_path: Path) -> None:
    write(issues(), tmp_path)
    made = pages(tmp_path)
    assert "<title>Themes · The Week</title>" in made["themes.html"]
    assert "<title>The Week</title>" in made["index.html"]
    themes = '<a href="../themes/schools.html">Schools</a>, <a href="../themes/shipping.html">Shipping</a>.'
    assert themes in made[f"entries/{0:032x}.html"]


def test_what_could_not_be_removed_is_removed_the_next_time(tmp_path: Path) -> None:
    write(issues(), tmp_path)
    page = tmp_path / "site" / "entries" / f"{0:032x}.html"
    text = page.read_text("utf-8")
    page.unlink()
    # What is no file cannot be removed as one.
    page.mkdir()
    changed = [replace(issue, entries=issue.entries[1:]) for issue in issues()]
    write(changed, tmp_path)
    page.rmdir()
    page.write_text(text, "utf-8")
    write(changed, tmp_path)
    assert not page.exists()


def test_killed_while_writing_and_taken_back_nothing_of_it_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(issues()[:2], tmp_path)
    before = pages(tmp_path)
    from digest.issues.site import writing

    kept = writing.write_text

    def killed(path: Path, text: str, *, within: Path) -> None:
        if path.name == "themes.html":
            raise KeyboardInterrupt
        kept(path, text, within=within)

    changed = [replace(issue, entries=issue.entries[1:]) for issue in issues()]
    with monkeypatch.context() as patched:
        patched.setattr(writing, "write_text", killed)
        with pytest.raises(KeyboardInterrupt):
            write(changed, tmp_path)
    write(issues()[:2], tmp_path)
    assert pages(tmp_path) == before


@pytest.mark.parametrize("cut", range(0, 12, 3))
def test_killed_while_writing_and_done_again_it_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    write(issues(), tmp_path / "undisturbed")
    from digest.issues.site import writing

    written: list[Path] = []
    kept = writing.write_text

    def killed(path: Path, text: str, *, within: Path) -> None:
        if len(written) == cut:
            raise KeyboardInterrupt
        written.append(path)
        kept(path, text, within=within)

    with monkeypatch.context() as patched:
        patched.setattr(writing, "write_text", killed)
        with pytest.raises(KeyboardInterrupt):
            write(issues(), tmp_path / "killed")
    write(issues(), tmp_path / "killed")
    assert pages(tmp_path / "killed") == pages(tmp_path / "undisturbed")


def searched(made: dict[str, str]) -> list[list[Any]]:
    """What the page of search looks through, in the order in which it reads its lists."""
    paths = re.findall(r'<script src="(search/[^"]+)">', made["search.html"])
    lists = [re.fullmatch(r"\(window\.ENTRIES \|\|= \[\]\)\.push\((.+)\);\n", made[path]) for path in paths]
    return [row for found in lists if found for row in json.loads(found[1])]


def test_a_new_issue_leaves_the_search_lists_of_other_months_as_they_are(tmp_path: Path) -> None:
    dated = [replace(each, name=name) for each, name in zip(issues(), ("20261129", "20261206"), strict=False)]
    write(dated[:1], tmp_path)
    before = pages(tmp_path)
    write(dated, tmp_path)
    after = pages(tmp_path)
    assert after["search/202611.js"] == before["search/202611.js"]
    assert [row[0] for row in searched(after)] == [
        each.id for issue in reversed(dated) for each in issue.entries
    ]


def test_of_a_year_with_many_signals_the_newest_are_listed(tmp_path: Path) -> None:
    rows = tuple(SignalRow(f"Plant {n} opens by 2032", "–", "–", "–") for n in range(MOST_AHEAD + 5))
    first = entry(1, "Schools")
    found = [Issue(NAMES[0], "W", "", "en", (replace(first, entry=replace(first.entry, signals=rows)),))]
    write(found, tmp_path)
    page = pages(tmp_path)["trends.html"]
    assert page.count("<li><a href=") == MOST_AHEAD
    assert f"The newest {MOST_AHEAD} of {len(rows)}" in page


def test_hostile_words_beside_the_site_stay_words(tmp_path: Path) -> None:
    write_beside(tmp_path)
    bad = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> {{ 7*7 }}"
    (tmp_path / "reviews" / "bad.md").write_text(f"# {bad}\n\n{bad}\n\n* {bad}\n", "utf-8")
    (tmp_path / "issues" / f"{NAMES[0]}.blind-spots.md").write_text(f"# {bad}\n\n* {bad}\n", "utf-8")
    write(issues(), tmp_path)
    found = pages(tmp_path)
    for name in ("reviews.html", "reviews/bad.html", f"left-out/{NAMES[0]}.html"):
        html5lib.HTMLParser(strict=True).parse(found[name])
        assert "<script>alert" not in found[name]
        assert not re.search(r"<[^>]*(?:onerror|javascript:)", found[name])
        assert ">49<" not in found[name]


def test_hostile_titles_stay_words(tmp_path: Path) -> None:
    hostile = [
        "</script><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
        "\u2028 x",
    ]
    found = [
        Issue(NAMES[0], "<b>W</b>", "", "en", tuple(entry(n, t, title=t) for n, t in enumerate(hostile)))
    ]
    write(found, tmp_path)
    for name, text in pages(tmp_path).items():
        assert "<script>alert" not in text, name
        assert "<img" not in text or name.startswith("search/"), name
        assert ">49<" not in text
    assert [row[1] for row in searched(pages(tmp_path))] == [
        "</script><script>alert(1)</script>",
        *hostile[1:3],
        "x",
    ]


@pytest.mark.parametrize(
    ("horizon", "year"),
    [
        ("by 2030", 2030),
        ("within five years", 2031),
        ("in the next 10 years", 2036),
        ("over twenty years", 2046),
        ("within a few years", 0),
        (f"within {'9' * 5000} years", 0),
        ("since 2019", 0),
        ("soon", 0),
    ],
)
def test_years_ahead_are_read(horizon: str, year: int) -> None:
    assert year_ahead(horizon, 2026) == year


def test_one_theme_has_one_page_however_it_is_written(tmp_path: Path) -> None:
    names = ("Women's health", "Women’s Health", "..", "😀")
    made = tuple(entry(number, name) for number, name in enumerate(names))
    write([Issue(NAMES[0], "W", "", "en", made)], tmp_path)
    themes = [text for name, text in pages(tmp_path).items() if name.startswith("themes/")]
    assert sorted(text.count("<li>") for text in themes) == [1, 1, 2, 4]


def test_what_a_signal_says_of_a_year_ahead_is_on_the_map(tmp_path: Path) -> None:
    first = entry(1, "Schools")
    row = SignalRow("Grell converts its works by 2032, as planned in 2019", "–", "–", "–")
    found = [Issue(NAMES[0], "W", "", "en", (replace(first, entry=replace(first.entry, signals=(row,))),))]
    write(found, tmp_path)
    page = pages(tmp_path)["trends.html"]
    assert "<h3>2032</h3>" in page
    assert "2019</h3>" not in page


@pytest.mark.parametrize(
    "name",
    [
        *("index", "themes", "keywords", "trends", "search", "reviews"),
        "entries/",
        "issues/",
        "reviews/",
        "left-out/",
    ],
)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_are_good_to_look_at(browser: Browser, tmp_path: Path, name: str, scheme: str) -> None:
    write_beside(tmp_path)
    write(issues(), tmp_path)
    folder = tmp_path / "site"
    path = sorted((folder / name).glob("*"))[0] if name.endswith("/") else folder / f"{name}.html"
    for width in (1280, 390):
        with opened(browser, path, width=width, scheme=scheme) as shown:
            assert not is_too_wide(shown)
            assert violations(shown) == []
            keep_picture(shown, f"site-{name.rstrip('/')}-{width}-{scheme}", tmp_path)


def test_the_search_finds_by_beginnings_of_words(browser: Browser, tmp_path: Path) -> None:
    found = issues()
    first = found[1].entries[1]
    other = replace(first, entry=replace(first.entry, title="Café owners strike", signals=()))
    marked = replace(
        other, id="f" * 32, entry=replace(first.entry, title="Łódź, Øresund, Größe, Ærobus, Đakovo")
    )
    found[1] = replace(found[1], entries=(found[1].entries[0], other, found[1].entries[2], marked))
    write(found, tmp_path)
    with opened(browser, tmp_path / "site" / "search.html", width=800, scheme="light") as shown:
        shown.locator("#words").fill("cafe stri")
        assert shown.locator("#found li a").all_inner_texts() == ["Café owners strike"]
        assert shown.locator("#count").inner_text() == "1 entry"
        shown.locator("#words").fill("nothing of the kind")
        assert shown.locator("#count").inner_text() == "0 entries"
        for asked in ("lodz", "Łódź", "oresund", "Øresund", "grosse", "GRÖSSE", "aerobus", "dakovo"):
            shown.locator("#words").fill(asked)
            assert shown.locator("#found li a").all_inner_texts() == ["Łódź, Øresund, Größe, Ærobus, Đakovo"]
        shown.locator("#words").fill("ferries")
        shown.locator("#found li a >> nth=0").click()
        expect(shown.locator("h1")).to_contain_text("Ferries replace")
    path = tmp_path / "site" / "keywords.html"
    with opened(browser, path, width=800, scheme="light") as shown:
        shown.get_by_role("link", name="ice roads").click()
        expect(shown.locator("#count")).to_have_text("10 entries")


def test_the_trends_lead_to_keywords_as_the_search_knows_them(tmp_path: Path) -> None:
    found = issues()
    changed = [
        replace(each, entry=replace(each.entry, keywords=("women’s shelters", "C#")))
        for each in found[0].entries
    ]
    write([replace(found[0], entries=tuple(changed))], tmp_path)
    made = pages(tmp_path)
    (keys,) = {tuple(row[6]) for row in searched(made)}
    linked = {unquote(key) for key in re.findall(r'search.html#keyword:([^"]+)"', made["trends.html"])}
    assert linked == {*keys, "c#"}


def test_a_keyword_has_one_count_wherever_it_is_listed(browser: Browser, tmp_path: Path) -> None:
    words = (("Ferry", "Zebras"), ("Ferries", "ferry"), ("FERRIES", "øre"), ("Ferries", "zebra"))
    (first, *_) = issues()
    plain = replace(first.entries[0].entry, title="Trams", summary="Trams.", signals=())
    entries = [
        IssueEntry(f"{at:032x}", replace(plain, keywords=(*names, "øre", "Apples")), "Schools")
        for at, names in enumerate(words)
    ]
    # Says the word, and does not list it.
    entries.append(IssueEntry("f" * 32, replace(plain, title="Ferries and zebras", keywords=()), "Schools"))
    write([replace(first, entries=tuple(entries))], tmp_path)
    listed = re.findall(
        r'<a href="search.html#keyword:([^"]+)">([^<]+)</a> <span class="quiet">(\d+)<',
        pages(tmp_path)["keywords.html"],
    )
    assert listed == [
        ("apple", "Apples", "4"),
        ("ferry", "Ferries", "4"),
        ("%C3%B8re", "øre", "4"),
        ("zebra", "Zebras", "2"),
    ]
    path = tmp_path / "site" / "keywords.html"
    for _, name, count in listed:
        with opened(browser, path, width=800, scheme="light") as shown:
            shown.get_by_role("link", name=name, exact=True).click()
            expect(shown.locator("#count")).to_have_text(f"{count} entries")


def test_a_review_on_the_site_has_the_map_of_its_entries(tmp_path: Path) -> None:
    write_beside(tmp_path)
    found = issues()
    write(found, tmp_path)
    path = tmp_path / "site" / "reviews" / "schools-2026.html"
    assert "<svg" not in path.read_text("utf-8")
    ids = [each.id for issue in found for each in issue.entries]
    bullets = "".join(f"* [One](../entries/{each}.md)\n" for each in ids)
    (tmp_path / "reviews" / "schools-2026.md").write_text(f"# Schools 2026: a review\n\n{bullets}", "utf-8")
    write(found, tmp_path)
    whole = path.read_text("utf-8")
    assert "<svg" in whole
    html5lib.HTMLParser(strict=True).parse(whole)
