"""What an editor wrote is published as written, or named beforehand; what readers have is not lost."""

import json
import re
from pathlib import Path

import pytest
from newsroom import ISSUE, NEXT, Newsroom, newsroom_of
from typer.testing import CliRunner

from digest.cli.app import app
from digest.issues.decisions import draft_path
from digest.workspace.files import write_text

TITLES = ("Kiln", "Eelgrass", "Mayor")


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return newsroom_of(tmp_path, *TITLES)


def id_of(room: Newsroom, title: str) -> str:
    rows = json.loads(room.digest("draft", "list", "--issue", ISSUE, "--json"))
    return str(next(row["id"] for row in rows if row["title"] == title))


def file_of(room: Newsroom, title: str) -> Path:
    return draft_path(room.output, ISSUE, id_of(room, title))


def edit(room: Newsroom, title: str, old: str, new: str) -> None:
    path = file_of(room, title)
    text = path.read_text("utf-8")
    assert old in text
    write_text(path, text.replace(old, new, 1))


def typed(room: Newsroom, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["-C", str(room.folder), *words])
    return done.exit_code, done.stdout, f"{done.stderr}\n{done.exception}"


def published(room: Newsroom) -> dict[str, bytes]:
    names = ("entries", "issues", "index.md")
    return {
        str(path.relative_to(room.output)): path.read_bytes()
        for name in names
        for path in ([room.output / name] if name.endswith(".md") else (room.output / name).glob("*"))
        if path.is_file()
    }


OWN = """\
## Why it matters

Kilns *burn* [coal](https://e.org/coal).

> “Never again”

1. first
2. second
"""


def test_own_sections_and_block_markdown_are_in_every_form_where_they_were_put(room: Newsroom) -> None:
    edit(room, "Kiln", "## Keywords", f"{OWN}\n## Keywords")
    edit(room, "Kiln", "## Summary\n", "Before all.\n\n## Summary\n\n* a point\n")
    room.publish(ISSUE)
    entry = room.output / "entries" / f"{id_of(room, 'Kiln')}.md"
    page = entry.read_text("utf-8")
    assert OWN in page
    assert (
        page.index("Before all.") < page.index("* a point") < page.index("## Why") < page.index("## Keywords")
    )
    issue = (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert OWN.replace("## Why", "#### Why") in issue
    html = (room.output / "issues" / f"{ISSUE}.html").read_text("utf-8")
    for found in (
        "<h4>Why it matters</h4>",
        "<blockquote>",
        "<li>first</li>",
        "<em>burn</em>",
        "<li>a point",
    ):
        assert found in html
    made = json.loads((room.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))
    parts = next(each["parts"] for each in made["entries"] if each["title"] == "Kiln")
    assert "## Why it matters" in [part["heading"] for part in parts]


def test_a_deleted_section_files_nothing_in_its_place(room: Newsroom) -> None:
    text = file_of(room, "Kiln").read_text("utf-8")
    themes = text[text.index("## Themes") : text.index("## Signals")]
    edit(room, "Kiln", themes, "")
    edit(room, "Kiln", "## Summary", "## Summary (mine)")
    room.publish(ISSUE)
    made = json.loads((room.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))
    entry = next(each for each in made["entries"] if each["title"] == "Kiln")
    assert entry["themes"] == []
    assert "#### Summary (mine)" in (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("<script>alert(1)</script>", "<script>, which is not published"),
        ("[a](javascript:alert(1))", "a link to 'javascript:alert(1)'"),
        ("```\ncode", "code without an end"),
        ("<!-- call Anna -->", "a comment in HTML"),
        ("<div>x", "<div> without </div>"),
        ("[^1]: never referred to", "the footnote [^1] is not used"),
        ("| a |\n|---|\n| b | c |", "2 cells in a table of 1 columns"),
    ],
)
def test_what_cannot_be_published_is_named_with_its_line_before_anything_is(
    room: Newsroom, words: str, reason: str
) -> None:
    room.digest("draft", "approve", "--all")
    edit(room, "Kiln", "## Keywords", f"## Mine\n\n{words}\n\n## Keywords")
    edit(room, "Mayor", "## Keywords", "## Mine\n\n<iframe></iframe>\n\n## Keywords")
    line = file_of(room, "Kiln").read_text("utf-8").split("\n").index("## Mine") + 3
    code, _, said = typed(room, "publish", ISSUE)
    assert code == 1
    assert f"{file_of(room, 'Kiln')}: line " in said
    assert any(f"line {line + more}: {reason}" in said for more in range(3)), said
    # All are named at once, and nothing was written.
    assert "<iframe>, which is not published" in said
    assert published(room) == {}
    assert reason in typed(room, "draft", "list")[2]


