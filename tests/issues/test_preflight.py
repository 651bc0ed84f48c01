"""The checklist before an issue goes out: what it names, where, and how serious."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW
from made_issues import entry, issue_of, long_issue, with_part
from newsroom import ISSUE, Newsroom, newsroom_of

from digest.issues.decisions import draft_path
from digest.issues.draft_files import DraftFiles
from digest.issues.preflight import addresses_of, preflight, sources_of
from digest.issues.preflight_links import DEAD_FOR, FINE_FOR, dead_links
from digest.records import Finding, Issue, Opening, Reference, SignalRow
from digest.store import Store
from digest.workspace.files import write_text

Look = Callable[..., list[Finding]]


@pytest.fixture
def look(tmp_path: Path) -> Iterator[Look]:
    """Look through an issue made for the test."""
    store = Store(tmp_path / "output", in_memory=True)

    def found(issue: Issue, **options: object) -> list[Finding]:
        settings = {"serious": (), **options}
        files = DraftFiles(tmp_path / "output" / "drafts")
        return preflight(store, tmp_path / "output", issue, files, **settings)  # type: ignore[arg-type]

    yield found
    store.close()


def kinds(found: Sequence[Finding]) -> list[str]:
    return [each.kind for each in found]


def test_an_issue_without_faults_has_no_findings(look: Look) -> None:
    assert look(issue_of(entry(), site="https://letters.example")) == []


def test_a_mail_that_is_cut_is_named_with_where_it_ends(look: Look) -> None:
    (found,) = [each for each in look(long_issue(90)) if each.kind == "size"]
    assert re.search(r"more than 80 kB, so it ends at “Story \d+”", found.what)
    assert found.file == "output/issues/20261122.email.html"


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("![](https://e.org/i.png)", "picture-without-text", "https://e.org/i.png"),
        ("![ ](https://e.org/i.png)", "picture-without-text", "https://e.org/i.png"),
        ("[more](../entries/x.md)", "relative-address", "../entries/x.md"),
        ("[more](/about)", "relative-address", "write the whole address"),
        ("![ice](ice.png)", "relative-address", "ice.png"),
        ("[mine](https://e.org/feed?token=a8f3k2l9d0)", "private-address", "https://e.org/feed?token=***"),
        ("[mine](https://anna:hunter2@e.org/)", "private-address", "https://***@e.org/"),
    ],
)
def test_what_an_editor_wrote_is_looked_through(look: Look, text: str, kind: str, said: str) -> None:
    found = look(issue_of(with_part(entry(), text)), serious=(kind,))
    assert kinds(found) == [kind]
    assert said in found[0].what
    assert not re.search("a8f3k2l9d0|hunter2", found[0].what)
    assert found[0].is_serious


def test_a_story_told_twice_is_named_with_the_first(look: Look) -> None:
    other = replace(entry("Other"), url="https://news.example/other")
    same_address = replace(entry("Other Words"), url="https://www.news.example/a_b?c=1&d=2&utm_source=x")
    same_title = replace(entry("rivers  freeze LATE"), url="https://elsewhere.example/")
    for twin in (same_address, same_title):
        (found,) = look(issue_of(entry(), other, twin))
        assert (found.kind, "the same story as “Rivers Freeze Late”" in found.what) == ("told-twice", True)
    assert look(issue_of(entry(), other)) == []


def test_stories_that_the_archive_holds_together_are_told_twice(tmp_path: Path) -> None:
    store = Store(tmp_path / "output", in_memory=True)
    issue = issue_of(entry(), replace(entry("Ice Is Late"), url="https://elsewhere.example/"))
    ids = [each.id for each in issue.entries]
    room = DraftFiles(tmp_path / "output" / "drafts")
    assert preflight(store, tmp_path / "output", issue, room, serious=()) == []
    store.drafts.save_stories(dict.fromkeys(ids, ids[0]))
    (found,) = preflight(store, tmp_path / "output", issue, room, serious=())
    assert found.kind == "told-twice"
    store.close()


def test_suggestions_that_are_left_are_named_by_their_row(look: Look) -> None:
    row = SignalRow("Ice comes late", "From fixed to moving", "–", "–", suggested=("change",))
    (found,) = look(issue_of(replace(entry(), signals=(row,))))
    assert (found.kind, found.what) == (
        "italics",
        "suggestions that nobody took over (change) beside “Ice comes late”",
    )
    issue = replace(issue_of(entry()), opening=Opening("*Ice is late.*", has_suggestions=True))
    (found,) = look(issue)
    assert found.file == "output/drafts/20261122/introduction.md"


def test_publishers_who_opted_out_are_found_by_their_host_and_as_a_source(look: Look) -> None:
    assert kinds(look(issue_of(entry()), opt_out=("news.example",))) == ["opted-out"]
    assert kinds(look(issue_of(entry()), opt_out=("other.example",))) == ["opted-out"]
    www = replace(
        entry(), url="https://www.eu.news.example/x", sources=(Reference("a", "https://b.example/"),)
    )
    assert kinds(look(issue_of(www), opt_out=("news.example",))) == ["opted-out"]
    assert look(issue_of(www), opt_out=("ws.example", "example.org")) == []


def test_sections_that_say_nothing_are_missing(look: Look) -> None:
    bare = replace(entry(summary=""), keywords=())
    assert sorted(each.what for each in look(issue_of(bare))) == [
        "nothing stands under Keywords",
        "nothing stands under Summary",
    ]


def test_dead_links_are_named_where_they_stand(look: Look, tmp_path: Path) -> None:
    issue = issue_of(entry())
    (found,) = look(
        issue, dead={"https://other.example/ice": "HTTP 404", "https://gone.example/": "HTTP 404"}
    )
    assert (found.kind, found.what) == ("dead-link", "https://other.example/ice: HTTP 404")
    secret = with_part(
        entry(), "[a](https://e.org/?token=a8f3k2l9d0) [b](mailto:a@e.org) [c](https://e.org/c)"
    )
    sources = sources_of(tmp_path / "output", issue_of(secret), DraftFiles(tmp_path))
    asked = addresses_of(sources)
    assert "https://e.org/c" in asked
    assert not [each for each in asked if "token" in each or "mailto" in each]


def test_the_serious_ones_come_first(look: Look) -> None:
    faulty = with_part(replace(entry(), keywords=()), "[more](/about)")
    assert kinds(look(issue_of(faulty), serious=("relative-address",))) == [
        "relative-address",
        "missing-section",
    ]
    found = look(issue_of(faulty), serious=("missing-section",))
    assert [(each.kind, each.is_serious) for each in found] == [
        ("missing-section", True),
        ("relative-address", False),
    ]


def test_links_are_asked_once_and_again_after_a_while(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    async def ask(addresses: Sequence[str]) -> Mapping[str, str]:
        asked.append(sorted(addresses))
        return {each: "HTTP 404" for each in addresses if "gone" in each}

    def look_at(after: timedelta) -> dict[str, str]:
        links = ["https://a.example/", "https://gone.example/", "https://a.example/"]
        return asyncio.run(dead_links(tmp_path, links, ask, now=NOW + after))

    dead = {"https://gone.example/": "HTTP 404"}
    assert look_at(timedelta()) == dead
    assert look_at(DEAD_FOR / 2) == dead
    assert asked == [["https://a.example/", "https://gone.example/"]]
    assert look_at(DEAD_FOR) == dead
    assert asked[1:] == [["https://gone.example/"]]
    assert look_at(FINE_FOR) == dead
    assert asked[2:] == [["https://a.example/", "https://gone.example/"]]
    (tmp_path / "sent" / "links.json").write_text("{broken")
    assert look_at(timedelta()) == dead


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return newsroom_of(tmp_path, "Kiln", "Mayor")


FAULTS = """\
## Mine

