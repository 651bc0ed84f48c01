"""Writing an issue's introduction in the desk, and the checklist beside it."""

import html
import re
from pathlib import Path

import pytest
from desks import JSON, Served, served
from newsroom import ISSUE
from test_issue_page import approve_all

from digest.issues.output_paths import introduction_file
from digest.language.addresses import entry_id
from digest.records import Link, Origin
from digest.review.introducing import with_section
from digest.store import Store

__all__ = ["served"]

FEED = "https://feed.example/"

SUGGESTED = """# Introduction

*Clinics lost their records.*

## Themes

* **Oceans**: *Eelgrass is back.*
* **Energy**: Mine.

## Evidence

For you alone.

* Clinics lost their records. ← Breach (`{breach}`)
* Eelgrass is back. ← Eelgrass (`{eelgrass}`)
"""


def file_of(served: Served) -> Path:
    return introduction_file(served.room.output, ISSUE)


def issue_page(served: Served) -> str:
    return served.client.get(f"{served.desk}/publish").text


def section(served: Served, key: str) -> tuple[str, str]:
    """The text and mark of a section, as the page has them."""
    found = re.search(
        rf'name="section" value="{key}">\s*<input type="hidden" name="mark" value="(\w+)">.*?'
        r"<textarea[^>]*>\n?(.*?)</textarea>",
        issue_page(served),
        re.DOTALL,
    )
    assert found, key
    return html.unescape(found[2]), found[1]


def write(served: Served, key: str, text: str, mark: str = "", **headers: str):  # type: ignore[no-untyped-def]
    form = {"form": served.keys.form, "section": key, "text": text}
    form["mark"] = mark or section(served, key)[1]
    return served.client.post(f"{served.desk}/introduction", data=form, headers=headers)


def test_an_introduction_is_written_published_and_undone(served: Served) -> None:
    approve_all(served)
    assert write(served, "introduction", "A quiet week.\r\n\r\nTwo kilns.").status_code == 303
    assert section(served, "introduction")[0] == "A quiet week.\n\nTwo kilns."
    assert file_of(served).read_text("utf-8") == "# Introduction\n\nA quiet week.\n\nTwo kilns.\n"
    answer = write(served, "themes", "* **Energy**: Coal goes.", **JSON).json()
    assert answer["is_done"]
    assert answer["mark"] == section(served, "themes")[1]
    assert section(served, "introduction")[0] == "A quiet week.\n\nTwo kilns."
    shown = served.client.get(f"{served.desk}/preview/markdown").text
    assert "A quiet week." in shown
    undo = {"form": served.keys.form, "issue": ISSUE, "page": "issue"}
    served.client.post("/undo", data=undo)
    assert section(served, "themes")[0] == ""
    said = served.client.post("/undo", data=undo, follow_redirects=True).text
    assert f"drafts/{ISSUE}/introduction.md: as it was before" in said
    assert "published files" not in said
    assert not file_of(served).exists()
    served.client.post("/redo", data=undo)
    assert section(served, "introduction")[0] == "A quiet week.\n\nTwo kilns."


def test_what_another_program_wrote_meanwhile_is_shown_and_never_overwritten(served: Served) -> None:
    _, mark = section(served, "introduction")
    file_of(served).write_text("Theirs <b>.\n", "utf-8")
    answer = write(served, "introduction", "Mine.", mark)
    assert answer.status_code == 409
    assert "Theirs &lt;b&gt;." in answer.text
    assert "Mine." in answer.text
    assert file_of(served).read_text("utf-8") == "Theirs <b>.\n"
    assert write(served, "introduction", "Mine.", mark, **JSON).json()["is_conflict"]


def test_undo_leaves_what_another_program_wrote_since(served: Served) -> None:
    write(served, "introduction", "Mine.")
    file_of(served).write_text("Theirs.\n", "utf-8")
    undo = {"form": served.keys.form, "issue": ISSUE, "page": "issue"}
    said = served.client.post("/undo", data=undo, follow_redirects=True).text
    assert "was changed since, and stays as it is" in said
    assert file_of(served).read_text("utf-8") == "Theirs.\n"
    assert not (served.room.output / "site").exists()


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("introduction", "# Another", "a heading"),
        ("introduction", "[x](javascript:alert(1))", "nothing was written"),
        ("introduction", "a\x07b", "control character"),
        ("introduction", "Mine.\n\n## Evidence\n\n* x", "Evidence a second time"),
        ("themes", "* nothing", "expected a theme"),
    ],
)
def test_what_could_not_be_published_is_refused_and_kept_in_the_form(
    served: Served, key: str, text: str, why: str
) -> None:
    file_of(served).write_text(SUGGESTED, "utf-8")
    answer = write(served, key, text)
    assert answer.status_code == 422
    assert why in html.unescape(answer.text)
    assert text in html.unescape(answer.text)
    assert file_of(served).read_text("utf-8") == SUGGESTED


