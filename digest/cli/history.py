"""`digest draft log / diff / restore / lock / unlock / take / dismiss`, `digest undo`, `digest redo`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.drafts import app, named, resolve_draft, take_back, unpublished
from digest.cli.printing import say, show
from digest.language.screen import visible

if TYPE_CHECKING:
    from digest.issues.history.asking import DraftDiff, LoggedVersion, Mark
    from digest.issues.history.undoing import Done
    from digest.store import Store

OneDraft = Annotated[
    str, typer.Argument(metavar="ID", help="An id, its beginning, an address, or the draft's file.")
]
Section = Annotated[
    str, typer.Option("--section", help="Such as summary, keywords or signals; default: all of the draft.")
]
Number = Annotated[int, typer.Argument(metavar="N", min=1, help="Which offer, 1 first in the file.")]
Version = Annotated[int | None, typer.Argument(min=1, show_default=False, help="A version, as in the log.")]


@app.command()
def log(context: typer.Context, draft: OneDraft, as_json: printing.AsJson = False) -> None:
    """Show every version of a draft: when, who, why, and what changed; of introduction.md every step."""
    from digest.issues.history.asking import log_of
    from digest.issues.output_paths import INTRODUCTION_FILE

    if Path(draft).name == INTRODUCTION_FILE:
        _log_introduction(context.obj, Path(draft), as_json=as_json)
        return
    with places.archive(context.obj, doing="digest draft log", must_exist=True, if_free=True) as store:
        output = places.output_of(context.obj)
        draft_id = resolve_draft(store, output, draft)
        _read(store, output, draft_id)
        found = log_of(store, draft_id)
    if as_json:
        printing.show_json([_plain(each) for each in found])
        return
    for each in found:
        why = f" ({each.reason})" if each.reason else ""
        who = f"{each.kind} by {each.who}{why}" if each.who else each.kind
        what = f": {', '.join(each.sections)}" if each.sections else ""
        show(
            f"{each.version or '':>4}  {each.at:%Y-%m-%d %H:%M} UTC  {each.status:8}  "
            f"issue {each.issue}  {who}{what}"
        )


def _log_introduction(folder: Path, path: Path, *, as_json: bool) -> None:
    """Show what was done to an introduction: that of the issue in whose folder it lies, else of the open
    one."""
    from digest.issues.history.asking import introduction_log

    with places.archive(folder, doing="digest draft log", must_exist=True, if_free=True) as store:
        issue = named(store, path.parent.name) if path.parent.name else unpublished(store)
        found = introduction_log(store, places.output_of(folder), issue)
    if as_json:
        printing.show_json(
            [
                {"at": f"{each.at:%Y-%m-%dT%H:%M:%SZ}", "kind": each.kind, "who": each.who}
                | {"state": each.state, "issue": issue}
                for each in found
            ]
        )
        return
    if not found:
        say(f"issue {issue}: nothing was done to its introduction by digest; digest introduce suggests one")
    for each in found:
        state = {"done": "", "open": ", not finished"}.get(each.state, ", undone")
        show(f"{each.at:%Y-%m-%d %H:%M} UTC  issue {issue}  {each.kind} by {each.who}{state}")


@app.command()
def diff(
    context: typer.Context,
    draft: OneDraft,
    old: Version = None,
    new: Version = None,
    as_json: printing.AsJson = False,
) -> None:
    """Show what differs between two versions of a draft, by section and row. Default: the last change.

    With one version, what changed from that to the last.
    """
    from digest.issues.history.asking import versions_apart
    from digest.records.plain_values import to_json

    with places.archive(context.obj, doing="digest draft diff", must_exist=True, if_free=True) as store:
        output = places.output_of(context.obj)
        draft_id = resolve_draft(store, output, draft)
        _read(store, output, draft_id)
        since, to, found = versions_apart(store, draft_id, old, new)
    if as_json:
        printing.show_json({"from": since, "to": to, "parts": [to_json(each) for each in found]})
        return
    if since == to:
        say(f"version {since}: compared with itself; every version: digest draft log {draft}")
        return
    say(f"version {since} to {to}" if found else f"version {since} and {to} are the same")
    _show_differences(found)


@app.command()
def restore(
    context: typer.Context,
    draft: OneDraft,
    to: Annotated[int, typer.Option("--to", min=1, metavar="VERSION", help="A version, as in the log.")],
    section: Section = "",
) -> None:
    """Bring back what a draft, or one section of it, said in a version; its status stays."""
    from digest.issues.history import revising

    with _open(context, "restore", draft) as (store, output, draft_id):
        revising.restore(store, output, draft_id, to, section=section, now=common.utc_now())
    show(f"{draft_id}: {section or 'the draft'} as in version {to}")


@app.command()
def lock(context: typer.Context, draft: OneDraft, section: Section = "") -> None:
    """Keep a section, or all of a draft, from every renewal."""
    _lock(context, draft, section, locks=True)


@app.command()
def unlock(context: typer.Context, draft: OneDraft, section: Section = "") -> None:
    """Let a section, or all of a draft, be renewed again."""
    _lock(context, draft, section, locks=False)


@app.command()
def take(context: typer.Context, draft: OneDraft, number: Number) -> None:
    """Put what is offered in a draft in the place of what it was made for."""
    from digest.issues.history import revising

    with _open(context, "take", draft) as (store, output, draft_id):
        revising.take_offer(store, output, draft_id, number, now=common.utc_now())
    show(f"{draft_id}: took offer {number}; back with: digest undo")


@app.command()
def dismiss(context: typer.Context, draft: OneDraft, number: Number) -> None:
    """Drop what is offered in a draft; it does not come back while the article says the same."""
    from digest.issues.history import revising

    with _open(context, "dismiss", draft) as (store, output, draft_id):
        revising.dismiss_offer(store, output, draft_id, number, now=common.utc_now())
    show(f"{draft_id}: dismissed offer {number}; back with: digest undo")


def undo(context: typer.Context) -> None:
    """Undo the last decision or edit: a verdict, a text, a publication or a withdrawal. Without limit."""
    from digest.issues.history.undoing import undo as undo_last

    with places.archive(context.obj, doing="digest undo", must_exist=True) as store:
        done = undo_last(
            store, places.output_of(context.obj), common.load(context.obj).newsletter, now=common.utc_now()
        )
        take_back(store, context.obj)
    _show_done("undone", done)


def redo(context: typer.Context) -> None:
    """Do again what was undone last, unless something else was decided since."""
    from digest.issues.history.undoing import redo as redo_last

    with places.archive(context.obj, doing="digest redo", must_exist=True) as store:
        done = redo_last(
            store, places.output_of(context.obj), common.load(context.obj).newsletter, now=common.utc_now()
        )
        take_back(store, context.obj)
    _show_done("redone", done)


def _lock(context: typer.Context, draft: str, section: str, *, locks: bool) -> None:
    from digest.issues.history import revising

    with _open(context, "lock" if locks else "unlock", draft) as (store, output, draft_id):
        revising.lock(store, output, draft_id, section=section, locks=locks, now=common.utc_now())
    show(f"{draft_id}: {section or 'all'} {'locked' if locks else 'unlocked'}")


@contextmanager
def _open(context: typer.Context, verb: str, draft: str) -> "Iterator[tuple[Store, Path, str]]":
    output = places.output_of(context.obj)
    with places.archive(context.obj, doing=f"digest draft {verb}", must_exist=True) as store:
        yield store, output, resolve_draft(store, output, draft)


def _read(store: "Store", output: Path, draft_id: str) -> None:
    """Take up what was written into a draft since it was last read; where it has no file, nothing was."""
    from digest.errors import DigestError, StoreError
    from digest.issues.history.asking import find_draft

    try:
        find_draft(store, output, draft_id, now=common.utc_now())
    except StoreError as error:
        say(str(error))
    except DigestError:
        return


def _show_done(verb: str, done: "Done") -> None:
    step = done.step
    why = f" ({step.reason})" if step.reason else ""
    issue = f" of issue {step.issue}" if step.issue else ""
    show(f"{verb}: {step.kind}{why} by {step.who}, {step.at:%Y-%m-%d %H:%M} UTC{issue}")
    for line in done.lines:
        show(f"  {line}")


def _show_differences(found: "list[DraftDiff]") -> None:
    import sys

    from rich.console import Console
    from rich.text import Text

    is_terminal = sys.stdout.isatty()
    styles = {"same": "", "gone": "red strike", "new": "green"}
    marks = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("{+", "+}")}
    for each in found:
        runs = list(_near_changes(each.words))
        if not is_terminal:
            words = (marks[mark][0] + text + marks[mark][1] for mark, text in runs)
            show(f"{each.name}:\n  " + " ".join(words).replace("\n", "\n  "))
            continue
        line = Text()
        for mark, text in runs:
            line.append(visible(text) + " ", style=styles[mark])
        console = Console(highlight=False, markup=False)
        console.print(Text(visible(each.name), style="bold"))
        console.print(line)


def _near_changes(words: "Sequence[tuple[Mark, str]]") -> "Iterator[tuple[Mark, str]]":
    """Leave out lines that are the same and lie apart from what changed."""
    for at, (mark, text) in enumerate(words):
        lines = text.split("\n")
        if mark == "same":
            first, last = at == 0, at == len(words) - 1
            kept = [] if first else lines[:1]
            rest = [] if last else lines[len(kept) :][-1:]
            left_out = len(lines) > len(kept) + len(rest)
            lines = [*kept, *(["…"] if left_out else []), *rest]
        yield mark, "\n".join(lines)


def _plain(each: "LoggedVersion") -> dict[str, object]:
    return {
        "version": each.version,
        "at": f"{each.at:%Y-%m-%dT%H:%M:%SZ}",
        "kind": each.kind,
        "who": each.who,
        "reason": each.reason,
        "status": each.status,
        "issue": each.issue,
        "sections": list(each.sections),
    }
