"""Entry pages of an existing archive: they come in whole, and what is wrong with one is named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from archive_pages import MadeArchive, Wave
from entry_pages import entry_of, rows_of
from fakes import NOW, FakeEmbedder
from typer.testing import CliRunner

from digest.cli import machinery
from digest.cli.app import app
from digest.issues.importing import ImportedPages, Pages, holds_pages, import_pages, pages_in, read_pages
from digest.issues.importing.page_ids import candidates
from digest.issues.issue_files import write_imported_issues
from digest.issues.pages import read_entry, render_entry
from digest.issues.published import published_entries
from digest.issues.publishing import publish
from digest.language.addresses import entry_id
from digest.records import Entry, Newsletter, Origin, Part, Reference, SignalRow
from digest.store import Store

SECOND = (Path(__file__).parents[1] / "data" / "render" / "entry_second.md").read_text("utf-8")

ENTRY = Entry(
    title="Town Heats Homes with Sand",
    origin=Origin("20250511", "https://letter.example/p/20250511"),
    url="https://a.example/sand?utm_source=letter",
    summary="A town stores heat in sand. It pays off.",
    keywords=("sand", "heat"),
    themes=("Energy storage",),
    signals=(SignalRow("A town stores heat in sand", "More", "Everywhere", "Price"),),
    closest=(),
)


def url_of_short_id() -> tuple[str, str, str]:
    """An address whose id has eight digits and then a d, the id, and the id without that d."""
    for number in range(100_000):
        url = f"https://a.example/{number}"
        whole = entry_id(url)
        for at in range(8, 32):
            if whole[at] == "d" and whole[at - 8 : at].isdigit():
                return url, whole, whole[:at] + whole[at + 1 :]
    raise AssertionError("no such address")


def write(folder: Path, pages: dict[str, str]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name, page in pages.items():
        (folder / name).write_text(page, "utf-8")
    return sorted(folder.rglob("*.md"))


def read(folder: Path, pages: dict[str, str], **options: object) -> Pages:
    return read_pages(write(folder, pages), folder=folder, **options)  # type: ignore[arg-type]


def take(store: Store, pages: Pages) -> ImportedPages:
    return import_pages(pages.entries, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, in_memory=True)


def test_a_page_that_is_imported_and_written_again_has_the_same_bytes(store: Store, tmp_path: Path) -> None:
    url = read_entry(SECOND).url
    pages = {f"{entry_id(ENTRY.url)}.md": render_entry(ENTRY), f"{entry_id(url)}.md": SECOND}
    done = take(store, read(tmp_path / "old", pages))
    assert (len(done.added), done.known, done.refused) == (2, 0, ())
    write_imported_issues(store, tmp_path, ["20250511", "20250511d"], Newsletter("T"))
    for name, page in pages.items():
        assert (tmp_path / "entries" / name).read_text("utf-8") == page
    listed = json.loads((tmp_path / "issues" / "20250511d.json").read_text("utf-8"))["entries"]
    assert [each["category"] for each in listed] == ["technology"]
    assert "A store." in (tmp_path / "issues" / "20250511d.md").read_text("utf-8")
    assert "Town Heats Homes with Sand" in (tmp_path / "index.md").read_text("utf-8")


def test_what_turns_a_line_around_does_not_come_in_and_escapes_stay(store: Store, tmp_path: Path) -> None:
    page = render_entry(replace(ENTRY, title="Sand [a](javascript:alert(1)) <svg/onload=x> heats"))
    turned = page.replace("heats__", "\u202eheats\u2066__").replace("sand. It", "\u202esand. It")
    take(store, read(tmp_path / "old", {f"{entry_id(ENTRY.url)}.md": turned}))
    write_imported_issues(store, tmp_path, ["20250511"], Newsletter("T"))
    assert (tmp_path / "entries" / f"{entry_id(ENTRY.url)}.md").read_text("utf-8") == page


def test_real_pages_keep_all_their_fields(store: Store, tmp_path: Path, dev_data: Path) -> None:
    rows = rows_of(dev_data)
    found = read(tmp_path / "old", {f"{row['id']}.md": render_entry(entry_of(row)) for row in rows})
    assert (found.failed, found.unread, found.mended, found.unmended) == ((), (), (), ())
    take(store, found)
    kept = {each.id: each for each in store.drafts.entries()}
    assert {row["id"]: entry_of(row) for row in rows} == {each.id: each.entry for each in kept.values()}
    assert {each.id: each.issue for each in kept.values()} == {row["id"]: row["origin"] for row in rows}


def test_imported_entries_are_published_ones_with_words_to_be_found_by(store: Store, tmp_path: Path) -> None:
    take(store, read(tmp_path / "old", {"x.md": render_entry(ENTRY)}))
    own = entry_id(ENTRY.url)
    (row,) = store.drafts.drafts()
    assert (row.id, row.issue, row.status, row.title) == (own, "20250511", "approved", ENTRY.title)
    ((name, published_at),) = store.drafts.issues()
    assert (name, str(published_at)) == ("20250511", "2025-05-11 00:00:00+00:00")
    article = store.articles.get([own])[own]
    assert article.text == ENTRY.summary + "\n\nA town stores heat in sand"
    assert str(article.published) == "2025-05-11"
    analysis = store.articles.analyses_for([own])[own]
    assert [each.keyword for each in analysis.keywords] == ["sand", "heat"]
    assert analysis.signals[0].basis.change == "editor"
    assert store.links.resolve(ENTRY.url) == [own]


def test_importing_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    found = read(tmp_path / "old", {"x.md": render_entry(ENTRY)})
    take(store, found)
    done = take(store, found)
    assert (done.added, done.known) == ((), 1)


def test_an_article_the_archive_has_keeps_its_text_and_gets_the_entry(store: Store, tmp_path: Path) -> None:
    from digest.issues.importing import Row, import_articles

    text = "The whole article about the sand and the heat it stores for a town."
    row = Row.of({"url": ENTRY.url, "title": "Sand", "text": text})
    import_articles([row], store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    take(store, read(tmp_path / "old", {"x.md": render_entry(ENTRY)}))
    own = entry_id(ENTRY.url)
    assert store.articles.get([own])[own].text == text
    assert store.drafts.entries()[0].entry == ENTRY


def test_pages_of_an_issue_that_is_being_edited_are_refused(store: Store, tmp_path: Path) -> None:
    store.drafts.open_issue("20250511")
    done = take(store, read(tmp_path / "old", {"x.md": render_entry(ENTRY)}))
    assert ([each.issue for each in done.refused], done.added) == (["20250511"], ())


def test_an_issue_with_imported_entries_can_be_published_again(store: Store, tmp_path: Path) -> None:
    take(store, read(tmp_path / "old", {"x.md": render_entry(ENTRY)}))
    made = publish(store, tmp_path, "20250511", Newsletter("T"), now=NOW)
    assert [each.entry for each in made.entries] == [ENTRY]
    assert [each.is_imported for each in store.drafts.entries()] == [True]


def test_mistakes_are_named_by_file_and_the_rest_goes_on(tmp_path: Path) -> None:
    pages = {
        "a.md": render_entry(ENTRY),
        "b.md": "no page at all",
        "c.md": render_entry(replace(ENTRY, origin=Origin("A Feed", "https://feed.example/"))),
        "d.md": render_entry(replace(ENTRY, url="https://a.example/d")) + "\n\n## Opinion\n\nMine"
        "\n\n## Widget\n\n<script>alert(1)</script>",
        "e.md": render_entry(ENTRY),
    }
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "f.md").write_bytes(b"\xff\xfe")
    found = read(tmp_path / "old", pages)
    assert [each.entry.title for each in found.entries] == [ENTRY.title] * 2
    failed = dict(found.failed)
    assert failed["b.md"].startswith("line 1: expected a title")
    assert (
        "expected an origin that names an issue by its date, such as 20221122, got 'A Feed'" in failed["c.md"]
    )
    assert failed["e.md"] == f"has the same id as a.md: {entry_id(ENTRY.url)}"
    assert "expected UTF-8" in failed["f.md"]
    assert found.unread == (("d.md", "section 'Widget': <script>, which is not published; take it out"),)
    assert found.entries[1].entry.parts[-1] == Part("", "## Opinion", "Mine")


@pytest.mark.parametrize(
    ("title", "url", "option", "issue"),
    [
        ("20250511", "", "", "20250511"),
        ("20250511d", "", "20990101", "20250511d"),
        ("My letter", "https://letter.example/p/20250511b", "", "20250511b"),
        ("My letter", "https://letter.example/p/120250511", "20260101", "20260101"),
        ("20251399", "https://letter.example/", "20260101", "20260101"),
    ],
)
def test_the_issue_is_the_one_the_origin_names(
    title: str, url: str, option: str, issue: str, tmp_path: Path
) -> None:
    page = render_entry(replace(ENTRY, origin=Origin(title, url)))
    (entry,) = read(tmp_path / "old", {"a.md": page}, issue=option).entries
    assert entry.issue == issue


def test_trackers_are_taken_out_only_when_asked_and_ids_stay(tmp_path: Path) -> None:
    pages = {"a.md": render_entry(ENTRY)}
    (as_given,) = read(tmp_path / "old", pages).entries
    (cleaned,) = read(tmp_path / "old", pages, clean=True).entries
    assert (as_given.entry.url, cleaned.entry.url) == (ENTRY.url, "https://a.example/sand")
    assert as_given.id == cleaned.id == entry_id(ENTRY.url)


def test_an_id_that_lost_a_letter_is_mended_by_the_pages_address(tmp_path: Path) -> None:
    url, whole, short = url_of_short_id()
    pages = {f"{short}.md": render_entry(replace(ENTRY, url=url))}
    found = read(tmp_path / "old", pages)
    assert [each.id for each in found.entries] == [whole]
    assert found.mended == ((f"{short}.md", short, whole),)


def test_a_short_id_in_closest_is_mended_where_such_a_page_is_known(tmp_path: Path) -> None:
    _url, whole, short = url_of_short_id()
    other = "0123456789" * 3 + "a"
    links = (Reference("Sand", short), Reference("Unknown", other))
    naming = replace(ENTRY, closest=links)
    both = read(tmp_path / "old", {"a.md": render_entry(naming), f"{whole}.md": render_entry(ENTRY)})
    assert next(each for each in both.entries if each.entry.closest).entry.closest[0].target == whole
    assert [(found, possible.count(" or ") + 1) for _, found, possible in both.unmended] == [
        (other, len(candidates(other)))
    ]
    (tmp_path / "old" / f"{whole}.md").unlink()
    assert read(tmp_path / "old", {"a.md": render_entry(naming)}, known={whole}).mended
    assert not read(tmp_path / "old", {"a.md": render_entry(naming)}).mended


def test_a_letter_is_put_behind_every_eight_digits() -> None:
    short = "12345678a123456789" + "bcdef" * 2 + "abc"
    assert len(short) == 31
    assert candidates(short) == [
        "12345678da123456789" + "bcdef" * 2 + "abc",
        "12345678a12345678d9" + "bcdef" * 2 + "abc",
        "12345678a123456789d" + "bcdef" * 2 + "abc",
    ]


def test_entries_of_issues_published_before_they_were_kept_are_read_from_their_pages(
    store: Store, tmp_path: Path
) -> None:
    pages = read(tmp_path / "old", {"x.md": render_entry(ENTRY)})
    take(store, pages)
    write_imported_issues(store, tmp_path, ["20250511"], Newsletter("T"))
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM entries")
    assert [each.entry for each in published_entries(store, tmp_path)] == [ENTRY]


PAGE = render_entry(ENTRY)
ROW = '{"url": "https://a.example/row", "title": "T", "text": "Some words."}\n'


@pytest.mark.parametrize(
    ("name", "content", "is_page"),
    [
        ("a.txt", PAGE, True),
        ("a", PAGE, True),
        ("a.jsonl", PAGE, True),
        ("a.TXT", "\ufeff\r\n" + PAGE.replace("\n", "\r\n"), True),
        ("a.txt", SECOND, True),
        ("a.txt", "---\nid: x\n---\n" + PAGE, True),
        ("a.txt", PAGE.replace("External link", ""), True),
        ("a.md", "no page at all", True),
        ("a.md", ROW, False),
        ("a.txt", ROW, False),
        ("a.jsonl", "\ufeff" + ROW, False),
        ("a.txt", "# Notes\n\nSome words from me.\n", False),
        ("a.txt", "", False),
    ],
)
def test_what_a_file_holds_decides_how_it_is_imported(
    tmp_path: Path, name: str, content: str, is_page: bool
) -> None:
    (tmp_path / name).write_bytes(content.encode())
    assert holds_pages(tmp_path / name) == is_page


def test_a_folder_gives_its_pages_whatever_they_are_called(tmp_path: Path) -> None:
    for name in ("a.md", "b.txt", "sub/c", "d.Markdown"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PAGE, "utf-8")
    (tmp_path / "bad.md").write_text("# Nothing\n")
    (tmp_path / "notes.txt").write_text("# Notes\n\nFrom me.\n")
    (tmp_path / "rows.jsonl").write_text(ROW)
    (tmp_path / "image").write_bytes(b"#\x89\xff")
    assert [each.relative_to(tmp_path).as_posix() for each in pages_in(tmp_path)] == [
        *("a.md", "b.txt", "bad.md", "d.Markdown", "sub/c"),
    ]


def test_a_text_file_with_an_entry_page_is_imported_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    (tmp_path / "rows.md").write_text("\ufeff" + ROW, "utf-8")
    for name, said in (
        ("page.txt", "1 entry page imported into 1 issue"),
        ("rows.md", "1 articles imported"),
    ):
        done = CliRunner().invoke(app, ["-C", str(tmp_path), "import", str(tmp_path / name)])
        assert done.exit_code == 0, (done.output, done.exception)
        assert said in done.stdout


def test_a_made_archive_comes_in_by_issue(store: Store, tmp_path: Path) -> None:
    made = MadeArchive([Wave("sand battery", "Energy", (1, 0, 2))])
    made.write(tmp_path / "old")
    found = read_pages(list((tmp_path / "old").glob("*.md")), folder=tmp_path / "old")
    take(store, found)
    assert [each.issue for each in store.drafts.entries()] == ["20250115", "20250316", "20250316"]