def test_words_under_evidence_and_in_offers_are_named(room: Newsroom) -> None:
    room.digest("draft", "approve", "--all")
    path = file_of(room, "Kiln")
    write_text(path, path.read_text("utf-8") + "\nAsk Anna.\n")
    line = path.read_text("utf-8").split("\n").index("Ask Anna.") + 1
    code, _, said = typed(room, "publish", ISSUE)
    assert code == 1
    assert f"{path}: line {line}: words under Evidence are not published" in said


def test_footnotes_of_two_stories_stay_apart(room: Newsroom) -> None:
    for title in ("Kiln", "Mayor"):
        edit(room, title, "## Keywords", f"## Note\n\nSo it is.[^1]\n\n[^1]: Says {title}.\n\n## Keywords")
    room.publish(ISSUE)
    html = (room.output / "issues" / f"{ISSUE}.html").read_text("utf-8")
    assert html.count("Says Kiln.") == html.count("Says Mayor.") == 1
    targets = {part.split('"')[0] for part in html.split('href="#fn')[1:]}
    assert len(targets) == 4


def test_link_definitions_that_would_change_another_story_are_named(room: Newsroom) -> None:
    room.digest("draft", "approve", "--all")
    edit(room, "Kiln", "## Keywords", "## Note\n\nSee [1].\n\n[1]: https://e.org/one\n\n## Keywords")
    edit(room, "Mayor", "## Keywords", "## Note\n\nAs shown [1].\n\n## Keywords")
    code, _, said = typed(room, "publish", ISSUE)
    assert code == 1
    assert "the links [1] are also written in" in said
    assert published(room) == {}


def test_publishing_again_changes_nothing(room: Newsroom) -> None:
    room.publish(ISSUE)
    before = {name: (room.output / name).stat().st_mtime_ns for name in published(room)}
    room.digest("publish", ISSUE)
    assert {name: (room.output / name).stat().st_mtime_ns for name in published(room)} == before


def test_a_published_file_that_was_changed_by_hand_is_kept_and_said(room: Newsroom) -> None:
    room.publish(ISSUE)
    issue, entry = (
        room.output / "issues" / f"{ISSUE}.md",
        room.output / "entries" / f"{id_of(room, 'Kiln')}.md",
    )
    made = issue.read_text("utf-8"), entry.read_text("utf-8")
    write_text(issue, made[0] + "\nBy hand.\n")
    write_text(entry, made[1].replace("Kiln", "Killn"))
    code, _, said = typed(room, "publish", ISSUE)
    assert code == 0
    assert f"{issue}: was changed by hand; what it held is now in {ISSUE}.md.orig" in said
    assert issue.read_text("utf-8") == made[0]
    assert (issue.parent / f"{ISSUE}.md.orig").read_text("utf-8").endswith("By hand.\n")
    assert "Killn" in entry.with_name(f"{entry.name}.orig").read_text("utf-8")
    # Once more changed, once more kept.
    write_text(issue, made[0] + "\nAgain.\n")
    room.digest("publish", ISSUE)
    assert (issue.parent / f"{ISSUE}.md.orig2").read_text("utf-8").endswith("Again.\n")


@pytest.mark.parametrize("way", ["command", "by hand", "by hand, seen by a run"])
def test_a_rejected_entry_leaves_its_issue_and_its_page_says_so(room: Newsroom, way: str) -> None:
    room.publish(ISSUE)
    kiln = id_of(room, "Kiln")
    # What was edited since is for publishing again, not for taking another story back.
    edit(room, "Mayor", "## Keywords", "## Mine\n\nNot yet.\n\n## Keywords")
    if way == "command":
        room.digest("draft", "reject", kiln)
    else:
        edit(room, "Kiln", "status: approved", "status: rejected")
        if way == "by hand":
            room.digest("draft", "list", "--issue", ISSUE)
        else:
            room.later(7)
            room.run(NEXT)
    page = (room.output / "entries" / f"{kiln}.md").read_text("utf-8")
    assert "*Withdrawn on " in page
    assert "## Summary" not in page
    for name in (f"{ISSUE}.md", f"{ISSUE}.html", f"{ISSUE}.json"):
        text = (room.output / "issues" / name).read_text("utf-8")
        assert kiln not in text, name
        assert "Not yet." not in text
        assert "Mayor" in text
        # The issue says that there was one, and not which.
        assert re.search(
            r"Withdrawn on \d+ \w+ 2026" + (r"\"" if name.endswith("json") else ": 1 story"), text
        )
        assert "Kiln" not in text
    assert "Withdrawn" not in (room.output / "issues" / f"{ISSUE}.email.txt").read_text("utf-8")
    assert kiln not in (room.output / "index.md").read_text("utf-8")


