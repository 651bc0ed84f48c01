"""`digest report --editing`: what editors left of what was generated."""

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.drafts import named
from digest.cli.printing import say, show
from digest.language.counts import counted

if TYPE_CHECKING:
    from digest.issues.history.survival import Editing


def report(
    context: typer.Context,
    editing: Annotated[
        bool, typer.Option("--editing", help="What editors left of what was generated, by section.")
    ] = False,
    issue: Annotated[
        str,
        typer.Option(
            "--issue", callback=common.issue_name, help="One issue; default: each, and all of them."
        ),
    ] = "",
    as_json: printing.AsJson = False,
) -> None:
    """Report on the editors' work: what of the generated text was kept whole, edited or dropped, and why."""
    from digest.issues.history.survival import editing_of
    from digest.records.plain_values import to_json

    if not editing:
        raise typer.BadParameter("expected what to report on: --editing")
    output = places.output_of(context.obj)
    with places.archive(context.obj, doing="digest report", must_exist=True, if_free=True) as store:
        wanted = [named(store, issue)] if issue else sorted(name for name, _ in store.drafts.issues())
        found = editing_of(store, output, wanted, now=common.utc_now())
    if as_json:
        printing.show_json([to_json(each) for each in found])
        return
    for each in found:
        _show(each)
    if not any(each.drafts for each in found):
        say("no draft was decided on yet")


def _show(each: "Editing") -> None:
    where = f"issue {each.issue}" if each.issue else "all issues"
    show(f"{where}: {counted(each.drafts, 'draft', 'drafts')} decided on")
    rows = [
        (
            part.name,
            *(f"{count} ({_share(count, part.all)})" for count in (part.whole, part.edited, part.dropped)),
        )
        for part in each.parts
        if part.all
    ]
    printing.show_table(("part", "kept whole", "edited", "dropped"), rows)
    show(f"rows added by an editor: {each.rows_added}")
    reasons = ", ".join(f"{reason or 'no reason given'} {count}" for reason, count in each.rejects)
    show(f"rejected: {reasons or 'none'}")
    if each.approvals:
        show(f"approved: {', '.join(f'{reason} {count}' for reason, count in each.approvals)}")
    show(f"warnings of generated text: {each.upheld} upheld, {each.dismissed} dismissed\n")


def _share(count: int, of: int) -> str:
    return f"{count / of:.0%}"