Look: ![](https://e.org/i.png) and [in](https://e.org/x?token=a8f3k2l9d0).

"""


def checklist(room: Newsroom, code: int) -> list[dict[str, object]]:
    said = room.digest("publish", "--check", ISSUE, "--no-links", "--json", code=code)
    found: list[dict[str, object]] = json.loads(said)["findings"]
    return found


def test_each_finding_names_the_line_of_a_draft_that_it_is_mended_in(room: Newsroom) -> None:
    room.digest("draft", "approve", "--all")
    draft_id = next(row.id for row in room.rows(ISSUE) if row.title == "Kiln")
    path = draft_path(room.output, ISSUE, draft_id)
    text = path.read_text("utf-8").replace("## Keywords", f"{FAULTS}## Keywords")
    write_text(path, text.replace("shut coal kiln 0 and", "shut 4,711 coal kilns and", 1))
    before = sorted(each.name for each in room.output.iterdir())
    found = checklist(room, 1)
    lines = path.read_text("utf-8").split("\n")
    mine = {str(each["kind"]): each for each in found if each["file"] == f"output/drafts/{ISSUE}/{path.name}"}
    line_of = {kind: lines[int(str(each["line"])) - 1] for kind, each in mine.items()}
    assert all(
        line_of[kind].startswith("Look: ![](https://e.org/i.png)")
        for kind in ("picture-without-text", "private-address")
    )
    assert "4,711" in line_of["failed-check"]
    assert "4,711" in str(mine["failed-check"]["what"])
    serious = {kind for kind, each in mine.items() if each["is_serious"]}
    assert serious == {"failed-check", "private-address"}
    assert not (room.output / "issues").exists()
    assert sorted(each.name for each in room.output.iterdir()) == before


def test_what_cannot_be_published_hides_nothing_else(room: Newsroom) -> None:
    room.digest("draft", "approve", "--all")
    for title, words in (("Kiln", "## Mine\n\n[more](/about)\n\n## Summary\n\nAgain."), ("Mayor", FAULTS)):
        draft_id = next(row.id for row in room.rows(ISSUE) if row.title == title)
        path = draft_path(room.output, ISSUE, draft_id)
        text = path.read_text("utf-8").replace("## Keywords", f"{words}\n\n## Keywords")
        write_text(path, text.replace("shut coal kiln 0 and", "shut 4,711 coal kilns and", 1))
    write_text(room.output / "drafts" / ISSUE / "introduction.md", "# Introduction\n\n[here](/there)\n")
    found = checklist(room, 1)
    told = ((str(each["kind"]), Path(str(each["file"])).name[:4]) for each in found)
    assert sorted(each for each in told if each[0] != "missing-section") == [
        ("failed-check", "kiln"),
        ("picture-without-text", "mayo"),
        ("private-address", "mayo"),
        ("relative-address", "intr"),
        ("relative-address", "kiln"),
        ("unreadable", "kiln"),
    ]
    # Of a file that cannot be read at all, that is told, and the rest of the others.
    path.write_text(path.read_text("utf-8").replace("---", "", 1), "utf-8")
    kinds_left = [str(each["kind"]) for each in checklist(room, 1)]
    assert "picture-without-text" not in kinds_left
    assert kinds_left.count("relative-address") == 2
    assert kinds_left.count("unreadable") == 2


@pytest.mark.parametrize(
    ("words", "kind", "said", "line"),
    [
        ("## Summary\n\nAgain.", "unreadable", "a second Summary", "## Summary"),
        ("## Mine\n\n[more](/about)", "relative-address", "a link to '/about'", "[more](/about)"),
    ],
)
def test_what_cannot_be_published_is_on_the_checklist(
    room: Newsroom, words: str, kind: str, said: str, line: str
) -> None:
    room.digest("draft", "approve", "--all")
    draft_id = next(row.id for row in room.rows(ISSUE) if row.title == "Kiln")
    path = draft_path(room.output, ISSUE, draft_id)
    write_text(path, path.read_text("utf-8").replace("## Keywords", f"{words}\n\n## Keywords"))
    (found,) = [each for each in checklist(room, 1) if each["kind"] in ("unreadable", "relative-address")]
    assert (found["kind"], found["file"]) == (kind, f"output/drafts/{ISSUE}/{path.name}")
    assert path.read_text("utf-8").split("\n")[int(str(found["line"])) - 1] == line
    assert said in str(found["what"])
