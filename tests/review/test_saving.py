"""A section is written into its file, and not a byte of anything else."""

import lxml.html
import pytest
from desks import FALSE, Served, served
from newsroom import ISSUE

from digest.cli import places
from digest.errors import DigestError
from digest.review.saving import find_section, sections_of, with_section

__all__ = ["served"]

FILE = """---
id: 0123456789abcdef0123456789abcdef
status: pending # mine
generated: {}
---

# __Kiln fired__, from ([The Post](https://post.example/))

__[External link](https://post.example/kiln)__



## Summary
One kiln.   \n\n\n## Keywords

* kilns
*  cement

## What we think

Much.

## Themes

* Industry

## Signals

| Signal | Change | 10y horizon | Driving force |
|:-------|:-------|:------------|:--------------|
| Kiln   | –      | –           | –             |

## Closest

## Evidence

Made by rules 1."""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("tail", ["", "\n", "\n\n\n"])
def test_every_section_can_be_changed_and_nothing_else_is(end: str, mark: str, tail: str) -> None:
    text = mark + (FILE + tail).replace("\n", end)
    found = sections_of(text)
    assert [each.key for each in found] == [
        *("title", "link", "summary", "keywords", "own-1", "themes", "signals", "closest"),
    ]
    for each in found:
        if each.text:
            assert with_section(text, each.key, each.text) == text, each.key
        if each.key == "title":
            new = each.text.replace("Kiln fired", "Kiln lit")
        else:
            new = f"{each.text}\nand more" if each.text else "* [Other](0123)"
        made = with_section(text, each.key, new)
        assert find_section(made, each.key).text == new
        if each.text:
            assert made == text.replace(each.text.replace("\n", end), new.replace("\n", end), 1)
        else:
            assert made.replace(new + end + end, "", 1).startswith(text[: text.index("## Closest") + 10])
            assert made.endswith(text[text.index("## Evidence") :])


def test_a_new_section_stands_before_evidence_and_can_be_taken_out() -> None:
    made = with_section(FILE, "new", "## Context\n\nOld news.")
    assert "## Closest\n\n## Context\n\nOld news.\n\n## Evidence" in made
    assert find_section(made, "own-2").text == "## Context\n\nOld news."
    gone = with_section(made, "own-2", "")
    assert gone.replace("\n\n\n", "\n\n").split() == FILE.split()


@pytest.mark.parametrize(
    ("key", "new"),
    [
        ("summary", "One.\n\n## Keywords\n\n* other"),
        ("summary", "One.\n\n```\nwithout an end"),
        ("summary", "One.\n\n## Evidence"),
        ("title", "# Another\n\n# And another"),
        ("title", ""),
        ("new", "text without a heading"),
        ("own-1", "## Signals\n\nnone"),
        ("summary", "One\x00."),
    ],
)
def test_a_text_that_would_change_others_is_refused(key: str, new: str) -> None:
    with pytest.raises(DigestError):
        with_section(FILE, key, new)


def test_saved_it_is_in_the_file_and_shown_with_its_warning(served: Served) -> None:
    path = served.path_of("Breach")
    before = path.read_bytes()
    text, mark = served.section("Breach", "summary")
    answer = served.save("Breach", "summary", f"{FALSE} {text}".replace("\n", "\r\n"), mark)
    assert answer.status_code == 303, answer.text
    assert path.read_bytes() == before.replace(text.encode(), f"{FALSE} {text}".encode(), 1)
    shown = served.client.get(answer.headers["location"]).text
    assert "saved: summary" in shown
    assert "<strong>Warning:</strong> number: 45 million customers" in shown
    assert "1 warning<" in served.client.get(served.desk).text


def test_changed_meanwhile_both_texts_are_shown_and_nothing_is_overwritten(served: Served) -> None:
    path = served.path_of("Kiln")
    text, mark = served.section("Kiln", "summary")
    path.write_text(path.read_text("utf-8").replace(text, "Mine, from <my> program."), "utf-8")
    before = path.read_bytes()
    answer = served.save("Kiln", "summary", "From the </textarea> desk.", mark)
    assert answer.status_code == 409
    assert "Mine, from &lt;my&gt; program." in answer.text
    assert "From the &lt;/textarea&gt; desk." in answer.text
    assert path.read_bytes() == before
    # Another section is not concerned, and the status is not either.
    keywords, its_mark = served.section("Kiln", "keywords")
    assert served.save("Kiln", "keywords", f"{keywords}\n* dams", its_mark).status_code == 303
    assert "* dams" in path.read_text("utf-8")
    assert "Mine, from <my> program." in path.read_text("utf-8")


def test_what_could_not_be_read_any_more_is_refused_and_still_there_to_mend(served: Served) -> None:
    path = served.path_of("Kiln")
    before = path.read_bytes()
    _, mark = served.section("Kiln", "keywords")
    answer = served.save("Kiln", "keywords", "no bullets <here>", mark)
    assert answer.status_code == 422
    assert "no bullets &lt;here&gt;</textarea>" in answer.text
    assert "expected bullets" in answer.text
    assert path.read_bytes() == before


def test_an_edit_can_be_undone_and_redone(served: Served) -> None:
    path = served.path_of("Kiln")
    before = path.read_bytes()
    _, mark = served.section("Kiln", "summary")
    served.save("Kiln", "summary", "A kiln was lit.", mark)
    edited = path.read_bytes()
    form = {"form": served.keys.form, "issue": "20261122", "page": "story", "at": served.id_of("Kiln")}
    shown = served.client.post("/undo", data=form, follow_redirects=True)
    assert "undone: edit" in shown.text
    assert path.read_bytes() == before
    served.client.post("/redo", data=form)
    assert path.read_bytes() == edited


def test_an_address_that_takes_forms_alone_leads_back_to_its_page(served: Served) -> None:
    story = served.id_of("Kiln")
    for path, page in (
        (f"/story/{story}/signals", f"/story/{story}"),
        (f"/story/{story}/save", f"/story/{story}"),
        (f"/issue/{ISSUE}/introduction", f"/issue/{ISSUE}/publish"),
    ):
        answer = served.client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, page)


def test_what_is_refused_while_a_run_is_at_work_is_there_to_send_again(served: Served) -> None:
    _, mark = served.section("Kiln", "summary")
    words = "Typed <b>without</b> script.\n\nFor an hour."
    with places.archive(served.room.folder, doing="digest run"):
        refused = served.save("Kiln", "summary", words, mark)
        assert refused.status_code == 409
        assert "in use by digest run" in refused.text
        form = lxml.html.fromstring(refused.text).forms[0]
        assert form.fields["text"].replace("\r\n", "\n").removeprefix("\n") == words
    again = served.client.post(form.action, data=dict(form.form_values()), follow_redirects=True)
    assert "saved: summary" in again.text
    assert words in served.path_of("Kiln").read_text("utf-8")
