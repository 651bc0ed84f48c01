"""What a form of the story's page does to a section: its text before, and after.

Nothing is written here: that is for `saving`, which sees whether the section is still what the editor saw.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.errors import DigestError
from digest.issues.drafts import evidence_of
from digest.issues.history.keeping import CUT, EDIT, MISSED
from digest.issues.pages.admit import admit
from digest.issues.pages.markdown import fill
from digest.records import CELLS, Article
from digest.review.bullets import near_entries, with_bullet, with_near, without_bullet
from digest.review.cells import EditedRow, built, moved, row_key, rows_of, with_rows, words
from digest.review.citing import cited_in, with_cited
from digest.review.saving import find_section
from digest.review.story import Idea

Form = Mapping[str, list[str]]

MISSED_REASON = "missed-signal"
"""The word of prompts/reasons.yaml for it."""

NUMBER = re.compile("[0-9]{1,4}")


@dataclass(frozen=True)
class Edit:
    """A section as it is to be saved."""

    key: str
    text: str
    mark: str
    """That of the section the editor saw."""
    kind: str = EDIT
    reason: str = ""
    at: str = ""
    """What of the page has the focus afterwards."""
    also: Callable[[str], str] = str
    field: str = ""
    """What is typed into, where the desk saves by itself while one types."""


def table_edit(text: str, path: str, form: Form, ideas: Sequence[Idea]) -> Edit:
    """Save the signals table as its form has it, and do what its button says.

    Args:
        text: Of the draft's file.
        path: Named in messages.
        form: `row` and four `cell` a row; `act` is `save`, `up`, `down` or `delete` with a row, or `idea`
            with the number of one; `reason` says why a row is deleted.
        ideas: Those of the page.

    Raises:
        DigestError: The form is none of the page.
    """
    before = find_section(text, "signals")
    mark = _one(form, "mark")
    rows = _rows(form)
    verb, _, said = _one(form, "act").partition(" ")
    at, kind, reason = "signals", EDIT, ""
    if mark != before.mark:
        # What the editor wrote is shown beside what stands there now.
        return Edit("signals", built(rows), mark)
    if verb == "idea":
        rows, at = _with_idea(rows, ideas, _number(said, len(ideas)))
    elif verb in ("up", "down", "delete"):
        place = _number(said, len(rows))
        by = {"up": -1, "down": 1}.get(verb)
        if by is None:
            kind, reason = (EDIT, "") if rows[place].origin is None else (CUT, _one(form, "reason"))
            del rows[place]
        else:
            rows = moved(rows, place, by)
        at = f"row-{min(max(place + (by or 0), 0) + 1, max(len(rows), 1))}"
    elif verb not in ("", "save"):
        raise DigestError(f"{verb[:40]!r}: nothing that the table does")
    made = with_rows(before.text, rows)
    left = [row for row in rows if not row.is_empty]
    return Edit(
        "signals",
        made,
        mark,
        kind=kind,
        reason=reason,
        at=at,
        also=lambda file: _cited_again(file, path, before.text, made, left),
    )


def sentence_edit(text: str, path: str, form: Form, article: Article | None) -> Edit:
    """Use a sentence of the article: as a signal that was missed, in the summary, or as a row's evidence.

    Args:
        text: Of the draft's file.
        path: Named in messages.
        form: `number` of the sentence, `act`, and for `cite` the `row`, both 1 first.
        article: Whose sentences they are.

    Raises:
        DigestError: There is no such sentence or row.
    """
    number = _number(_one(form, "number"), len(article.sentences) if article else 0) + 1
    said = admit(article.sentence_text(number - 1)) if article else ""
    act = _one(form, "act")
    if act == "summary":
        section = find_section(text, "summary")
        if said in " ".join(section.text.split()):
            raise DigestError(f"sentence {number}: in the summary already")
        # Written below as a line of its own paragraph would be; words go on after a space.
        joined = " ".join(filter(None, (section.text.rstrip(), fill("{}", said))))
        return Edit("summary", joined, _one(form, "mark-summary"), at="summary")
    section = find_section(text, "signals")
    mark = _one(form, "mark-signals")
    rows = rows_of(section.text)
    if rows is None:
        raise DigestError("signals: this table can only be edited as Markdown; nothing was written")
    if act == "signal":
        new = EditedRow((words(said.removesuffix(".")), "", "", ""))
        made = with_rows(section.text, [*rows, new])
        key, row = row_key(made, len(rows)), len(rows) + 1
        return Edit(
            "signals",
            made,
            mark,
            kind=MISSED,
            reason=MISSED_REASON,
            at=f"row-{row}",
            also=lambda file: _citing(file, path, key, number),
        )
    if act != "cite":
        raise DigestError(f"{act[:40]!r}: expected signal, summary or cite")
    if mark != section.mark:
        raise DigestError("signals: changed meanwhile; nothing was written; look again")
    place = _number(_one(form, "row"), len(rows))
    key = row_key(section.text, place)
    return Edit(
        "signals",
        section.text,
        mark,
        at=f"row-{place + 1}",
        also=lambda file: _citing(file, path, key, number),
    )


def bullets_edit(text: str, form: Form) -> Edit:
    """Add a keyword or theme, or take one out: `act` is `add`, with `words`, or `remove` with the words."""
    key, verb = _one(form, "section"), _one(form, "act")
    if key not in ("keywords", "themes"):
        raise DigestError(f"{key[:40]!r}: expected keywords or themes")
    section = find_section(text, key)
    verb, _, said = verb.partition(" ")
    do = {"add": with_bullet, "remove": without_bullet}.get(verb)
    if do is None:
        raise DigestError(f"{verb[:40]!r}: expected add or remove")
    words_of = said or _one(form, "words")
    mark = _one(form, "mark")
    if mark != section.mark and verb == "remove":
        raise DigestError(f"{key}: changed meanwhile; nothing was written; look again")
    return Edit(key, do(section.text, words_of), mark, at=f"add-{key}")


def closest_edit(text: str, form: Form) -> Edit:
    """Keep the closest entries that are ticked, `keep` each."""
    section = find_section(text, "closest")
    near = near_entries(section.text, evidence_of(text))
    made = with_near(section.text, near, form.get("keep", []))
    return Edit("closest", made, _one(form, "mark"), at="closest")


def _rows(form: Form) -> list[EditedRow]:
    origins, cells = form.get("row", []), form.get("cell", [])
    width = len(CELLS)
    if len(cells) != width * len(origins):
        raise DigestError(f"expected {width} cells a row, got {len(cells)} for {len(origins)} rows")
    return [
        EditedRow(
            tuple(" ".join(each.split()) for each in cells[width * at : width * (at + 1)]),
            int(origin) if NUMBER.fullmatch(origin) else None,
        )
        for at, origin in enumerate(origins)
    ]


def _with_idea(rows: list[EditedRow], ideas: Sequence[Idea], at: int) -> tuple[list[EditedRow], str]:
    idea = ideas[at]
    column = CELLS.index(idea.field)
    found = next((place for place, row in enumerate(rows) if row.origin == idea.row), None)
    if found is None:
        raise DigestError("the row of this idea is gone; nothing was written")
    cells = list(rows[found].cells)
    cells[column] = words(idea.text)
    rows[found] = replace(rows[found], cells=tuple(cells), taken=(column,))
    # The row, not the cell: the next number takes the next idea, where a field would take it for a word.
    return rows, f"row-{found + 1}"


def _cited_again(file: str, path: str, before: str, made: str, rows: Sequence[EditedRow]) -> str:
    """Have what was cited for a row follow it when its signal is another."""
    cited = cited_in(file, path)
    if not cited:
        return file
    keys = {
        row_key(before, row.origin): row_key(made, at)
        for at, row in enumerate(rows)
        if row.origin is not None
    }
    followed = {keys.get(key, key): places for key, places in cited.items()}
    return with_cited(file, path, followed)


def _citing(file: str, path: str, key: str, number: int) -> str:
    cited = cited_in(file, path)
    places = tuple(sorted({*cited.get(key, ()), number}))
    return with_cited(file, path, {**cited, key: places})


def _number(said: str, count: int) -> int:
    """Read a number of the page, 1 first; gives it 0 first."""
    if not NUMBER.fullmatch(said) or not 1 <= int(said) <= count:
        raise DigestError(f"{said[:40]!r}: expected a number from 1 to {count}")
    return int(said) - 1


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]