def test_suggestions_are_taken_over_or_dropped_one_by_one(served: Served) -> None:
    ids = {"breach": served.id_of("Breach"), "eelgrass": served.id_of("Eelgrass")}
    file_of(served).write_text(SUGGESTED.format(**ids), "utf-8")
    page = issue_page(served)
    assert re.search(rf'rests on <a href="/story/{ids["breach"]}">Breach</a>', page)

    def answer(act: str, said: str) -> int:
        form = {"form": served.keys.form, "act": act, "suggestion": said}
        return served.client.post(f"{served.desk}/suggestion", data=form).status_code

    assert answer("take", "Clinics lost their records.") == 303
    assert section(served, "introduction")[0] == "Clinics lost their records."
    assert answer("take", "Clinics lost their records.") == 409
    assert answer("drop", "Eelgrass is back.") == 303
    assert section(served, "themes")[0] == "* **Energy**: Mine."
    assert "taken over by nobody yet" not in issue_page(served)
    assert "## Evidence\n\nFor you alone." in file_of(served).read_text("utf-8")


def test_a_missing_issue_or_section_is_refused(served: Served) -> None:
    form = {"form": served.keys.form, "section": "evidence", "text": "x", "mark": ""}
    assert served.client.post(f"{served.desk}/introduction", data=form).status_code == 404
    form["section"] = "introduction"
    assert served.client.post("/issue/20200105/introduction", data=form).status_code in (404, 422)
    assert not introduction_file(served.room.output, "20200105").exists()


@pytest.mark.parametrize(
    ("text", "key", "made"),
    [
        ("", "themes", "## Themes\n\nNew.\n"),
        ("Old.\n", "introduction", "New.\n"),
        ("Old.", "themes", "Old.\n\n## Themes\n\nNew.\n"),
        (
            "# Introduction\n\n\n## Themes\n\n* A: b\n",
            "introduction",
            "# Introduction\n\nNew.\n\n## Themes\n",
        ),
        ("# Introduction\r\n\r\nOld.\r\n", "introduction", "# Introduction\r\n\r\nNew.\r\n"),
        ("## Themes\n\n* A: b\n", "introduction", "New.\n\n## Themes\n\n* A: b\n"),
        ("Old.\n\n## Evidence\n\n* x\n", "themes", "Old.\n\n## Themes\n\nNew.\n\n## Evidence\n\n* x\n"),
    ],
)
def test_a_section_takes_its_place_and_the_rest_stays(text: str, key: str, made: str) -> None:
    assert with_section(text, key, "New.").startswith(made)


def test_each_line_of_the_checklist_leads_to_where_it_is_mended(served: Served) -> None:
    approve_all(served)
    kiln = served.id_of("Kiln")
    path = served.path_of("Kiln")
    lost = "https://example.org/gone"
    text = re.sub(r"(## Keywords\n\n)(\* .*\n)+", r"\1", path.read_text("utf-8"))
    text = text.replace("## Evidence", f"## More\n\n[there]({'0' * 32}) and [gone]({lost})\n\n## Evidence", 1)
    path.write_text(text, "utf-8")
    page = issue_page(served)
    assert f'<a href="/story/{kiln}?at=keywords">Kiln: nothing stands under Keywords' in page
    assert f'<a href="/story/{kiln}?at=own-1">Kiln: leads to an entry that readers do not have' in page
    assert lost not in page
    file_of(served).write_text("# Another\n", "utf-8")
    page = issue_page(served)
    assert '<a href="#introduction">' in page
    assert " kB</span>" not in page


def test_addresses_that_no_run_could_reach_are_named(served: Served) -> None:
    approve_all(served)
    path = served.path_of("Kiln")
    lost = "https://example.org/gone"
    store = Store(served.room.output)
    found = Link(lost, "Gone", Origin("Feed", ""), FEED, 0)
    store.links.save_read(
        FEED, [found], title="", etag="", last_modified="", moved_to="", now=served.room.now
    )
    store.links.save_dropped(
        entry_id(lost), stage="fetch", reason="HTTP 404", is_retryable=False, now=served.room.now
    )
    store.close()
    text = path.read_text("utf-8").replace("## Evidence", f"## More\n\n[gone]({lost})\n\n## Evidence", 1)
    path.write_text(text, "utf-8")
    assert f"Kiln: {lost}: HTTP 404" in issue_page(served)


def test_sizes_are_shown_and_a_mail_that_is_cut(served: Served) -> None:
    approve_all(served)
    page = issue_page(served)
    assert len(re.findall(r"\d kB</span>", page)) == 5
    assert "the mail is whole" in page
    path = served.path_of("Kiln")
    more = "\n\n".join(f"Paragraph {n} on the quarry, the kiln and the dam beside it." for n in range(1500))
    text = path.read_text("utf-8").replace("## Evidence", f"## More\n\n{more}\n\n## Evidence", 1)
    path.write_text(text, "utf-8")
    assert "the mail would have more than 80 kB, so it ends at" in issue_page(served)
