"""`digest introduce`: an issue's introduction and a line a theme, suggested by a language model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.drafts import named, suggestible, unpublished
from digest.cli.language_models import AskAgain, Asking, Record, asker_of
from digest.cli.own_words import say_counts, written_words
from digest.cli.printing import say, show
from digest.errors import DigestError, ModelError
from digest.language.counts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.analysis.by_model.issue_words import Introduced
    from digest.issues.introduction import Introduction
    from digest.records import IssueEntry
    from digest.store import Store


def introduce(
    context: typer.Context,
    issue: common.OpenIssue = "",
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask anew, whatever the model answered before.")
    ] = False,
    ask_again: AskAgain = False,
    record: Record = None,
    as_json: printing.AsJson = False,
) -> None:
    """Have a language model suggest an introduction and a line a theme, from the approved entries alone."""
    import asyncio

    from digest.analysis.by_model.issue_words import OPENING
    from digest.issues.opening import themes_told
    from digest.issues.printed import approved_entries
    from digest.workspace.model_prompts import ISSUE_PROMPT

    folder: Path = context.obj
    config, output = common.load(folder), places.output_of(folder)
    with places.archive(folder, doing="digest introduce", must_exist=True) as store:
        name = named(store, issue) or unpublished(store)
        found = _as_it_stands(output, name)
        entries = approved_entries(store, output, name, library=suggestible(folder), now=common.utc_now())
        themes = themes_told(entries)
        if found and _is_all_by_hand(found, themes):
            say(f"{found.path}: introduction and lines are yours and stay; nothing was asked")
            return
        asker = asker_of(folder, config, store, Asking(refresh, ask_again, record))
        try:
            made = asyncio.run(
                written_words(folder, config, asker, OPENING, ISSUE_PROMPT, name, entries, themes)
            )
        except ModelError as error:
            raise DigestError(
                f"issue {name}: no introduction was written: {error}; the issue can be published without one"
            ) from error
        finally:
            say_counts(asker)
        for line in made.notes:
            say(line)
        # A model takes its time, in which an editor may have written into the file.
        found = _as_it_stands(output, name)
        path = _write(store, output, name, found, made, entries, themes, asker.model_id)
    if as_json:
        from digest.records.plain_values import to_json

        words = [to_json(each) for each in made.words]
        printing.show_json({"issue": name, "path": str(path), "words": words, "notes": list(made.notes)})
        return
    count = counted(len(made.words), "sentence", "sentences")
    show(f"issue {name}: {count} suggested, in italics until an editor takes them over\n{path}")


def _as_it_stands(output: Path, issue: str) -> "Introduction | None":
    """Read an issue's introduction.

    Raises:
        DigestError: it cannot be published as it stands.
    """
    from digest.issues.introduction import read_introduction

    found = read_introduction(output, issue)
    if found and found.problems:
        raise DigestError("\n".join((*found.problems, "nothing was written; mend these first")))
    return found


def _is_all_by_hand(found: "Introduction", themes: "Sequence[str]") -> bool:
    own = {each.theme.casefold() for each in found.own_lines}
    return found.is_by_hand and all(each.casefold() in own for each in themes)


def _write(
    store: "Store",
    output: Path,
    issue: str,
    found: "Introduction | None",
    made: "Introduced",
    entries: "Sequence[IssueEntry]",
    themes: "Sequence[str]",
    model_id: str,
) -> Path:
    """Write the introduction file, in which an editor reviews what is suggested; it can be undone.

    Raises:
        DigestError: nothing of what was said stands.
    """
    from digest.issues.history.keeping import INTRODUCE, keep_introduction
    from digest.issues.introduction import with_suggestions

    if not made.words:
        raise DigestError(
            f"issue {issue}: no introduction was written: its entries bear out nothing that the model said; "
            "the issue can be published without one"
        )
    titles = {each.id: each.entry.title for each in entries}
    text = with_suggestions(found, made.words, titles, themes, model_id=model_id)
    return keep_introduction(store, output, issue, text, kind=INTRODUCE, who=model_id, now=common.utc_now())