def test_what_was_published_is_taken_back_though_its_file_cannot_be_read(room: Newsroom) -> None:
    room.publish(ISSUE)
    kiln = id_of(room, "Kiln")
    edit(room, "Kiln", "status: approved", "status: [rejected")
    assert typed(room, "publish", ISSUE)[0] == 1
    listed = typed(room, "draft", "list", "--issue", ISSUE)[2]
    assert f"to take it back: digest draft reject {kiln}" in listed
    broken = {each: each.read_bytes() for each in (room.output / "drafts" / ISSUE).glob("*.md")}
    for other in ("defer", "approve"):
        assert typed(room, "draft", other, kiln)[0] == 1
    room.digest("draft", "reject", kiln)
    assert "*Withdrawn on " in (room.output / "entries" / f"{kiln}.md").read_text("utf-8")
    assert kiln not in (room.output / "issues" / f"{ISSUE}.json").read_text("utf-8")
    assert {each: each.read_bytes() for each in broken} == broken


@pytest.mark.parametrize("status", ["rejected", "deferred", "pending", "approved"])
def test_a_published_story_whose_file_cannot_be_read_is_never_passed_over(
    room: Newsroom, status: str
) -> None:
    room.publish(ISSUE)
    kiln = id_of(room, "Kiln")
    before = published(room)
    edit(room, "Kiln", "status: approved", f"status: {status}\nnote: [never closed")
    code, _, said = typed(room, "publish", ISSUE)
    assert code == 1
    assert str(file_of(room, "Kiln")) in said
    assert f"to take it back: digest draft reject {kiln}" in said
    assert published(room) == before
    room.digest("draft", "reject", kiln)
    assert kiln not in (room.output / "issues" / f"{ISSUE}.json").read_text("utf-8")


def test_what_is_published_in_other_words_is_marked_as_corrected(room: Newsroom) -> None:
    room.publish(ISSUE)
    edit(room, "Kiln", "shut coal kiln", "closed coal kiln")
    room.digest("publish", ISSUE, "--anyway")
    pages = {
        title: (room.output / "entries" / f"{id_of(room, title)}.md").read_text("utf-8") for title in TITLES
    }
    assert "*Corrected on " in pages["Kiln"]
    assert "Corrected" not in pages["Mayor"]
    assert "*Corrected on " in (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")
    room.digest("publish", ISSUE)
    assert "*Corrected on " in (room.output / "entries" / f"{id_of(room, 'Kiln')}.md").read_text("utf-8")


def test_what_was_withdrawn_comes_back_as_corrected(room: Newsroom) -> None:
    room.publish(ISSUE)
    kiln = id_of(room, "Kiln")
    edit(room, "Kiln", "# __Kiln__", "# __Coal Kiln__")
    room.digest("publish", ISSUE, "--anyway")
    # By the title that readers have.
    assert f"withdrawn from issue {ISSUE}: {kiln}  Coal Kiln\n" in typed(room, "draft", "reject", kiln)[2]
    room.digest("draft", "approve", kiln, "--anyway")
    room.digest("publish", ISSUE, "--anyway")
    page = (room.output / "entries" / f"{kiln}.md").read_text("utf-8")
    assert "Withdrawn" not in page
    assert "Withdrawn" not in (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert "*Corrected on " in page
    assert kiln in (room.output / "issues" / f"{ISSUE}.json").read_text("utf-8")


def test_a_published_draft_cannot_wait(room: Newsroom) -> None:
    room.publish(ISSUE)
    kiln = id_of(room, "Kiln")
    code, _, said = typed(room, "draft", "defer", kiln)
    assert code == 1
    assert f"take it back with: digest draft reject {kiln}" in said


def test_links_of_the_html_issue_lead_to_the_page_or_to_the_site(room: Newsroom) -> None:
    ids = room.publish(ISSUE)
    html = (room.output / "issues" / f"{ISSUE}.html").read_text("utf-8")
    assert "../entries/" not in html
    for each in ids:
        assert f'<article class="story" id="{each}">' in html
        assert f'href="#{each}"' in html
    assert ">entry</a>" not in html  # it would lead to where its reader is
    text = (room.folder / "feeds.yaml").read_text("utf-8")
    write_text(
        room.folder / "feeds.yaml", text.replace("{title: Week}", "{title: Week, site: https://w.example/}")
    )
    room.digest("publish", ISSUE)
    html = (room.output / "issues" / f"{ISSUE}.html").read_text("utf-8")
    for each in ids:
        assert f'href="https://w.example/issues/{ISSUE}.html#{each}"' in html
    # Only the contents, which are of this page, lead within it.
    assert 'href="#' not in html.partition("</nav>")[2]


def test_export_leaves_out_a_draft_that_cannot_be_read_and_says_so(room: Newsroom) -> None:
    edit(room, "Kiln", "status: pending", "status: done")
    path = file_of(room, "Mayor").parent
    code, out, said = typed(room, "export", "--in", "entries", "--jsonl")
    assert code == 0
    assert sorted(json.loads(line)["title"] for line in out.splitlines()) == ["Eelgrass", "Mayor"]
    assert "left out: " in said
    assert str(path) in said
